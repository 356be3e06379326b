using System.IO.Compression;
using Sealtail.Files;
using Sealtail.Format;
using Sealtail.Tailing;

namespace Sealtail.Sealing;

/// <summary>
/// The open chunk: source bytes stream through the hashes and gzip into an unsynced temporary file, record by record, and nothing of them is kept
/// in memory. Also collects what belongs to the same manifest: ranges and gaps. One builder serves one input for its whole life.
/// </summary>
/// <param name="options">When to cut and how hard to compress.</param>
/// <param name="stream">Names the chunks.</param>
/// <param name="create">Makes the next chunk's file.</param>
internal sealed class ChunkBuilder(SealOptions options, StreamName stream, Func<DurableFile> create) : IDisposable
{
    private const int MaxGaps = 32; // in one manifest; each takes up to 600 bytes of its envelope

    // .NET's stream writes nothing at all where nothing was written to it, and that is no gzip member.
    private static ReadOnlySpan<byte> EmptyMember => [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    private readonly RecordHasher records = new();
    private readonly RecordKeeper first = new();
    private readonly RecordKeeper last = new();
    private readonly RangeList ranges = new();
    private readonly List<Gap> gaps = [];
    private bool endsWithoutLineFeed;
    private DurableFile? file;
    private ObjectStream? compressed;
    private GZipStream? gzip;

    /// <summary>Plain bytes so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>When the first record or gap came in; null while there is nothing to seal.</summary>
    public DateTimeOffset? Since { get; private set; }

    /// <summary>Whether the next bytes will make a file.</summary>
    public bool NeedsFile => file is null;

    /// <summary>Whether nothing is open: no bytes, no gap, no file's end.</summary>
    public bool IsEmpty => Since is null && ranges.Count == 0;

    /// <summary>Whether the open chunk ends within a record: it cannot be sealed there.</summary>
    public bool IsInsideRecord => records.IsInsideRecord;

    /// <summary>Why what is open must be sealed before <paramref name="step"/> is taken; null if it need not be.</summary>
    public CutReason? MustCutBefore(in TailStep step)
    {
        if (step.Kind == TailStepKind.Idle || records.IsInsideRecord) return null;
        if (step.Kind == TailStepKind.Gap) return gaps.Count >= MaxGaps ? CutReason.Ranges : null;
        if (ranges.IsFull && !ranges.IsOpenFor(step.File!)) return CutReason.Ranges; // Bytes and FileEnd have a file
        if (step.Kind == TailStepKind.FileEnd) return null;
        if (endsWithoutLineFeed) return CutReason.Final;
        if (Bytes == 0) return null;
        var record = step.RecordContinues ? step.RecordLength ?? options.MaxSize : FirstRecordLength(step);
        return Bytes + record > options.MaxSize ? CutReason.Size : null;
    }

    /// <summary>Takes as much of a Bytes step as belongs into this chunk: at least one record or piece, once <see cref="MustCutBefore"/> said null.</summary>
    /// <returns>The bytes taken.</returns>
    public int Add(in TailStep step, DateTimeOffset now)
    {
        Since ??= now;
        if (file is null) Begin();
        var taken = 0;
        var lastStart = 0;
        while (taken < step.Length)
        {
            var rest = step.Buffer.AsSpan(step.Start + taken, step.Length - taken);
            var lineFeed = rest.IndexOf((byte)'\n');
            if (lineFeed < 0 && step.RecordContinues)
            {
                records.HashAdded(step.Buffer); // those before it
                AddPiece(rest);
                taken = step.Length;
                break;
            }

            var length = lineFeed < 0 ? rest.Length : lineFeed + 1;
            if (!records.IsInsideRecord && Bytes + taken > 0 && Bytes + taken + length > options.MaxSize) break;
            lastStart = records.IsInsideRecord ? -1 : taken;
            AddRecord(step.Buffer!, step.Start + taken, length); // a Bytes step has a buffer
            endsWithoutLineFeed = lineFeed < 0;
            taken += length;
        }

        records.HashAdded(step.Buffer);
        var plain = step.Buffer.AsSpan(step.Start, taken);
        // Only the step's last record can be the chunk's last: it alone is copied. Records that came in pieces are kept already.
        if (!records.IsInsideRecord && lastStart >= 0) KeepLast(plain[lastStart..]);
        gzip!.Write(plain); // Begin made it
        ranges.Extend(step.File!, step.From, taken);
        Bytes += taken;
        return taken;
    }

    /// <summary>All bytes of the step's file were taken.</summary>
    public void EndFile(in TailStep step)
    {
        EndBrokenRecord();
        ranges.Finish(step.File!, step.From); // a FileEnd step has a file
    }

    public void AddGap(Gap gap, DateTimeOffset now)
    {
        EndBrokenRecord();
        Since ??= now;
        gaps.Add(gap);
    }

    /// <summary>
    /// Ends the chunk and gives its facts, and its file (null where only gaps are to be told). The file is complete but not synced; it is the caller's now.
    /// The builder is empty afterwards.
    /// </summary>
    public (EntryFacts Facts, DurableFile? File) Seal(CutReason reason, DateTimeOffset now)
    {
        // A manifest without chunk states one position, that of a file known before. Further files, empty and finished, need a chunk, though of no bytes.
        if (file is null && (gaps.Count == 0 || ranges.Count > 1 || ranges.BeginsFile)) Begin();
        var facts = new EntryFacts { Sealed = Timestamp.Truncate(now), Sources = ranges.Describe(), Gaps = [.. gaps] };
        if (file is not null) facts = WithChunk(facts, endsWithoutLineFeed ? CutReason.Final : reason);
        var complete = file;
        file = null;
        Reset();
        return (facts, complete);
    }

    /// <summary>Forgets what is open; its file, if any, is the caller's to remove.</summary>
    public DurableFile? Abandon()
    {
        var abandoned = file;
        file = null;
        Reset();
        return abandoned;
    }

    public void Dispose()
    {
        Abandon()?.Dispose();
        records.Dispose();
    }

    private static long FirstRecordLength(in TailStep step) =>
        step.Buffer.AsSpan(step.Start, step.Length).IndexOf((byte)'\n') is >= 0 and var lineFeed ? lineFeed + 1 : step.Length;

    private void Begin()
    {
        file = create();
        compressed = new ObjectStream(file);
        // FLG 0 and MTIME 0 (docs/format.md, "Chunk") are what zlib writes by itself; a test pins it.
        gzip = new GZipStream(compressed, new ZLibCompressionOptions { CompressionLevel = options.Compression }, leaveOpen: true);
    }

    private void AddPiece(ReadOnlySpan<byte> piece)
    {
        if (!records.IsInsideRecord) last.Clear();
        last.Append(piece);
        if (records.Records == 0) first.Append(piece);
        records.AddPiece(piece);
    }

    private void AddRecord(byte[] buffer, int start, int length)
    {
        var record = buffer.AsSpan(start, length);
        if (records.IsInsideRecord) last.Append(record);
        if (records.Records == 0) first.Append(record);
        records.AddRecord(buffer, start, length);
    }

    // The file was truncated in the middle of a long record: what was read of it is the chunk's last record.
    private void EndBrokenRecord()
    {
        if (!records.IsInsideRecord) return;
        records.EndRecord();
        endsWithoutLineFeed = true;
    }

    private void KeepLast(ReadOnlySpan<byte> record)
    {
        last.Clear();
        last.Append(record);
    }

    private EntryFacts WithChunk(EntryFacts facts, CutReason reason)
    {
        gzip!.Dispose(); // a chunk has its streams
        if (Bytes == 0) compressed!.Write(EmptyMember);
        var (sha256, crc) = compressed!.Finish();
        var summary = first.Summarize();
        var name = new ChunkName(stream, ChunkName.Date(summary?.Timestamp, facts.Sealed), sha256);
        return facts with
        {
            Reason = reason,
            Object = new ChunkObject(name.ToString(), compressed.Bytes, sha256, crc),
            Content = new ChunkContent(Bytes, records.TakeContent(), records.Records, records.Malformed, records.MerkleRoot()),
            First = summary,
            Last = last.Summarize(),
        };
    }

    private void Reset()
    {
        gzip = null; // undisposed when abandoned: its end is not wanted
        compressed?.Dispose();
        compressed = null;
        records.Clear();
        first.Clear();
        last.Clear();
        ranges.Clear();
        gaps.Clear();
        endsWithoutLineFeed = false;
        Bytes = 0;
        Since = null;
    }
}
