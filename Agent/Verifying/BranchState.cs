using Sealtail.Buckets;
using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>Where a branch of the chain stands after a manifest: what the next one, in the same or in a later epoch, must fit to.</summary>
internal sealed class BranchState
{
    public required Guid Lineage { get; init; }

    /// <summary>Numbers the branches: a new lineage and a stale link begin one.</summary>
    public required int Segment { get; init; }

    public required Tiling Tiling { get; init; }

    public long Epoch { get; set; }

    public long Sequence { get; set; }

    public Digest PayloadSha256 { get; set; }

    /// <summary>Of the last manifest.</summary>
    public DateTimeOffset Time { get; set; }

    /// <summary>When it was signed, if that was long before the store took it and its clock can be believed in that: nothing is known of the time since. Null otherwise.</summary>
    public DateTimeOffset? HeldSince { get; set; }

    /// <summary>Its object, as listed.</summary>
    public StoredObject? Stored { get; set; }

    /// <summary>Other objects hold the same payload.</summary>
    public bool HasTwins { get; set; }

    /// <summary>Until here bytes are continuous; null before the first manifest and after a hole.</summary>
    public DateTimeOffset? CoveredTo { get; set; }

    /// <summary>When the bytes bound last were sealed: what the source did after it, that manifest does not show.</summary>
    public DateTimeOffset Sealed { get; set; }

    public TimeSpan MaxSilence { get; set; }

    public bool IsStopped { get; set; }

    /// <summary>The last manifest was a heartbeat that does not prove that everything was read.</summary>
    public bool IsUnproven { get; set; }

    public BranchState Clone(int? segment = null) => new()
    {
        Lineage = Lineage,
        Segment = segment ?? Segment,
        Tiling = Tiling.Clone(),
        Epoch = Epoch,
        Sequence = Sequence,
        PayloadSha256 = PayloadSha256,
        Time = Time,
        HeldSince = HeldSince,
        Stored = Stored,
        HasTwins = HasTwins,
        CoveredTo = CoveredTo,
        Sealed = Sealed,
        MaxSilence = MaxSilence,
        IsStopped = IsStopped,
        IsUnproven = IsUnproven,
    };
}
