namespace Sealtail.Format;

/// <summary>Records that lie in a buffer and wait to be hashed together as the next leaves of a tree. Memory is fixed, and nothing is allocated per record.</summary>
internal sealed class LeafBatch(MerkleTree tree)
{
    private const int Capacity = 256;

    private readonly Extent[] records = new Extent[Capacity];
    private readonly Digest[] leaves = new Digest[Capacity];
    private int count;

    /// <summary>Records that wait.</summary>
    public int Count => count;

    /// <param name="buffer">The same for all that wait, and unchanged until <see cref="Hash"/>.</param>
    /// <param name="start">At least 1.</param>
    /// <param name="length">Of the record.</param>
    public void Add(ReadOnlySpan<byte> buffer, int start, int length)
    {
        records[count++] = new Extent(start, length);
        if (count == Capacity) Hash(buffer);
    }

    /// <summary>Appends the leaves of all that wait; the buffer is free again.</summary>
    public void Hash(ReadOnlySpan<byte> buffer)
    {
        MerkleTree.LeafHashes(buffer, records.AsSpan(0, count), leaves);
        // Nodes one by one: beside each other they were measured to be no faster, being two blocks each.
        foreach (var leaf in leaves.AsSpan(0, count)) tree.Append(leaf);
        count = 0;
    }

    public void Clear() => count = 0;
}
