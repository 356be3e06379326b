using System.Security.Cryptography;
using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>
/// Plain bytes as they come out of gzip: hashed as a whole, split into records at LF, each hashed as a leaf where it lies. Nothing is allocated per
/// record, and memory does not grow with a record's length.
/// </summary>
internal sealed class RecordScan : IDisposable
{
    private const int Capacity = 128 * 1024;

    private readonly byte[] buffer = new byte[1 + Capacity]; // one byte before the first record, for the 0x00 of its leaf
    private readonly IncrementalHash content = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash longLeaf = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly MerkleTree tree = new();
    private readonly RecordText first = new();
    private readonly RecordText longRecord = new();
    private int open;          // bytes of an unfinished record at the buffer's front
    private long longBytes;    // of an unfinished record that was hashed in pieces; 0: none
    private int lastStart;     // of the newest whole record, while it lies in the buffer; 0: it was a long one
    private int lastLength;

    public long Records => tree.Size;

    public long Malformed { get; private set; }

    /// <summary>Where the next bytes go: at least half of the buffer.</summary>
    public Span<byte> Space => buffer.AsSpan(1 + open);

    /// <summary>Takes the first <paramref name="count"/> bytes of <see cref="Space"/>.</summary>
    public void Take(int count)
    {
        var end = 1 + open + count;
        var search = 1 + open;
        var start = 1;
        content.AppendData(buffer, search, count);
        while (buffer.AsSpan(search, end - search).IndexOf((byte)'\n') is >= 0 and var lineFeed)
        {
            var next = search + lineFeed + 1;
            AddRecord(start, next - start);
            start = search = next;
        }

        var rest = end - start;
        if (longBytes > 0 || rest > Capacity / 2)
        {
            AddPiece(buffer.AsSpan(start, rest));
            open = 0;
            return;
        }

        if (rest > 0) buffer.AsSpan(start, rest).CopyTo(buffer.AsSpan(1));
        open = rest;
    }

    /// <summary>There is no more: what is left without LF is the last record.</summary>
    public void End()
    {
        if (longBytes > 0) EndLongRecord();
        else if (open > 0) AddRecord(1, open);
        open = 0;
    }

    public Digest ContentSha256() => Digest.Of(content);

    public Digest MerkleRoot() => tree.Root();

    /// <summary>What the first record says of itself; null if there is none, or it is too long or no JSON object.</summary>
    public RecordSummary? First() => first.Summarize();

    public RecordSummary? Last()
    {
        if (Records == 0) return null;
        if (lastStart == 0) return longRecord.Summarize();
        var last = new RecordText();
        last.Append(buffer.AsSpan(lastStart, lastLength));
        return last.Summarize();
    }

    public void Dispose()
    {
        content.Dispose();
        longLeaf.Dispose();
    }

    private void AddRecord(int start, int length)
    {
        var record = buffer.AsSpan(start, length);
        if (longBytes > 0)
        {
            AddPiece(record);
            EndLongRecord();
            return;
        }

        if (Records == 0) first.Append(record);
        Judge(record[0], record[^Math.Min(3, length)..], length);
        buffer[start - 1] = 0x00; // the end of the record before, which is hashed already
        tree.Append(MerkleTree.LeafHashPrefixed(buffer.AsSpan(start - 1, length + 1)));
        (lastStart, lastLength) = (start, length);
    }

    private void AddPiece(ReadOnlySpan<byte> piece)
    {
        if (longBytes == 0)
        {
            longLeaf.AppendData([0x00]);
            longRecord.Clear();
        }

        longLeaf.AppendData(piece);
        longRecord.Append(piece);
        if (Records == 0) first.Append(piece);
        longBytes += piece.Length;
    }

    private void EndLongRecord()
    {
        Judge(longRecord.FirstByte, longRecord.LastBytes, longBytes);
        tree.Append(Digest.Of(longLeaf));
        (lastStart, longBytes) = (0, 0);
    }

    // Design §3.5: without LF and one CR before it, a record begins with { and ends with }.
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
