using System.Runtime.InteropServices;

namespace Sealtail.Format;

/// <summary>
/// The Merkle tree hash of RFC 6962 §2.1 over a growing list of leaves, kept as its compact range: the roots of the
/// complete subtrees, widest first. Appending allocates nothing; memory is fixed, whatever the number of leaves.
/// </summary>
internal sealed class MerkleTree
{
    /// <summary>Hashed before a leaf's data.</summary>
    public const byte LeafPrefix = 0x00;

    private const int MaxLevels = 63;
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

    /// <summary>Node hash: SHA-256 of 0x01, the left and the right hash.</summary>
    public static Digest NodeHash(Digest left, Digest right)
    {
        Span<Digest> pair = [left, right];
        HashPairs(pair, Sha256Native.IsSupported);
        return pair[0];
    }

    /// <summary>Puts the hashes of the nodes above pairs of hashes where the pairs were, in the first half of the span.</summary>
    /// <param name="pairs">An even number.</param>
    /// <param name="isNative">By <see cref="Sha256Native"/>, two at once; nodes are as many as leaves.</param>
    internal static unsafe void HashPairs(Span<Digest> pairs, bool isNative)
    {
        if (isNative)
        {
            fixed (Digest* first = pairs) Sha256Native.Nodes(first, first, (nuint)pairs.Length / 2);
            return;
        }

        for (var i = 0; i < pairs.Length / 2; i++) pairs[i] = LeafSha256.Of(NodePrefix, MemoryMarshal.AsBytes(pairs.Slice(2 * i, 2)));
    }

    public void Append(Digest leafHash)
    {
        // Each trailing one bit of the old size is a complete subtree as wide as the new one: merge them.
        for (var merge = Size; (merge & 1) != 0; merge >>= 1) leafHash = NodeHash(peaks[--count], leafHash);
        peaks[count++] = leafHash;
        Size++;
    }

    /// <summary>As many times <see cref="Append(Digest)"/>, level by level.</summary>
    /// <param name="leafHashes">In their order; they are overwritten.</param>
    public void Append(Span<Digest> leafHashes)
    {
        Span<Digest> unpaired = stackalloc Digest[MaxLevels]; // lowest level first
        var left = 0;
        var size = Size;
        Size += leafHashes.Length;
        for (var level = leafHashes; level.Length > 0; size >>= 1)
        {
            var merged = (int)(size & 1); // the peak of this level has its sibling now
            if (merged > 0) level[0] = NodeHash(peaks[--count], level[0]);
            var pairs = level[merged..];
            if (pairs.Length % 2 != 0) unpaired[left++] = pairs[^1];
            HashPairs(pairs[..(pairs.Length & ~1)], Sha256Native.IsSupported);
            level = level[..(merged + (pairs.Length / 2))];
        }

        while (left > 0) peaks[count++] = unpaired[--left];
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
