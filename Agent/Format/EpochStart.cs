namespace Sealtail.Format;

internal enum StartCause { FirstStart, Restart, StateLost, StateCorrupt }

/// <summary>What an epoch's first manifest adds (docs/format.md, "Kinds").</summary>
internal sealed record EpochStart
{
    public required StartCause Cause { get; init; }

    /// <summary>The newest manifest that this lineage knows to be confirmed; null in a lineage's first epoch.</summary>
    public required ManifestLink? PreviousEpoch { get; init; }

    public required IReadOnlyList<SkippedEpochs> Skipped { get; init; }

    /// <summary>SubjectPublicKeyInfo DER of the key that signs the epoch: a statement, never a trust anchor.</summary>
    public required byte[] PublicKey { get; init; }

    public required EpochPolicy Policy { get; init; }

    public required HostIdentity Host { get; init; }
}

internal readonly record struct ManifestLink(long Epoch, long Sequence, Digest PayloadSha256);

internal enum SkipReason { Taken, Unconfirmed }

/// <summary>Epoch numbers <c>[From, To]</c>, both included, that this run passed over.</summary>
internal readonly record struct SkippedEpochs(long From, long To, SkipReason Why);

/// <summary>What the agent promised of itself for the epoch. <c>RetentionSeconds</c> is null if no minimum is configured.</summary>
internal readonly record struct EpochPolicy(long MaxSilenceSeconds, long MaxChunkSeconds, long MaxChunkBytes, long? RetentionSeconds);

internal readonly record struct HostIdentity(string MachineIdSha256, string BootId);
