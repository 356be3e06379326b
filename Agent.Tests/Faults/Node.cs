using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Sealtail.Buckets;
using Sealtail.Chaining;
using Sealtail.Files;
using Sealtail.Format;
using Sealtail.Hosting;
using Sealtail.Observability;
using Sealtail.Sealing;
using Sealtail.Shipping;
using Sealtail.Spooling;
using Sealtail.Tailing;

namespace Sealtail.Tests.Faults;

/// <summary>A node with a log, a state directory and a key, on which agents live: the real reader, builder, spool, chain and both loops, in this process.</summary>
internal sealed class Node : IDisposable
{
    public static readonly StreamName Stream = StreamName.Create("prod-eu1", "cp-1", "audit");

    private readonly bool isClone;
    private int lines;

    /// <param name="inMemory">Whether the folder lies in memory: for tests of thousands of lives.</param>
    public Node(bool inMemory = true)
    {
        Root = Directory.CreateDirectory(Path.Combine(inMemory && Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"sealtail-node-{Guid.NewGuid():N}")).FullName;
        Logs = Directory.CreateDirectory(Path.Combine(Root, "log")).FullName;
        State = Path.Combine(Root, "state", "audit");
        Key = SigningKey.Generate(Path.Combine(Root, "signing.pem"));
        Log = new LumberjackWriter(Path.Combine(Logs, "audit.log"));
    }

    /// <summary>The same log and key with another state directory: a clone. Disposing it leaves both to the original.</summary>
    public Node(Node original, string state)
    {
        (Root, Logs, State, Key, Log, Seal, isClone) = (original.Root, original.Logs, state, original.Key, original.Log, original.Seal, true);
    }

    public string Root { get; }

    public string Logs { get; }

    public string State { get; set; }

    public SigningKey Key { get; }

    public LumberjackWriter Log { get; }

    public SealOptions Seal { get; init; } = new() { MaxSize = 600, MaxAge = TimeSpan.FromSeconds(30) };

    public SpoolOptions Spool => new() { Directory = State, MinFree = 0, AllowVolatile = true };

    /// <summary>All text that was ever written, in order; the files' content unless something was rolled back.</summary>
    public StringBuilder Written { get; } = new();

    public void Write(int records)
    {
        for (var i = 0; i < records; i++)
        {
            var line = $"{{\"auditID\":\"{lines++:x8}\",\"stage\":\"ResponseComplete\",\"pad\":\"{new string('p', lines * 37 % 90)}\"}}\n";
            Log.Write(line);
            Written.Append(line);
        }
    }

    /// <summary>One agent, until it has shipped all there is and has ended its epoch (like <c>run --once</c>), or until it dies of something.</summary>
    /// <param name="concurrent">Whether the two loops run at once; else shipping begins when reading has ended, so that steps come in one order.</param>
    public Task OnceAsync(IBucket bucket, StepHook? hook = null, TimeProvider? time = null, bool concurrent = false, bool waits = false, CancellationToken killed = default) =>
        LiveAsync(bucket, hook, time ?? TimeProvider.System, concurrent, waits, once: true, CancellationToken.None, killed);

    /// <summary>One agent that follows until <paramref name="stopping"/>, then ships what it has.</summary>
    public Task FollowAsync(IBucket bucket, TimeProvider time, StepHook? hook, CancellationToken stopping) =>
        LiveAsync(bucket, hook, time, concurrent: true, waits: true, once: false, stopping, CancellationToken.None);

    public void Dispose()
    {
        if (isClone) return;
        Log.Dispose();
        Key.Dispose();
        Directory.Delete(Root, recursive: true);
    }

    private async Task LiveAsync(IBucket bucket, StepHook? hook, TimeProvider time, bool concurrent, bool waits, bool once, CancellationToken stopping, CancellationToken killed)
    {
        using var spool = Sealtail.Spooling.Spool.Open(Spool, Stream, "gs://audit", new DurableFiles(hook), time, NullLogger.Instance);
        var options = new ChainOptions { Stream = Stream, KeyPath = "unused", Policy = new EpochPolicy(600, 30, 16 << 20, null) };
        var chain = Chain.Open(spool, options, Key, new HostIdentity("aa", "bb"), "1.0", time, NullLogger.Instance);
        using var tailer = Tailer.Open(new TailOptions { Path = Log.Path, PollInterval = TimeSpan.FromMilliseconds(250) }, spool.ReaderState, time, NullLogger.Instance);
        using var builder = new ChunkBuilder(Seal, Stream, spool.CreateChunk);
        var retry = new BucketRetryOptions { WaitsForAdministrator = waits };
        var shipper = new Shipper(bucket, retry, (_, _) => { }, time, NullLogger<Shipper>.Instance);
        var counters = new IngestCounters(tailer.Position);
        var repair = new SourceRepair(Log.Path, Seal, Stream, spool, time, NullLogger<SourceRepair>.Instance);
        var ingest = new IngestLoop(tailer, builder, spool, Seal, counters, new Pulse("ingest", time), time, NullLogger<IngestLoop>.Instance);
        var mode = new ShipMode(Heartbeats: !once, WaitsForAdministrator: waits, ParallelChunks: concurrent ? 4 : 1);
        var ship = new ShipLoop(spool, chain, shipper, repair, () => ingest.Settled, new ShipCounters(), counters, mode, new Pulse("ship", time), time, NullLogger<ShipLoop>.Instance);

        var reading = Task.Run(async () =>
        {
            try
            {
                await ingest.RunAsync(once, stopping);
            }
            finally
            {
                spool.CompleteAdding();
            }
        });
        if (!concurrent) await reading;
        await Task.WhenAll(reading, ship.RunAsync(reading, killed));
    }
}
