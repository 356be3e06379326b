using Microsoft.Extensions.Logging;
using Sealtail.Buckets;
using Sealtail.Chaining;
using Sealtail.Configuration;
using Sealtail.Files;
using Sealtail.Format;
using Sealtail.Observability;
using Sealtail.Sealing;
using Sealtail.Shipping;
using Sealtail.Spooling;
using Sealtail.Tailing;

namespace Sealtail.Hosting;

/// <summary>Everything that one input owns, opened and ready: the order of opening is the order of the data's way.</summary>
internal sealed class InputPipeline : IDisposable
{
    private readonly Tailer tailer;
    private readonly ChunkBuilder builder;
    private readonly SigningKey key;
    private readonly SigningKey? previousKey;

    private InputPipeline(
        InputConfiguration input, Spool spool, Tailer tailer, ChunkBuilder builder, SigningKey key, SigningKey? previousKey, Chain chain, Shipper shipper, IngestLoop ingest, ShipLoop ship, IngestCounters sealedCounters, ShipCounters counters,
        Pulse ingestPulse, Pulse shipPulse)
    {
        (Stream, Spool, Chain, Shipper, Ingest, Ship, Sealed, Counters) = (input.Stream, spool, chain, shipper, ingest, ship, sealedCounters, counters);
        (IngestPulse, ShipPulse) = (ingestPulse, shipPulse);
        (this.tailer, this.builder, this.key, this.previousKey) = (tailer, builder, key, previousKey);
        (LogPath, KeyPath, SpoolMaxSize) = (input.Tail.Path, input.Chain.KeyPath, input.Spool.MaxSize);
    }

    public StreamName Stream { get; }

    public string LogPath { get; }

    public string KeyPath { get; }

    public long SpoolMaxSize { get; }

    public Spool Spool { get; }

    public Chain Chain { get; }

    public IngestLoop Ingest { get; }

    public ShipLoop Ship { get; }

    public Shipper Shipper { get; }

    public IngestCounters Sealed { get; }

    public ShipCounters Counters { get; }

    public Pulse IngestPulse { get; }

    public Pulse ShipPulse { get; }

    public Digest KeyId => key.Public.KeyId;

    /// <summary>Bytes on disk that no entry has yet.</summary>
    public long LagBytes => tailer.LagBytes;

    /// <summary>Whether any log file was ever found. For when reading has ended.</summary>
    public bool HasPosition => tailer.Position is not null;

    public SourceStatus Source => tailer.Status;

    public TailCounts TailCounts => tailer.Counts;

    /// <exception cref="SpoolException">The state directory is another's, in use, or newer than the program.</exception>
    /// <exception cref="SigningKeyException">The key cannot be used.</exception>
    public static InputPipeline Open(InputConfiguration input, SealOptions seal, IBucket bucket, Shipper shipper, ShipMode mode, Health health, TimeProvider time, ILoggerFactory loggers)
    {
        var key = OpenKey(input.Chain);
        SigningKey? previousKey = null;
        Spool? spool = null;
        try
        {
            if (input.Chain.PreviousKeyPath is { } path) previousKey = SigningKey.Load(path);
            spool = Spool.Open(input.Spool, input.Stream, bucket.Location, new DurableFiles(), time, loggers.CreateLogger<Spool>());
            var chain = Chain.Open(spool, input.Chain, key, HostIdentityReader.Read(), Observability.AgentVersion.Text, time, loggers.CreateLogger<Chain>(), previousKey);
            var tailer = Tailer.Open(input.Tail, spool.ReaderState, time, loggers.CreateLogger<Tailer>());
            tailer.PostLookout();
            var builder = new ChunkBuilder(seal, input.Stream, spool.CreateChunk);
            var sealedCounters = new IngestCounters(tailer.Position ?? spool.Head.Position);
            var counters = new ShipCounters();
            var (ingestPulse, shipPulse) = (health.Add($"ingest {input.Stream}"), health.Add($"ship {input.Stream}"));
            var repair = new SourceRepair(input.Tail.Path, seal, input.Stream, spool, time, loggers.CreateLogger<SourceRepair>());
            var ingest = new IngestLoop(tailer, builder, spool, seal, sealedCounters, ingestPulse, time, loggers.CreateLogger<IngestLoop>());
            var ship = new ShipLoop(spool, chain, shipper, repair, () => ingest.Settled, counters, sealedCounters, mode, shipPulse, time, loggers.CreateLogger<ShipLoop>());
            return new InputPipeline(input, spool, tailer, builder, key, previousKey, chain, shipper, ingest, ship, sealedCounters, counters, ingestPulse, shipPulse);
        }
        catch
        {
            spool?.Dispose();
            previousKey?.Dispose();
            key.Dispose();
            throw;
        }
    }

    private static SigningKey OpenKey(ChainOptions options)
    {
        if (!options.GenerateKey) return SigningKey.Load(options.KeyPath);
        Directory.CreateDirectory(Path.GetDirectoryName(options.KeyPath)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute); // the path is absolute
        return SigningKey.LoadOrGenerate(options.KeyPath, new DurableFiles());
    }

    public void Dispose()
    {
        tailer.Dispose();
        builder.Dispose();
        Spool.Dispose();
        previousKey?.Dispose();
        key.Dispose();
    }
}
