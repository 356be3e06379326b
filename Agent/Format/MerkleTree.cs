using System.Runtime.InteropServices;

namespace Sealtail.Format;

/// <summary>
/// The Merkle tree hash of RFC 6962 §2.1 over a growing list of leaves, kept as its compact range: the roots of the
/// complete subtrees, widest first. Appending allocates nothing; memory is fixed, whatever the number of leaves.
/// </summary>
internal sealed class MerkleTree
{
    private const int MaxLevels = 63;
    private const int MaxBatch = 256; // leaves whose nodes are made together: 12 KiB of stack
    private const int MaxBatchLevels = 10;
    private const byte LeafPrefix = 0x00;
    private const byte NodePrefix = 0x01;

    private readonly Digest[] peaks = new Digest[MaxLevels];
    private int count;

    /// <summary>The hash of no leaves: SHA-256 of nothing.</summary>
    public static Digest EmptyRoot { get; } = Digest.Of([]);

    /// <summary>The number of leaves.</summary>
    public long Size { get; private set; }

    /// <summary>The roots of the complete subtrees, widest first: one for each bit set in <see cref="Size"/>.</summary>
    public ReadOnlySpan<Digest> Peaks => peaks.AsSpan(0, count);

    /// <exception cref="FormatException">The number of peaks is not the number of bits set in <paramref name="size"/>.</exception>
    public static MerkleTree Restore(long size, ReadOnlySpan<Digest> peaks)
    {
        if (size < 0 || long.PopCount(size) != peaks.Length) throw new FormatException($"{peaks.Length} peaks cannot be a tree of {size} leaves.");
        var tree = new MerkleTree { Size = size, count = peaks.Length };
        peaks.CopyTo(tree.peaks);
        return tree;
    }

    /// <summary>Leaf hash: SHA-256 of 0x00 followed by the data.</summary>
    public static Digest LeafHash(ReadOnlySpan<byte> data) => LeafSha256.Of(LeafPrefix, data);

    /// <summary>The leaf hashes of runs of a buffer, none of which begins at its first byte.</summary>
    public static void LeafHashes(ReadOnlySpan<byte> buffer, ReadOnlySpan<Extent> data, Span<Digest> leafHashes) =>
        LeafSha256.OfAll(LeafPrefix, buffer, data, leafHashes, LeafSha256.Best);

    /// <summary>Node hash: SHA-256 of 0x01, the left and the right hash.</summary>
    public static Digest NodeHash(Digest left, Digest right)
    {
        Span<byte> bytes = stackalloc byte[2 * Digest.Size];
        left.CopyTo(bytes);
        right.CopyTo(bytes[Digest.Size..]);
        return LeafSha256.Of(NodePrefix, bytes);
    }

    public void Append(Digest leafHash)
    {
        // Each trailing one bit of the old size is a complete subtree as wide as the new one: merge them.
        for (var merge = Size; (merge & 1) != 0; merge >>= 1) leafHash = NodeHash(peaks[--count], leafHash);
        peaks[count++] = leafHash;
        Size++;
    }

    /// <summary>As <see cref="Append"/> of one after the other, but with the nodes of a level made together.</summary>
    public void AppendRange(ReadOnlySpan<Digest> leafHashes) => AppendRange(leafHashes, LeafSha256.Best);

    internal void AppendRange(ReadOnlySpan<Digest> leafHashes, Sha256Path path)
    {
        Span<Digest> level = stackalloc Digest[MaxBatch + 2];
        Span<Digest> above = stackalloc Digest[(MaxBatch / 2) + 3];
        for (; !leafHashes.IsEmpty; leafHashes = leafHashes[Math.Min(MaxBatch, leafHashes.Length)..])
            AppendBatch(leafHashes[..Math.Min(MaxBatch, leafHashes.Length)], level, above, path);
    }

    // Level by level: the peak of the level, if there is one, is the left neighbour of the first new node, and a last one without a right neighbour is
    // the level's new peak. Two places before the nodes are for that peak, and for the byte that is read before each pair.
    private void AppendBatch(ReadOnlySpan<Digest> leafHashes, Span<Digest> level, Span<Digest> above, Sha256Path path)
    {
        Span<Digest> left = stackalloc Digest[MaxBatchLevels];
        Span<Extent> pairs = stackalloc Extent[(MaxBatch / 2) + 1];
        var newPeaks = 0;
        leafHashes.CopyTo(level[2..]);
        var (size, nodes) = (Size, leafHashes.Length);
        for (Size += nodes; nodes > 0; size >>= 1)
        {
            var start = 2;
            if ((size & 1) != 0)
            {
                level[--start] = peaks[--count];
                nodes++;
            }

            if ((nodes & 1) != 0) left[newPeaks++] = level[start + --nodes];
            nodes /= 2;
            for (var i = 0; i < nodes; i++) pairs[i] = new Extent((start + (2 * i)) * Digest.Size, 2 * Digest.Size);
            LeafSha256.OfAll(NodePrefix, MemoryMarshal.AsBytes(level), pairs[..nodes], above[2..], path);
            above[2..(2 + nodes)].CopyTo(level[2..]);
        }

        while (newPeaks > 0) peaks[count++] = left[--newPeaks];
    }

    public Digest Root()
    {
        if (count == 0) return EmptyRoot;
        var root = peaks[count - 1];
        for (var i = count - 2; i >= 0; i--) root = NodeHash(peaks[i], root);
        return root;
    }

    public void Clear() => (Size, count) = (0, 0);

    public MerkleTree Clone() => Restore(Size, Peaks);
}
