namespace Sealtail.Verifying;

/// <summary>A branch of a stream's chain: begun by a new lineage, or by a start that links to an older state than there is.</summary>
internal sealed class Branch(BranchState begun)
{
    /// <summary>The branch it parted from; null for a new lineage.</summary>
    public int? Parent { get; init; }

    /// <summary>Where it stands now.</summary>
    public BranchState Last { get; set; } = begun;
}
