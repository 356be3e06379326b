using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>
/// Plain bytes as they come out of gzip: hashed as a whole, split into records at LF, these hashed as leaves where they lie, a bufferful together. Nothing
/// is allocated per record, and memory does not grow with a record's length.
/// </summary>
internal sealed class RecordScan : IDisposable
{
    private const int Capacity = 256 * 1024;
    private const int LeastSpace = Capacity / 4;
    private const int MostOpen = Capacity / 2;

    private readonly byte[] buffer = new byte[Capacity];
    private readonly RecordHashes hashes = new();
    private readonly RecordText first = new();
    private readonly RecordText longRecord = new();
    private int start;         // of the unfinished record
    private int end;           // of the bytes in the buffer
    private long longBytes;    // of an unfinished record that was hashed in pieces; 0: none
    private int lastStart;     // of the newest whole record, while it lies in the buffer; -1: it was a long one
    private int lastLength;

    public long Records => hashes.Records;

    public long Malformed { get; private set; }

    /// <summary>Where the next bytes go: at least a quarter of the buffer.</summary>
    public Span<byte> Space => buffer.AsSpan(end);

    /// <summary>Takes the first <paramref name="count"/> bytes of <see cref="Space"/>.</summary>
    public void Take(int count)
    {
        var search = end;
        end += count;
        while (buffer.AsSpan(search, end - search).IndexOf((byte)'\n') is >= 0 and var lineFeed)
        {
            search += lineFeed + 1;
            AddRecord(start, search - start);
            start = search;
        }

        if (buffer.Length - end < LeastSpace) Empty();
    }

    /// <summary>There is no more: what is left without LF is the last record.</summary>
    public void End()
    {
        if (end > start) AddRecord(start, end - start);
        else if (longBytes > 0) EndLongRecord();
        start = end;
        hashes.HashAdded(buffer);
    }

    /// <summary>Of all bytes. To be asked once, at the end.</summary>
    public Digest ContentSha256() => hashes.TakeContent();

    public Digest MerkleRoot() => hashes.MerkleRoot();

    /// <summary>What the first record says of itself; null if there is none, or it is too long or no JSON object.</summary>
    public RecordSummary? First() => first.Summarize();

    public RecordSummary? Last()
    {
        if (Records == 0) return null;
        if (lastStart < 0) return longRecord.Summarize();
        var last = new RecordText();
        last.Append(buffer.AsSpan(lastStart, lastLength));
        return last.Summarize();
    }

    public void Dispose() => hashes.Dispose();

    private void AddRecord(int recordStart, int length)
    {
        var record = buffer.AsSpan(recordStart, length);
        if (longBytes > 0)
        {
            AddPiece(record);
            EndLongRecord();
            return;
        }

        if (Records == 0) first.Append(record);
        Judge(record[0], record[^Math.Min(3, length)..], length);
        hashes.Add(buffer, recordStart, length);
        (lastStart, lastLength) = (recordStart, length);
    }

    // Hashes what is whole and moves what is not to the buffer's front; of a long record nothing is kept.
    private void Empty()
    {
        hashes.HashAdded(buffer);
        var open = end - start;
        if (longBytes > 0 || open > MostOpen)
        {
            AddPiece(buffer.AsSpan(start, open));
            open = 0;
        }

        buffer.AsSpan(start, open).CopyTo(buffer);
        (start, end) = (0, open);
    }

    private void AddPiece(ReadOnlySpan<byte> piece)
    {
        if (longBytes == 0) longRecord.Clear();
        hashes.AddPiece(piece);
        longRecord.Append(piece);
        if (Records == 0) first.Append(piece);
        longBytes += piece.Length;
    }

    private void EndLongRecord()
    {
        Judge(longRecord.FirstByte, longRecord.LastBytes, longBytes);
        hashes.EndRecord();
        (lastStart, longBytes) = (-1, 0);
    }

    // docs/format.md, "Kinds": without LF and one CR before it, a record begins with { and ends with }.
    private void Judge(byte firstByte, ReadOnlySpan<byte> end, long length)
    {
        if (end is [.., (byte)'\n'])
        {
            end = end[..^1];
            length--;
            if (end is [.., (byte)'\r'])
            {
                end = end[..^1];
                length--;
            }
        }

        if (length == 0 || firstByte != '{' || end[^1] != '}') Malformed++;
    }
}
