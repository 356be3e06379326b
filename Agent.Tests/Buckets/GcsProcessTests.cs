using System.Diagnostics;
using System.Text;
using System.Text.Json;
using NUnit.Framework;
using Sealtail.FakeGcs;
using Sealtail.FakeGcs.Storage;

namespace Sealtail.Tests.Buckets;

/// <summary>The real program as its own process, with the environment it would find: ships to <c>gs://</c> and verifies from there.</summary>
internal sealed class GcsProcessTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Test]
    public async Task What_is_shipped_to_a_locked_bucket_through_a_proxy_is_proven_from_there()
    {
        await using var server = await FakeGcsServer.StartAsync(new FakeGcsOptions(), TimeProvider.System);
        var audit = server.Buckets.Create("audit", new BucketSettings { Retention = TimeSpan.FromDays(400), Locked = true });
        await using var proxy = new LoopbackProxy();
        var environment = new Dictionary<string, string> { ["STORAGE_EMULATOR_HOST"] = server.Address.ToString(), ["http_proxy"] = proxy.Address.ToString(), ["no_proxy"] = "" };
        WriteLog(5_000);

        var shipped = await RunAsync(environment, "run", "--config", WriteConfiguration("{ require: locked, minimum: 365d, on_violation: stop }"), "--once");
        var verified = await RunAsync(environment, "verify", "gs://audit/k8s", "--key", folder["signing.pem.pub"], "--output", "json");

        Assert.That(shipped.ExitCode, Is.Zero, shipped.Text);
        Assert.That(verified.ExitCode, Is.Zero, verified.Text);
        using var report = JsonDocument.Parse(verified.Output);
        Assert.That(report.RootElement.GetProperty("result").GetString(), Is.EqualTo("ok"));
        Assert.That(report.RootElement.GetProperty("streams")[0].GetProperty("records").GetInt64(), Is.EqualTo(5_000));
        Assert.That(audit.Objects.Select(stored => stored.Name), Is.All.StartsWith("k8s/v1/"));
        Assert.That(proxy.Targets, Is.All.StartsWith(server.Address.ToString()).And.Not.Empty);
        Assert.That(server.Journal.Requests.Count, Is.EqualTo(proxy.Targets.Count));
    }

    [Test]
    public async Task Nothing_leaves_for_an_unlocked_bucket_where_a_violation_stops()
    {
        await using var server = await FakeGcsServer.StartAsync(new FakeGcsOptions(), TimeProvider.System);
        var audit = server.Buckets.Create("audit", new BucketSettings { Retention = TimeSpan.FromDays(400) });
        var environment = new Dictionary<string, string> { ["STORAGE_EMULATOR_HOST"] = server.Address.ToString() };
        WriteLog(10);

        var shipped = await RunAsync(environment, "run", "--config", WriteConfiguration("{ require: locked, on_violation: stop }"), "--once");

        Assert.That(shipped.ExitCode, Is.EqualTo(3), shipped.Text);
        Assert.That(shipped.Text, Does.Contain("not locked"));
        Assert.That(audit.Objects, Is.Empty);
    }

    [Test]
    public async Task An_emulator_address_that_is_none_is_a_usage_error()
    {
        var environment = new Dictionary<string, string> { ["STORAGE_EMULATOR_HOST"] = "ftp://nowhere" };

        var shipped = await RunAsync(environment, "run", "--config", WriteConfiguration("{ require: none }"), "--once");

        Assert.That(shipped.ExitCode, Is.EqualTo(2), shipped.Text);
        Assert.That(shipped.Text, Does.Contain("STORAGE_EMULATOR_HOST"));
    }

    private void WriteLog(int records)
    {
        var text = new StringBuilder();
        for (var i = 0; i < records; i++) text.Append($$"""{"auditID":"{{i:x8}}","stageTimestamp":"2026-11-22T09:00:00.000000Z"}""").Append('\n');
        File.WriteAllText(folder["audit.log"], text.ToString());
    }

    private string WriteConfiguration(string retention)
    {
        File.WriteAllText(folder["sealtail.yaml"], $$"""
            service: { cluster: test, node: cp-1, state: "{{folder["state"]}}", allow_volatile_state: true, log: { level: info, format: text } }
            inputs: [ { name: audit, path: "{{folder["audit.log"]}}", poll_interval: 50ms } ]
            signing: { key: "{{folder["signing.pem"]}}" }
            spool: { max_size: 1GiB, min_free: 64MiB }
            output: { bucket: "gs://audit/k8s", retention: {{retention}} }
            """);
        return folder["sealtail.yaml"];
    }

    private static async Task<(int ExitCode, string Output, string Text)> RunAsync(Dictionary<string, string> environment, params string[] arguments)
    {
        var start = SealtailProgram.With(arguments);
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        foreach (var name in new[] { "http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY" }) start.Environment.Remove(name);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!; // a new process, as it uses no shell
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        try
        {
            var error = process.StandardError.ReadToEndAsync(patience.Token);
            var output = await process.StandardOutput.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return (process.ExitCode, output, output + await error);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }
}
