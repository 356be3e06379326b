using Sealtail.Format;

namespace Sealtail.Spooling;

/// <summary>
/// The chain's state, and nothing else: the newest confirmed manifest and what the next one needs. Immutable; each confirmation makes
/// the next head. Meaning of the members beyond storage belongs to Chaining.
/// </summary>
internal sealed record Head
{
    public const int MaxReceipts = 16;

    public required Binding Binding { get; init; }

    public required Guid Lineage { get; init; }

    /// <summary>What the next epoch's start states as its cause.</summary>
    public required StartCause NextCause { get; init; }

    /// <summary>The highest epoch number known to have been claimed; 0: none.</summary>
    public required long Epoch { get; init; }

    /// <summary>The newest manifest of the lineage known to be confirmed; null: none is.</summary>
    public ManifestLink? Newest { get; init; }

    /// <summary>The epoch's log as a compact range: <see cref="MerkleTree.Restore"/>.</summary>
    public long LogSize { get; init; }

    public IReadOnlyList<Digest> LogPeaks { get; init; } = [];

    public Totals Totals { get; init; }

    /// <summary>Replies learnt and not yet repeated in a manifest, at most <see cref="MaxReceipts"/>.</summary>
    public IReadOnlyList<Receipt> Receipts { get; init; } = [];

    /// <summary>The chain's position: an empty range. Null: nothing was bound in this lineage.</summary>
    public SourceRange? Position { get; init; }

    public long LastConfirmedEntry { get; init; }

    /// <summary>Manifests in flight up to this generation are confirmed, or given up.</summary>
    public long SettledInFlight { get; init; }

    /// <summary>When the newest manifest was confirmed, by the node's clock; null: none was.</summary>
    public DateTimeOffset? Confirmed { get; init; }

    /// <summary>How far checkpoints of the epoch reach, as far as is known.</summary>
    public CheckpointState Checkpointed { get; init; }

    public MerkleTree Log() => MerkleTree.Restore(LogSize, LogPeaks.ToArray());

    /// <summary>The head after <paramref name="inFlight"/> is confirmed. One of another lineage, left from before a loss of state, settles its entry and nothing else.</summary>
    public Head After(InFlight inFlight, Receipt? receipt, DateTimeOffset confirmed)
    {
        var manifest = inFlight.Manifest;
        Receipt[] receipts = [.. Receipts.Except(manifest.Receipts), .. receipt is null ? Array.Empty<Receipt>() : [receipt]];
        var settled = this with
        {
            Receipts = receipts.Length <= MaxReceipts ? receipts : receipts[^MaxReceipts..],
            LastConfirmedEntry = Math.Max(LastConfirmedEntry, inFlight.EntryNumber ?? 0),
            SettledInFlight = inFlight.Generation,
            Confirmed = confirmed,
        };
        if (manifest.Start is null && manifest.Lineage != Lineage) return settled;

        var log = manifest.Start is null ? Log() : new MerkleTree();
        log.Append(MerkleTree.LeafHash(inFlight.Payload));
        return settled with
        {
            Lineage = manifest.Lineage,
            NextCause = StartCause.Restart,
            Epoch = manifest.Epoch,
            Newest = inFlight.Link,
            LogSize = log.Size,
            LogPeaks = log.Peaks.ToArray(),
            Totals = manifest.Totals,
            Checkpointed = manifest.Start is null ? Checkpointed : new CheckpointState(manifest.Epoch, 0, confirmed),
            Position = ChainPosition.After(manifest.Lineage == Lineage ? Position : null, manifest.Entry),
        };
    }
}

/// <summary>How many of an epoch's manifests a stored checkpoint covers, and when that was learnt or, while it is none, when the epoch was claimed, by the node's clock.</summary>
internal readonly record struct CheckpointState(long Epoch, long Size, DateTimeOffset? At);
