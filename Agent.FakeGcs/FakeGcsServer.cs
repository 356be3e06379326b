using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Sealtail.FakeGcs.Faults;
using Sealtail.FakeGcs.Http;
using Sealtail.FakeGcs.Identity;
using Sealtail.FakeGcs.Journal;
using Sealtail.FakeGcs.Storage;

namespace Sealtail.FakeGcs;

/// <summary>A stand-in for Google Cloud Storage on a real socket, with its insides open to the test that started it.</summary>
internal sealed class FakeGcsServer : IAsyncDisposable
{
    private readonly KestrelServer kestrel;
    private readonly BlobStore blobs;

    private FakeGcsServer(FakeGcsOptions options, TimeProvider time)
    {
        blobs = new BlobStore(options);
        Clock = new StoreClock(time);
        Buckets = new FakeBuckets(options, Clock, blobs);
        Principals = new Principals(Clock, options.AnonymousPermissions);
        Faults = new FaultScript(options.Seed);
        Journal = new RequestJournal(options.JournalCapacity);
        CredentialFiles = new CredentialFiles(Principals, () => Address, options.Project);
        kestrel = CreateKestrel(options);
    }

    /// <summary>The root of every endpoint, such as <c>http://127.0.0.1:40123/</c>; STORAGE_EMULATOR_HOST wants it without the slash.</summary>
    public Uri Address => new(kestrel.Features.Get<IServerAddressesFeature>()!.Addresses.First()); // Kestrel always has the feature

    public StoreClock Clock { get; }

    public FakeBuckets Buckets { get; }

    public Principals Principals { get; }

    public CredentialFiles CredentialFiles { get; }

    public FaultScript Faults { get; }

    public RequestJournal Journal { get; }

    /// <summary>Resumable uploads; they can be lost.</summary>
    public UploadSessions Uploads { get; } = new();

    public static async Task<FakeGcsServer> StartAsync(FakeGcsOptions options, TimeProvider time)
    {
        var server = new FakeGcsServer(options, time);
        await server.kestrel.StartAsync(server.CreateApplication(options, options.FaultTime ?? time), CancellationToken.None);
        return server;
    }

    /// <summary>Stops at once: stalled and half-sent replies are cut, connections dropped.</summary>
    public async ValueTask DisposeAsync()
    {
        await kestrel.StopAsync(new CancellationToken(canceled: true));
        kestrel.Dispose();
        blobs.Dispose();
    }

    private FakeGcsApplication CreateApplication(FakeGcsOptions options, TimeProvider faultTime) => new(
        Journal,
        Uploads,
        new FaultInjector(Faults, Clock, faultTime),
        Principals,
        Clock,
        new Endpoints(
            new BucketEndpoints(Buckets, Clock),
            new ObjectEndpoints(Buckets),
            new UploadEndpoints(Buckets, blobs),
            new ResumableEndpoints(Buckets, blobs, Uploads, Clock),
            new IdentityEndpoints(Principals, Clock, options),
            new EmulatorEndpoints(Buckets, Faults, Journal, Clock)),
        new ReplyWriter(Clock, faultTime));

    private static KestrelServer CreateKestrel(FakeGcsOptions options)
    {
        var kestrel = new KestrelServerOptions { AddServerHeader = false };
        kestrel.Listen(options.Listen, options.Port, listen => listen.Protocols = HttpProtocols.Http1);

        // Uploads may be as long and as slow as a test needs; nothing but a scripted fault cuts them.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Limits.MaxRequestHeadersTotalSize = 64 * 1024;
        var sockets = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance);
        return new KestrelServer(Options.Create(kestrel), sockets, NullLoggerFactory.Instance);
    }
}
