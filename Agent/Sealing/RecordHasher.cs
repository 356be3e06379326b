using System.Security.Cryptography;
using Sealtail.Format;

namespace Sealtail.Sealing;

/// <summary>
/// Splits plain bytes into records at LF and hashes each as a leaf, where it lies: nothing is allocated or copied per record. A record that spans
/// several pieces is hashed incrementally, so that memory does not grow with it.
/// </summary>
internal sealed class RecordHasher : IDisposable
{
    private readonly MerkleTree tree = new();
    private readonly IncrementalHash longLeaf = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long openBytes;  // of the record that pieces so far belong to; 0: between records
    private byte firstByte;  // of the open record
    private byte lastByte;   // the open record's last bytes so far: its end is judged without LF and one CR
    private byte secondLastByte;
    private byte thirdLastByte;

    public long Records => tree.Size;

    public long Malformed { get; private set; }

    public bool IsInsideRecord => openBytes > 0;

    public Digest MerkleRoot() => tree.Root();

    public void Clear()
    {
        tree.Clear();
        Malformed = 0;
        openBytes = 0;
        longLeaf.GetHashAndReset(stackalloc byte[Digest.Size]);
    }

    /// <summary>A whole record. The byte before <paramref name="start"/> is overwritten for the moment of hashing.</summary>
    public void AddRecord(byte[] buffer, int start, int length)
    {
        if (IsInsideRecord)
        {
            AddPiece(buffer.AsSpan(start, length));
            EndRecord();
            return;
        }

        var before = buffer[start - 1];
        buffer[start - 1] = 0x00;
        tree.Append(MerkleTree.LeafHashPrefixed(buffer.AsSpan(start - 1, length + 1)));
        buffer[start - 1] = before;
        var record = buffer.AsSpan(start, length);
        Count(record[0], record[^1], length > 1 ? record[^2] : default, length > 2 ? record[^3] : default, length);
    }

    /// <summary>Part of a record that goes on: <see cref="AddRecord"/> or <see cref="EndRecord"/> ends it.</summary>
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
