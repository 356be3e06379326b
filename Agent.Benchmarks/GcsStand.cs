using Sealtail.FakeGcs;
using Sealtail.FakeGcs.Identity;
using Sealtail.FakeGcs.Storage;

namespace Sealtail.Benchmarks;

/// <summary>A stand-in for Cloud Storage in this process, and an agent's configuration for it: create-only identity, locked retention, a key that signs its own tokens.</summary>
internal sealed class GcsStand : IAsyncDisposable
{
    private readonly Workspace workspace;

    private GcsStand(Workspace workspace, FakeGcsServer server) => (this.workspace, Server) = (workspace, server);

    public FakeGcsServer Server { get; }

    public FakeBucket Bucket => Server.Buckets.Get("audit");

    /// <param name="retain">What becomes of the bytes: a GiB need not be kept.</param>
    public static async Task<GcsStand> StartAsync(Workspace workspace, Retain retain)
    {
        var options = new FakeGcsOptions { Retain = retain, Md5 = false, AnonymousPermissions = Permissions.None, JournalCapacity = 1000 };
        var stand = new GcsStand(workspace, await FakeGcsServer.StartAsync(options, TimeProvider.System));
        stand.Server.Buckets.Create("audit", new BucketSettings { Retention = TimeSpan.FromDays(400), Locked = true });
        var key = stand.Server.CredentialFiles.ServiceAccountKey(stand.Server.Principals.Add("shipper@example.com", Permissions.ObjectCreator));
        // As Google's keys have it: then no token server is asked.
        File.WriteAllText(workspace["key.json"], key.Replace(new Uri(stand.Server.Address, "token").ToString(), "https://oauth2.googleapis.com/token", StringComparison.Ordinal));
        return stand;
    }

    /// <summary>A configuration of a log folder, with a state directory of its own.</summary>
    public string Configure(string name, string logFolder, string chunk = "{}")
    {
        var file = workspace[$"{name}.yaml"];
        File.WriteAllText(file, $$"""
            service: { cluster: bench, node: cp-1, state: {{workspace[$"{name}-state"]}}, allow_volatile_state: true, log: { level: warn, format: text } }
            inputs: [ { name: audit, path: {{logFolder}}/audit.log } ]
            chunk: {{chunk}}
            spool: { max_size: 16GiB, min_free: 1GiB }
            output: { bucket: "gs://audit/{{name}}", endpoint: "{{Server.Address}}", credentials: { type: service_account, file: "{{workspace["key.json"]}}" } }
            """);
        return file;
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
