namespace Sealtail.Format;

/// <summary>What a manifest says (docs/format.md, "Kinds").</summary>
internal enum ManifestKind { EpochStart, Chunk, Gap, Heartbeat, Stop }

/// <summary>Why a chunk was cut.</summary>
internal enum CutReason { Size, Age, Ranges, Final, Shutdown }

/// <summary>
/// The payload of a manifest: an in-toto Statement v1 with Sealtail's predicate (docs/format.md, "Payload"), as a value. Written by
/// <see cref="ManifestWriter"/>, read by <see cref="ManifestReader"/>. Its identity is the SHA-256 of the payload's bytes.
/// </summary>
internal sealed record Manifest
{
    public required Subject Subject { get; init; }

    public required StreamName Stream { get; init; }

    public required Guid Lineage { get; init; }

    public required long Epoch { get; init; }

    public required long Sequence { get; init; }

    public required ManifestKind Kind { get; init; }

    /// <summary>SHA-256 of the payload before it in the epoch; null at sequence 0 only.</summary>
    public Digest? Previous { get; init; }

    public required LogState Log { get; init; }

    /// <summary>When this manifest was signed, by the node's clock.</summary>
    public required DateTimeOffset Signed { get; init; }

    /// <summary>The chunk, ranges and gaps; for kinds without a spool entry, the stated position.</summary>
    public required EntryFacts Entry { get; init; }

    public required Totals Totals { get; init; }

    public required IReadOnlyList<Receipt> Receipts { get; init; }

    /// <summary>Checkpoints that the store was learnt to have since the manifest before; mostly none.</summary>
    public IReadOnlyList<StoredCheckpoint> Checkpoints { get; init; } = [];

    public required AgentVersion Agent { get; init; }

    /// <summary>Present on an epoch's start, and only there.</summary>
    public EpochStart? Start { get; init; }

    /// <summary>Present on a heartbeat, and only there.</summary>
    public SourceStatus? Source { get; init; }
}

/// <summary>in-toto's subject: what the statement is about.</summary>
internal readonly record struct Subject(string Name, Digest Sha256);

/// <summary>RFC 6962 root over the payloads of the manifests before this one in the epoch.</summary>
internal readonly record struct LogState(long Size, Digest Root);

/// <summary>Sums over the epoch, the manifest that states them included.</summary>
internal readonly record struct Totals(long Chunks, long Records, long Bytes);

/// <summary>A checkpoint of the stream that is in the store: with the stream, its name.</summary>
/// <param name="Epoch">Whose manifests it covers.</param>
/// <param name="Size">How many of them.</param>
/// <param name="Sha256">Of the object's bytes.</param>
internal readonly record struct StoredCheckpoint(long Epoch, long Size, Digest Sha256);

internal readonly record struct AgentVersion(string Name, string Version);
