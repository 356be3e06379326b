using System.Security.Cryptography;

namespace Sealtail.Format;

/// <summary>
/// The hashes of a chunk's plain bytes (docs/format.md, "Chunk"): one of all of them, and the Merkle tree of its records. Records are hashed many at once, where they
/// lie, and nothing is allocated or copied per record. One that comes in pieces is hashed piece by piece, so that memory does not grow with it.
/// </summary>
internal sealed unsafe class RecordHashes : IDisposable
{
    private const int Capacity = 256;

    private readonly MerkleTree tree = new();
    private readonly Extent[] records = new Extent[Capacity];
    private readonly Digest[] leaves = new Digest[Capacity];
    private readonly IncrementalHash? contentByNet;
    private readonly IncrementalHash? leafByNet;
    private Sha256Stream content = new();
    private Sha256Stream leaf = new();
    private int count;

    /// <param name="isNative">By <see cref="Sha256Native"/>; else by .NET and OpenSSL.</param>
    public RecordHashes(bool isNative)
    {
        if (isNative) return;
        contentByNet = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        leafByNet = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    }

    public RecordHashes() : this(Sha256Native.IsSupported)
    {
    }

    /// <summary>Records so far; one that is still coming in pieces does not count yet.</summary>
    public long Records => tree.Size + count;

    /// <summary>Whether a record has begun in pieces.</summary>
    public bool IsInsideRecord { get; private set; }

    /// <summary>A whole record.</summary>
    /// <param name="buffer">The same for all that wait, and unchanged until <see cref="HashAdded"/>.</param>
    /// <param name="start">Where the record before ends, if that waits.</param>
    /// <param name="length">At least 1.</param>
    public void Add(ReadOnlySpan<byte> buffer, int start, int length)
    {
        if (IsInsideRecord || (count > 0 && start != records[count - 1].Start + records[count - 1].Length)) throw new InvalidOperationException("Bytes would be left out.");
        records[count++] = new Extent(start, length);
        if (count == Capacity) HashAdded(buffer);
    }

    /// <summary>Hashes the records that wait; the buffer is free again.</summary>
    public void HashAdded(ReadOnlySpan<byte> buffer)
    {
        if (count == 0) return;
        var run = new Extent(records[0].Start, records[count - 1].Start + records[count - 1].Length - records[0].Start);
        var waiting = records.AsSpan(0, count);
        if (contentByNet is not null)
        {
            contentByNet.AppendData(buffer.Slice(run.Start, run.Length));
            for (var i = 0; i < count; i++) leaves[i] = MerkleTree.LeafHash(buffer.Slice(waiting[i].Start, waiting[i].Length));
        }
        else
        {
            fixed (Sha256Stream* stream = &content) Sha256Lanes.Hash(stream, buffer, run, MerkleTree.LeafPrefix, waiting, leaves);
        }

        count = 0;
        tree.Append(leaves.AsSpan(0, waiting.Length));
    }

    /// <summary>Part of a record: its beginning, if none is open. No record may wait for <see cref="HashAdded"/>.</summary>
    public void AddPiece(ReadOnlySpan<byte> piece)
    {
        if (count > 0) throw new InvalidOperationException("The records before it are not hashed yet.");
        if (!IsInsideRecord) AppendToLeaf([MerkleTree.LeafPrefix]);
        IsInsideRecord = true;
        if (contentByNet is not null)
        {
            contentByNet.AppendData(piece);
            AppendToLeaf(piece);
            return;
        }

        fixed (Sha256Stream* first = &content, second = &leaf) Sha256Lanes.Append(first, second, piece);
    }

    /// <summary>The record that pieces were of ends here.</summary>
    public void EndRecord()
    {
        if (!IsInsideRecord) throw new InvalidOperationException("No record is open.");
        tree.Append(leafByNet is null ? leaf.Finish() : Digest.Of(leafByNet));
        IsInsideRecord = false;
    }

    public Digest MerkleRoot() => tree.Root();

    /// <summary>The hash of all bytes since the last time. To be asked once, at the end.</summary>
    public Digest TakeContent() => contentByNet is null ? content.Finish() : Digest.Of(contentByNet);

    public void Clear()
    {
        count = 0;
        tree.Clear();
        IsInsideRecord = false;
        content.Clear();
        leaf.Clear();
        contentByNet?.GetHashAndReset(stackalloc byte[Digest.Size]);
        leafByNet?.GetHashAndReset(stackalloc byte[Digest.Size]);
    }

    public void Dispose()
    {
        contentByNet?.Dispose();
        leafByNet?.Dispose();
    }

    private void AppendToLeaf(ReadOnlySpan<byte> bytes)
    {
        if (leafByNet is not null)
        {
            leafByNet.AppendData(bytes);
            return;
        }

        fixed (Sha256Stream* stream = &leaf) Sha256Lanes.Append(stream, null, bytes);
    }
}
