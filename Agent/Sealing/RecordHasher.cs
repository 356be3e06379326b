using Sealtail.Format;

namespace Sealtail.Sealing;

/// <summary>
/// Hashes and counts a chunk's records as they come, whole or in pieces: see <see cref="RecordHashes"/>.
/// </summary>
internal sealed class RecordHasher : IDisposable
{
    private readonly RecordHashes hashes = new();
    private long openBytes;  // of the record that pieces so far belong to; 0: between records
    private byte firstByte;  // of the open record
    private byte lastByte;   // the open record's last bytes so far: its end is judged without LF and one CR
    private byte secondLastByte;
    private byte thirdLastByte;

    public long Records => hashes.Records;

    public long Malformed { get; private set; }

    public bool IsInsideRecord => hashes.IsInsideRecord;

    public Digest MerkleRoot() => hashes.MerkleRoot();

    /// <summary>The hash of all bytes. To be asked once, at the end.</summary>
    public Digest TakeContent() => hashes.TakeContent();

    public void Clear()
    {
        hashes.Clear();
        Malformed = 0;
        openBytes = 0;
    }

    /// <summary>A whole record, or the end of one that began in pieces.</summary>
    /// <param name="buffer">It stays as it is until <see cref="HashAdded"/>.</param>
    /// <param name="start">Where the record before ends, if that is in the same buffer.</param>
    /// <param name="length">At least 1.</param>
    public void AddRecord(ReadOnlySpan<byte> buffer, int start, int length)
    {
        var record = buffer.Slice(start, length);
        if (IsInsideRecord)
        {
            AddPiece(record);
            EndRecord();
            return;
        }

        hashes.Add(buffer, start, length);
        Count(record[0], record[^1], length > 1 ? record[^2] : default, length > 2 ? record[^3] : default, length);
    }

    /// <summary>The buffer of the records added so far is about to change.</summary>
    public void HashAdded(ReadOnlySpan<byte> buffer) => hashes.HashAdded(buffer);

    /// <summary>Part of a record that goes on: <see cref="AddRecord"/> ends it. No whole record may be waiting for <see cref="HashAdded"/>.</summary>
    public void AddPiece(ReadOnlySpan<byte> piece)
    {
        if (piece.IsEmpty) return;
        if (openBytes == 0) firstByte = piece[0];
        hashes.AddPiece(piece);
        Remember(piece);
        openBytes += piece.Length;
    }

    /// <summary>The record that pieces were of ends here.</summary>
    public void EndRecord()
    {
        hashes.EndRecord();
        Count(firstByte, lastByte, secondLastByte, thirdLastByte, openBytes);
        openBytes = 0;
    }

    public void Dispose() => hashes.Dispose();

    private void Remember(ReadOnlySpan<byte> piece)
    {
        foreach (var b in piece.Length > 3 ? piece[^3..] : piece)
            (thirdLastByte, secondLastByte, lastByte) = (secondLastByte, lastByte, b);
    }

    // Cheap on purpose (docs/format.md, "Kinds"): a record that, without its LF and one CR before it, does not begin with { or end with }.
    private void Count(byte first, byte last, byte secondLast, byte thirdLast, long length)
    {
        var (end, kept) = last != '\n' ? (last, length)
            : secondLast != '\r' || length < 2 ? (secondLast, length - 1)
            : (thirdLast, length - 2);
        if (kept <= 0 || first != '{' || end != '}') Malformed++;
    }
}
