using System.Security.Cryptography;
using Sealtail.Format;

namespace Sealtail.Sealing;

/// <summary>
/// Hashes records as the leaves of a Merkle tree, many at once and where they lie: nothing is allocated or copied per record. A record that spans
/// several pieces is hashed incrementally, so that memory does not grow with it.
/// </summary>
internal sealed class RecordHasher : IDisposable
{
    private readonly MerkleTree tree = new();
    private readonly LeafBatch batch;
    private readonly IncrementalHash longLeaf = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long openBytes;  // of the record that pieces so far belong to; 0: between records
    private byte firstByte;  // of the open record
    private byte lastByte;   // the open record's last bytes so far: its end is judged without LF and one CR
    private byte secondLastByte;
    private byte thirdLastByte;

    public RecordHasher() => batch = new LeafBatch(tree);

    public long Records => tree.Size + batch.Count;

    public long Malformed { get; private set; }

    public bool IsInsideRecord => openBytes > 0;

    public Digest MerkleRoot() => tree.Root();

    public void Clear()
    {
        batch.Clear();
        tree.Clear();
        Malformed = 0;
        openBytes = 0;
        longLeaf.GetHashAndReset(stackalloc byte[Digest.Size]);
    }

    /// <summary>A whole record, or the end of one that began in pieces.</summary>
    /// <param name="buffer">It is only read, also the byte before <paramref name="start"/>, and stays as it is until <see cref="HashAdded"/>.</param>
    /// <param name="start">At least 1.</param>
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

        batch.Add(buffer, start, length);
        Count(record[0], record[^1], length > 1 ? record[^2] : default, length > 2 ? record[^3] : default, length);
    }

    /// <summary>The buffer of the records added so far is about to change.</summary>
    public void HashAdded(ReadOnlySpan<byte> buffer) => batch.Hash(buffer);

    /// <summary>Part of a record that goes on: <see cref="AddRecord"/> ends it.</summary>
    public void AddPiece(ReadOnlySpan<byte> piece)
    {
        if (piece.IsEmpty) return;
        if (openBytes == 0)
        {
            longLeaf.AppendData([0x00]);
            firstByte = piece[0];
        }

        longLeaf.AppendData(piece);
        Remember(piece);
        openBytes += piece.Length;
    }

    /// <summary>The record that pieces were of ends here. No whole record may be waiting for <see cref="HashAdded"/>: leaves keep their order.</summary>
    public void EndRecord()
    {
        tree.Append(Digest.Of(longLeaf));
        Count(firstByte, lastByte, secondLastByte, thirdLastByte, openBytes);
        openBytes = 0;
    }

    public void Dispose() => longLeaf.Dispose();

    private void Remember(ReadOnlySpan<byte> piece)
    {
        foreach (var b in piece.Length > 3 ? piece[^3..] : piece)
            (thirdLastByte, secondLastByte, lastByte) = (secondLastByte, lastByte, b);
    }

    // Cheap on purpose (design §3.5): a record that, without its LF and one CR before it, does not begin with { or end with }.
    private void Count(byte first, byte last, byte secondLast, byte thirdLast, long length)
    {
        var (end, kept) = last != '\n' ? (last, length)
            : secondLast != '\r' || length < 2 ? (secondLast, length - 1)
            : (thirdLast, length - 2);
        if (kept <= 0 || first != '{' || end != '}') Malformed++;
    }
}
