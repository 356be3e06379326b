using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using NUnit.Framework;
using Sealtail.FakeGcs;
using Sealtail.FakeGcs.Identity;
using Sealtail.FakeGcs.Storage;
using Sealtail.Verifying;

namespace Sealtail.Tests.EndToEnd;

/// <summary>
/// A log, a stand-in for Cloud Storage and agents between them, in this process, on one clock that runs fast. The agents' identity may create objects and
/// nothing else; everybody may read, as the auditor who is asked at the end.
/// </summary>
internal sealed class GcsWorld : IAsyncDisposable
{
    public const string Bucket = "audit";
    private const int Haste = 30;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly TempFolder folder = new();
    private readonly MemoryStream written = new();
    private readonly List<GcsAgent> agents = [];
    private int records;

    private GcsWorld(FakeGcsServer server, HastyTime time)
    {
        (Server, Time) = (server, time);
        Shipper = server.Principals.Add("shipper@example.com", Permissions.ObjectCreator);
        Directory.CreateDirectory(folder["log"]);
        Log = new LumberjackWriter(folder["log/audit.log"]);
        UseSelfSigningKey();
    }

    public FakeGcsServer Server { get; }

    public HastyTime Time { get; }

    public FakePrincipal Shipper { get; }

    public LumberjackWriter Log { get; }

    /// <summary>The bucket, which most tests want to be there from the start.</summary>
    public FakeBucket Stored => Server.Buckets.Get(Bucket);

    public long BytesWritten => written.Length;

    /// <summary>What the newest agent has logged.</summary>
    public IEnumerable<string> LastLog => agents[^1].Log;

    public string this[string name] => folder[name];

    public static Task<GcsWorld> StartAsync() => StartAsync(new FakeGcsOptions());

    public static async Task<GcsWorld> StartAsync(FakeGcsOptions options, BucketSettings? bucket = null)
    {
        var world = await StartWithoutBucketAsync(options);
        world.Server.Buckets.Create(Bucket, bucket ?? new BucketSettings { Retention = TimeSpan.FromDays(400), Locked = true });
        return world;
    }

    public static async Task<GcsWorld> StartWithoutBucketAsync(FakeGcsOptions options)
    {
        var time = new HastyTime(Haste);
        return new GcsWorld(await FakeGcsServer.StartAsync(options with { AnonymousPermissions = Permissions.ObjectViewer, FaultTime = TimeProvider.System }, time), time);
    }

    /// <summary>The agents' key signs its own tokens, as Google's keys do.</summary>
    public void UseSelfSigningKey()
    {
        var key = JsonNode.Parse(Server.CredentialFiles.ServiceAccountKey(Shipper))!;
        key["token_uri"] = "https://oauth2.googleapis.com/token";
        File.WriteAllText(folder["key.json"], key.ToJsonString());
    }

    /// <summary>The agents' key gets its tokens from the stand-in's token endpoint.</summary>
    public void UseTokenServer() => File.WriteAllText(folder["key.json"], Server.CredentialFiles.ServiceAccountKey(Shipper));

    /// <summary>An administrator changes the bucket, whatever the rules.</summary>
    public void Change(Func<BucketState, BucketState> change) => Stored.Change(default, (state, _) => change(state));

    public void Write(int count)
    {
        var text = new StringBuilder();
        for (var end = records + count; records < end; records++)
            text.Append($$"""{"kind":"Event","auditID":"{{records:x8}}","stage":"ResponseComplete","pad":"{{new string('p', records % 300)}}"}""").Append('\n');
        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        Log.Write(bytes);
        written.Write(bytes);
    }

    /// <summary>An agent that follows the log, with a state directory of that name.</summary>
    public GcsAgent Follow(string state = "state", string retention = "{ require: locked }") => Start(state, retention, once: false);

    /// <summary>Runs an agent until all that is in the log is stored, and the epoch ended.</summary>
    public async Task DrainAsync(string state = "state")
    {
        await using var agent = Start(state, "{ require: locked }", once: true);
        await agent.EndAsync().WaitAsync(Patience);
    }

    /// <summary>Waits for what must come true; fails loudly if it never does, or if a loop died.</summary>
    public async Task UntilAsync(Func<bool> condition, string what)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            foreach (var agent in agents) agent.ThrowIfDead();
            if (TimeProvider.System.GetElapsedTime(since) > Patience) Assert.Fail($"Never came true: {what}. {string.Join('\n', agents.SelectMany(agent => agent.Log))}");
            await Task.Delay(10);
        }
    }

    /// <summary>Waits until all that was written is bound in stored manifests.</summary>
    public Task UntilShippedAsync() => UntilAsync(() => Payloads().Sum(ContentBytes) >= written.Length, "everything is shipped");

    /// <summary>The stored manifests' predicates in chain order.</summary>
    public IEnumerable<JsonElement> Payloads() => StoredChain.Payloads(Stored);

    public IEnumerable<string> Kinds => Payloads().Select(payload => payload.GetProperty("kind").GetString()!); // always there

    /// <summary>An auditor's report, by the stand-in's clock.</summary>
    public Task<VerifyReport> VerifyAsync(VerifyOptions? options = null) => StoredChain.VerifyAsync(Server, Bucket, folder["signing.pem.pub"], Time, options);

    /// <summary>Every byte written is proven, once and in order, and nothing weighs but what the test expects.</summary>
    public async Task<VerifyReport> AssertProvenAsync(params string[] expected)
    {
        var report = await VerifyAsync();
        var weighing = report.Findings.Where(finding => finding.Severity > Severity.Info).ToArray();
        Assert.That(weighing.Select(finding => finding.Kind.Id).Distinct(), Is.EquivalentTo(expected), string.Join('\n', weighing.Select(finding => $"{finding.Kind.Id} {finding.Epoch}/{finding.Sequence}: {finding.Message}")));
        Assert.That(report.ExitCode(strict: false), Is.Zero);
        Assert.That(report.Streams.Single().Bytes, Is.EqualTo(written.Length));
        return report;
    }

    /// <summary>The stored chunks, in chain order, are the bytes written.</summary>
    public void AssertContent()
    {
        var content = StoredChain.Content(Stored);
        Assert.That(content.AsSpan().SequenceEqual(written.ToArray()), Is.True, $"{content.Length} bytes are stored, {written.Length} were written");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var agent in agents) await agent.DisposeAsync();
        Log.Dispose();
        await Server.DisposeAsync();
        folder.Dispose();
    }

    private GcsAgent Start(string state, string retention, bool once)
    {
        File.WriteAllText(folder[$"{state}.yaml"], $$"""
            service: { cluster: test, node: cp-1, state: "{{folder[state]}}", allow_volatile_state: true }
            inputs: [ { name: audit, path: "{{Log.Path}}", poll_interval: 1s } ]
            chunk: { max_age: 10s, max_size: 64KiB, max_silence: 2h }
            signing: { key: "{{folder["signing.pem"]}}" }
            spool: { max_size: 1GiB, min_free: 64MiB }
            output: { bucket: "gs://{{Bucket}}", endpoint: "{{Server.Address}}", credentials: { type: service_account, file: "{{folder["key.json"]}}" }, retention: {{retention}} }
            """);
        var agent = GcsAgent.Start(folder[$"{state}.yaml"], once, Time);
        agents.Add(agent);
        return agent;
    }

    private static long ContentBytes(JsonElement predicate) => predicate.TryGetProperty("content", out var content) ? content.GetProperty("bytes").GetInt64() : 0;
}
