namespace Sealtail.Verifying;

/// <summary>A branch of a stream's chain: begun by a new lineage, or by a start that links to an older state than there is.</summary>
internal sealed class Branch(BranchState begun)
{
    /// <summary>The branch it parted from; null for a new lineage.</summary>
    public int? Parent { get; init; }

    /// <summary>For a new lineage: where the chain before it ended; null for the first.</summary>
    public BranchState? Before { get; init; }

    /// <summary>For a new lineage: when its first start came.</summary>
    public DateTimeOffset Begin { get; init; }

    public long FirstEpoch { get; init; }

    /// <summary>Where it stands now.</summary>
    public BranchState Last { get; set; } = begun;
}
