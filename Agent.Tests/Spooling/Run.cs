using System.Globalization;
using System.IO.Compression;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Sealtail.Chaining;
using Sealtail.Files;
using Sealtail.Format;
using Sealtail.Spooling;

namespace Sealtail.Tests.Spooling;

/// <summary>One run of an agent in a <see cref="World"/>: a reader and a shipper small enough to be seen through, around the real spool and chain.</summary>
internal sealed class Run : IDisposable
{
    private static readonly Receipt Created = new(0, 0, ReceiptObject.Chunk, PutResult.Created, "17", new DateTimeOffset(2026, 11, 22, 9, 0, 1, TimeSpan.Zero), null);
    private static readonly Receipt Exists = new(0, 0, ReceiptObject.Chunk, PutResult.Exists, null, null, null);

    private readonly World world;

    public Run(World world, DurableFiles files, SpoolOptions options)
    {
        this.world = world;
        Spool = Spool.Open(options, World.Stream, World.BucketLocation, files, world.Time, NullLogger.Instance);
        try
        {
            Chain = Chain.Open(Spool, ChainOptions with { CheckpointAge = world.CheckpointAge }, world.Key, new HostIdentity("aa", "bb"), "1.0", world.Time, NullLogger.Instance);
        }
        catch
        {
            Spool.Dispose();
            throw;
        }

        (File, Offset) = Position(Spool.ReaderState);
    }

    public static ChainOptions ChainOptions { get; } = new()
    {
        Stream = World.Stream,
        KeyPath = "unused",
        Policy = new EpochPolicy(600, 30, 16 << 20, null),
        CheckpointManifests = 3,
    };

    public Spool Spool { get; }

    public Chain Chain { get; }

    /// <summary>The reader's position.</summary>
    public int File { get; private set; }

    public int Offset { get; private set; }

    /// <summary>Reads up to <paramref name="maxBytes"/> and commits them as an entry; null if there was nothing to read.</summary>
    public SpoolEntry? Ingest(int maxBytes = int.MaxValue, params Gap[] gaps)
    {
        var (ranges, plain) = Read(maxBytes);
        if (plain.Length == 0 && gaps.Length == 0) return null;
        var file = ranges is [.., var last] ? (int)last.File : File;
        var offset = ranges is [.., var end] ? (int)end.To : Offset;
        var entry = plain.Length == 0
            ? Spool.Append(new EntryFacts { Sealed = world.Time.GetUtcNow(), Sources = [world.Range(File, Offset, Offset)], Gaps = gaps }, null, StateBytes(file, offset))
            : Append(ranges, plain, gaps, file, offset);
        (File, Offset) = (file, offset);
        return entry;
    }

    /// <summary>Ships one entry as the ship loop does; false if none is pending.</summary>
    public bool Ship()
    {
        SendInFlight();
        if (Spool.Next(0) is not { } entry) return false;
        Claim();
        Receipt? receipt = null;
        if (entry.Facts.Object is { } chunk)
        {
            using var stream = entry.OpenChunk();
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            receipt = world.Put(chunk.Name, bytes.ToArray()) ? Created : Exists;
        }

        Send(Chain.Bind(entry, receipt));
        Spool.Remove(entry);
        return true;
    }

    public void Drain()
    {
        while (Ingest(300) is not null)
        {
        }

        while (Ship()) Checkpoint();
    }

    public void Heartbeat()
    {
        SendInFlight();
        Claim();
        Send(Chain.BindHeartbeat(new SourceStatus(SourceCondition.Idle, Offset, 0)));
    }

    /// <summary>Stores a checkpoint as the ship loop does; false if none is due.</summary>
    public bool Checkpoint()
    {
        if (Chain.DueCheckpoint() is not { } due) return false;
        world.Put(due.Name.ToString(), due.Bytes);
        Chain.CheckpointStored(due);
        return true;
    }

    public void Stop()
    {
        SendInFlight();
        if (Chain.HasEpoch) Send(Chain.BindStop());
    }

    public void SendInFlight()
    {
        if (Chain.InFlight is { } left) Send(left);
    }

    public void Claim()
    {
        while (!Chain.HasEpoch)
        {
            var claim = Chain.PrepareClaim();
            if (world.Put(claim.Name.ToString(), claim.Envelope)) Chain.Confirm(claim, Created);
            else Chain.ClaimMissed(anyAttemptIndefinite: false);
        }
    }

    public void Dispose() => Spool.Dispose();

    public SpoolEntry Append(IReadOnlyList<SourceRange> ranges, byte[] plain, Gap[] gaps, int file, int offset)
    {
        var chunk = Seal(ranges, plain, gaps, out var facts);
        return Spool.Append(facts, chunk, StateBytes(file, offset));
    }

    public DurableFile Seal(IReadOnlyList<SourceRange> ranges, byte[] plain, Gap[] gaps, out EntryFacts facts)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(plain);
        var bytes = packed.ToArray();
        var chunk = Spool.CreateChunk();
        try
        {
            chunk.Append(bytes.AsSpan(0, bytes.Length / 2));
            chunk.Append(bytes.AsSpan(bytes.Length / 2));
        }
        catch (IOException e)
        {
            Spool.Discard(chunk, e);
            throw;
        }

        var sealedAt = world.Time.GetUtcNow();
        var tree = new MerkleTree();
        var records = 0;
        for (var rest = plain.AsSpan(); rest.Length > 0; records++)
        {
            var length = rest.IndexOf((byte)'\n') is >= 0 and var end ? end + 1 : rest.Length;
            tree.Append(MerkleTree.LeafHash(rest[..length]));
            rest = rest[length..];
        }

        facts = new EntryFacts
        {
            Sealed = sealedAt,
            Reason = CutReason.Size,
            Object = new ChunkObject(new ChunkName(World.Stream, ChunkName.Date(null, sealedAt), Digest.Of(bytes)).ToString(), bytes.Length, Digest.Of(bytes), Crc32C.Of(bytes)),
            Content = new ChunkContent(plain.Length, Digest.Of(plain), records, 0, tree.Root()),
            Sources = ranges,
            Gaps = gaps,
        };
        return chunk;
    }

    public static ReadOnlyMemory<byte> StateBytes(int file, int offset) => Encoding.UTF8.GetBytes($"{file}:{offset}");

    private void Send(SignedManifest manifest)
    {
        var created = world.Put(manifest.Name.ToString(), manifest.Envelope);
        Chain.Confirm(manifest, created ? Created with { Generation = $"{manifest.Manifest.Epoch}.{manifest.Manifest.Sequence}" } : Exists);
    }

    private (List<SourceRange> Ranges, byte[] Plain) Read(int maxBytes)
    {
        var ranges = new List<SourceRange>();
        var plain = new List<byte>();
        var (file, offset) = (File, Offset);
        while (plain.Count < maxBytes)
        {
            var to = (int)Math.Min(world.Log[file - 1].Length, offset + (long)maxBytes - plain.Count);
            var range = world.Range(file, offset, to);
            if (to > offset || range.Final) ranges.Add(range);
            plain.AddRange(world.Log[file - 1].AsSpan(offset, to - offset));
            if (to < world.Log[file - 1].Length || file == world.Log.Count) break;
            (file, offset) = (file + 1, 0);
        }

        return (ranges, [.. plain]);
    }

    public static (int File, int Offset) Position(ReadOnlyMemory<byte>? state) =>
        state is { } bytes && Encoding.UTF8.GetString(bytes.Span).Split(':') is [var file, var offset]
            ? (int.Parse(file, CultureInfo.InvariantCulture), int.Parse(offset, CultureInfo.InvariantCulture))
            : (1, 0);
}
