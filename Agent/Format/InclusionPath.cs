namespace Sealtail.Format;

/// <summary>The way from one leaf to the root of a Merkle tree (RFC 6962 §2.1.1): the sibling hashes from the leaf up.</summary>
internal static class InclusionPath
{
    /// <summary>The root that the leaf at <paramref name="index"/> of <paramref name="size"/> leaves has by this path; null: a tree of that size has no such path.</summary>
    public static Digest? RootOf(Digest leaf, long index, long size, IReadOnlyList<Digest> path)
    {
        if (index < 0 || index >= size) return null;
        var (node, last, hash) = (index, size - 1, leaf); // the node's place in its level, and the level's last place
        foreach (var sibling in path)
        {
            if (last == 0) return null;
            if ((node & 1) == 1 || node == last)
            {
                hash = MerkleTree.NodeHash(sibling, hash);
                // A last node without a sibling stands for itself in the levels above.
                while ((node & 1) == 0 && node != 0) (node, last) = (node >> 1, last >> 1);
            }
            else
            {
                hash = MerkleTree.NodeHash(hash, sibling);
            }

            (node, last) = (node >> 1, last >> 1);
        }

        return last == 0 ? hash : null;
    }
}

/// <summary>A tree that grows leaf by leaf and remembers the paths of the leaves that were marked. Memory does not grow with the number of leaves.</summary>
internal sealed class InclusionPaths
{
    private readonly List<Subtree> peaks = []; // widest first

    public long Size { get; private set; }

    /// <summary>Appends a leaf that nobody asks about.</summary>
    public void Append(Digest leaf) => Add(new Subtree(leaf, 1, null));

    /// <summary>Appends a leaf and returns its path, which is whole once <see cref="Root"/> was called.</summary>
    public IReadOnlyList<Digest> AppendMarked(Digest leaf)
    {
        var path = new List<Digest>();
        Add(new Subtree(leaf, 1, [path]));
        return path;
    }

    /// <summary>Ends the tree: completes the paths and gives its root.</summary>
    public Digest Root()
    {
        if (peaks.Count == 0) return MerkleTree.EmptyRoot;
        while (peaks.Count > 1) Merge();
        return peaks[0].Hash;
    }

    private void Add(Subtree subtree)
    {
        peaks.Add(subtree);
        Size++;
        while (peaks.Count > 1 && peaks[^2].Leaves == peaks[^1].Leaves) Merge();
    }

    private void Merge()
    {
        var (left, right) = (peaks[^2], peaks[^1]);
        foreach (var path in left.Marked ?? []) path.Add(right.Hash);
        foreach (var path in right.Marked ?? []) path.Add(left.Hash);
        List<List<Digest>>? marked = left.Marked is null ? right.Marked : right.Marked is null ? left.Marked : [.. left.Marked, .. right.Marked];
        peaks.RemoveAt(peaks.Count - 1);
        peaks[^1] = new Subtree(MerkleTree.NodeHash(left.Hash, right.Hash), left.Leaves + right.Leaves, marked);
    }

    private readonly record struct Subtree(Digest Hash, long Leaves, List<List<Digest>>? Marked);
}
