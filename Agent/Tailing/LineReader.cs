using Sealtail.Format;

namespace Sealtail.Tailing;

internal enum TakeOutcome { Lines, Nothing, Changed, Faulted }

/// <summary>A run of whole records in <see cref="LineReader.Buffer"/>, or a piece of a long one.</summary>
internal readonly record struct Piece(int Start, int Length, bool RecordContinues)
{
    /// <summary>What is left of it behind its first <paramref name="taken"/> bytes.</summary>
    public Piece From(int taken) => this with { Start = Start + taken, Length = Length - taken };
}

/// <summary>
/// Cuts one file at a time into whole records, through one buffer. A record longer than the buffer is handed out in pieces, but in a growing file
/// only once its line feed was found. The borrower only reads what is lent: the guard, and what comes again, are taken from there.
/// </summary>
internal sealed class LineReader
{
    private const int Capacity = 256 * 1024;
    private const int Overlap = 256; // bytes compared with each read of a growing file
    private const byte LineFeed = (byte)'\n';

    private readonly GuardWindow window = new();
    private LogContent content = null!; // set with File
    private int start;
    private int end;
    private long recordEnd;
    private bool isLastRecord;
    private long? endSeen;
    private long modifiedSeen;

    public byte[] Buffer { get; } = new byte[Capacity];

    public LogFile? File { get; private set; }

    /// <summary>Of the bytes before the position of <see cref="File"/>.</summary>
    public Digest Guard => window.Guard;

    /// <summary>Where the long record ends that is lent in pieces; null between records.</summary>
    public long? RecordEnd => recordEnd > 0 ? recordEnd : null;

    /// <summary>How far the file is known to reach.</summary>
    public long KnownEnd => endSeen ?? (File is null ? 0 : File.Now.Position + end - start);

    /// <summary>Goes on at the file's position. False: the bytes before it are not those that were taken.</summary>
    public bool TryStart(LogFile file, LogContent open)
    {
        Stop();
        var progress = file.Now;
        Span<byte> before = stackalloc byte[GuardWindow.Size];
        before = before[..GuardWindow.LengthBefore(progress.Position)];
        if (open.ReadWhole(before, progress.Position - before.Length) != before.Length) return false;
        window.Clear();
        window.Append(before);
        if (progress.Position > 0 && window.Guard != progress.Guard) return false;
        if (progress.Position < Fingerprint.MaxBytes) progress.Number?.Resume(before[..(int)progress.Position]);
        (File, content) = (file, open);
        return true;
    }

    /// <summary>Lets go of the file and forgets what was read ahead.</summary>
    public void Stop()
    {
        File = null;
        Forget();
        recordEnd = 0;
        endSeen = null;
    }

    /// <param name="isFinal">No more bytes will come: what has no line feed is the last record.</param>
    public TakeOutcome Take(bool isFinal, out Piece piece)
    {
        piece = default;
        var file = File!; // started
        var position = file.Now.Position;
        var limit = file.Now.Limit ?? long.MaxValue;
        while (true)
        {
            var available = (int)Math.Min(end - start, limit - position);
            if (recordEnd > position)
            {
                if (available == 0 && Fill(limit) is null or 0) return TakeOutcome.Changed;
                return TakeOfLongRecord(position, out piece);
            }

            var lineFeed = Buffer.AsSpan(start, available).LastIndexOf(LineFeed);
            if (lineFeed >= 0) return Lend(lineFeed + 1, false, out piece);
            if (content.IsWhole && available == Capacity)
            {
                (recordEnd, isLastRecord) = (content.Size, true);
                continue;
            }

            var isLong = available == Capacity || file.Scanned > position + available;
            if ((isLong ? ScanAhead(isFinal, limit) : Fill(limit)) is not { } read) return TakeOutcome.Changed;
            if (read > 0) continue;
            if (isLong || !isFinal || start == end) return TakeOutcome.Nothing;
            return Lend((int)Math.Min(end - start, limit - position), false, out piece);
        }
    }

    /// <summary>The first bytes of what was last lent are taken; the rest comes again.</summary>
    public void Advance(int bytes)
    {
        window.Append(Buffer.AsSpan(start, bytes));
        start += bytes;
    }

    private TakeOutcome TakeOfLongRecord(long position, out Piece piece)
    {
        var length = (int)Math.Min(end - start, recordEnd - position);
        var lineFeed = Buffer.AsSpan(start, length).IndexOf(LineFeed);
        if (lineFeed >= 0)
        {
            recordEnd = 0;
            return Lend(lineFeed + 1, false, out piece);
        }

        piece = default;
        var isAtEnd = position + length == recordEnd;
        if (isAtEnd && !isLastRecord) return TakeOutcome.Changed; // its line feed was seen there
        return Lend(length, !isAtEnd, out piece);
    }

    private TakeOutcome Lend(int length, bool continues, out Piece piece)
    {
        piece = new Piece(start, length, continues);
        return TakeOutcome.Lines;
    }

    // Bytes read behind those in the buffer; null if the file is not the one that was read before.
    private int? Fill(long limit)
    {
        if (MeetGrowth() is not { } hasGrown) return null;
        if (!hasGrown) return 0;
        var kept = end - start;
        Buffer.AsSpan(start, kept).CopyTo(Buffer);
        (start, end) = (0, kept);
        var offset = File!.Now.Position + kept; // started
        var read = content.ReadAt(Buffer.AsSpan(end, (int)Math.Min(Buffer.Length - end, limit - offset)), offset);
        if (!content.IsWhole && !IsContinued(kept, offset)) return null;
        end += read;
        if (read > 0) endSeen = null;
        else if (!HasEndedAt(offset)) return null;
        return read;
    }

    // After the read, the bytes before it are still those read before: it was not truncated meanwhile and grew beyond the position, or just to it.
    private bool IsContinued(int kept, long offset)
    {
        Span<byte> known = stackalloc byte[Overlap];
        var fromBuffer = Math.Min(kept, Overlap);
        var fromWindow = Math.Min(window.Bytes.Length, Overlap - fromBuffer);
        window.Bytes[^fromWindow..].CopyTo(known);
        Buffer.AsSpan(kept - fromBuffer, fromBuffer).CopyTo(known[fromWindow..]);
        known = known[..(fromWindow + fromBuffer)];
        Span<byte> there = stackalloc byte[Overlap];
        there = there[..known.Length];
        return content.ReadWhole(there, offset - there.Length) == there.Length && there.SequenceEqual(known);
    }

    // 1: the record's end is known; 0: not yet; null: the file is not the one that was read before.
    private int? ScanAhead(bool isFinal, long limit)
    {
        var file = File!; // started
        var position = file.Now.Position;
        var from = Math.Max(file.Scanned, position + end - start);
        if (MeetGrowth() is not { } hasGrown) return null;
        Forget();
        var read = 0;
        while (hasGrown && (read = content.ReadAt(Buffer.AsSpan(0, (int)Math.Min(Capacity, limit - from)), from)) > 0)
        {
            var lineFeed = Buffer.AsSpan(0, read).IndexOf(LineFeed);
            if (lineFeed >= 0)
            {
                (recordEnd, isLastRecord, file.Scanned) = (from + lineFeed + 1, false, 0);
                return 1;
            }

            from += read;
        }

        if (!HasEndedAt(from)) return null;
        file.Scanned = from;
        if (!isFinal || from == position) return 0;
        (recordEnd, isLastRecord, endSeen) = (from, true, null);
        return 1;
    }

    // At the end of a growing file: whether there is more now. Whenever it changed, what lies before is compared, and a partial line is read again:
    // the file may have been truncated and have outgrown its old size since. Null if so.
    private bool? MeetGrowth()
    {
        if (endSeen is not { } seen) return true;
        var extent = content.Extent;
        if (extent.Size < seen) return null;
        if (extent == new Extent(seen, modifiedSeen)) return false;
        Span<byte> before = stackalloc byte[GuardWindow.Size];
        before = before[..window.Bytes.Length];
        var isSame = content.ReadWhole(before, File!.Now.Position - before.Length) == before.Length && before.SequenceEqual(window.Bytes); // started
        if (!isSame) return null;
        modifiedSeen = extent.Modified;
        if (extent.Size == seen) return false;
        Forget();
        endSeen = null;
        return true;
    }

    private bool HasEndedAt(long offset)
    {
        var extent = content.Extent;
        if (extent.Size < offset) return false;
        (endSeen, modifiedSeen) = (offset, extent.Modified);
        return true;
    }

    private void Forget() => (start, end) = (0, 0);
}
