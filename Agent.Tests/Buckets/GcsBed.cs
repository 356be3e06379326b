using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Sealtail.Buckets;
using Sealtail.Buckets.Gcs;
using Sealtail.FakeGcs;
using Sealtail.FakeGcs.Identity;
using Sealtail.FakeGcs.Storage;

namespace Sealtail.Tests.Buckets;

/// <summary>A stand-in with a bucket called "audit", and clients for it that share its clock.</summary>
internal sealed class GcsBed : IAsyncDisposable
{
    public static readonly CancellationToken None = CancellationToken.None;

    private readonly List<IDisposable> opened = [];

    private GcsBed(FakeGcsServer server, FakeTimeProvider time, FakeBucket bucket) => (Server, Time, Stored) = (server, time, bucket);

    public FakeGcsServer Server { get; }

    /// <summary>The one clock of store, identity and client. It moves by itself where something waits on it.</summary>
    public FakeTimeProvider Time { get; }

    public FakeBucket Stored { get; }

    public static Task<GcsBed> StartAsync() => StartAsync(new BucketSettings());

    public static Task<GcsBed> StartAsync(BucketSettings settings) => StartAsync(settings, new FakeGcsOptions());

    /// <summary>Nobody without a token may do anything.</summary>
    public static Task<GcsBed> StartGuardedAsync() => StartAsync(new BucketSettings(), new FakeGcsOptions { AnonymousPermissions = Permissions.None });

    public static async Task<GcsBed> StartAsync(BucketSettings settings, FakeGcsOptions options)
    {
        // The present: what the credential library computes with its own clock must fit.
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var server = await FakeGcsServer.StartAsync(options with { FaultTime = options.FaultTime ?? TimeProvider.System }, time);
        return new GcsBed(server, time, server.Buckets.Create("audit", settings));
    }

    /// <summary>What a process beside the stand-in would find around itself.</summary>
    public GcsEnvironment Environment => new() { Emulator = Server.Address, MetadataHost = Server.Address.Authority, Proxy = new WebProxy() };

    public GcsBucket Open(string location = "gs://audit") => Open(new BucketOptions { Location = location });

    public GcsBucket Open(BucketOptions options) => Open(options, Environment);

    public GcsBucket Open(BucketOptions options, GcsEnvironment environment)
    {
        var bucket = GcsBucket.Open(options, GcsScope.Write, environment, Time);
        opened.Add(bucket);
        return bucket;
    }

    /// <summary>A client with a key file of an account that holds the permissions.</summary>
    public GcsBucket OpenAs(FakePrincipal principal, string keyFile)
    {
        File.WriteAllText(keyFile, KeyOf(principal));
        return Open(new BucketOptions { Location = "gs://audit", Credentials = new CredentialOptions { Type = CredentialType.ServiceAccount, File = keyFile } });
    }

    /// <summary>A key as Google gives them out: it names Google's token server, and therefore signs its own tokens.</summary>
    public string KeyOf(FakePrincipal principal)
    {
        var json = JsonNode.Parse(Server.CredentialFiles.ServiceAccountKey(principal))!;
        json["token_uri"] = "https://oauth2.googleapis.com/token";
        return json.ToJsonString();
    }

    public static Upload UploadOf(string name, string text) => UploadOf(name, Encoding.UTF8.GetBytes(text));

    public static Upload UploadOf(string name, byte[] bytes) => new(name, "application/gzip", bytes.Length, Sealtail.Format.Crc32C.Of(bytes).Value, () => new MemoryStream(bytes));

    public async ValueTask DisposeAsync()
    {
        foreach (var client in opened) client.Dispose();
        await Server.DisposeAsync();
    }
}
