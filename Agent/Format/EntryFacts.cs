namespace Sealtail.Format;

/// <summary>
/// What is known of a run of source bytes once it is sealed, before it is bound into the chain: the part of a manifest that
/// a spool entry carries (docs/format.md, "Predicate, every kind").
/// </summary>
internal sealed record EntryFacts
{
    public required DateTimeOffset Sealed { get; init; }

    /// <summary>Why the chunk was cut; null where there is no chunk.</summary>
    public CutReason? Reason { get; init; }

    public ChunkObject? Object { get; init; }

    public ChunkContent? Content { get; init; }

    public RecordSummary? First { get; init; }

    public RecordSummary? Last { get; init; }

    /// <summary>In a chunk: the ranges it is made of, in reading order. Elsewhere: one empty range that states the position, or none.</summary>
    public required IReadOnlyList<SourceRange> Sources { get; init; }

    public required IReadOnlyList<Gap> Gaps { get; init; }
}

/// <summary>A chunk as the object that lies in the bucket.</summary>
internal sealed record ChunkObject(string Name, long Bytes, Digest Sha256, Crc32C Crc32C)
{
    public const string MediaType = "application/gzip";
}

/// <summary>A chunk's plain bytes. <c>Malformed</c> counts records that do not begin with <c>{</c> or do not end with <c>}</c>.</summary>
internal readonly record struct ChunkContent(long Bytes, Digest Sha256, long Records, long Malformed, Digest MerkleRoot);

/// <summary>SHA-256 of the first <paramref name="Bytes"/> bytes of an uncompressed log file: at most 1024. Zero bytes match nothing.</summary>
internal readonly record struct Fingerprint(int Bytes, Digest Sha256)
{
    public const int MaxBytes = 1024;

    public static Fingerprint None { get; } = new(0, Digest.Of([]));

    public static Fingerprint Of(ReadOnlySpan<byte> beginning) =>
        beginning[..Math.Min(beginning.Length, MaxBytes)] is var head ? new Fingerprint(head.Length, Digest.Of(head)) : default;
}

/// <summary>
/// Bytes <c>[From, To)</c> of one log file, as offsets of the uncompressed log. <c>File</c> numbers the log files of the lineage
/// in reading order, from 1. <c>Continues</c> names the earlier file number that this one goes on from. Path, device and inode inform.
/// </summary>
internal sealed record SourceRange
{
    public required long File { get; init; }

    public long? Continues { get; init; }

    public required string Path { get; init; }

    public required ulong Device { get; init; }

    public required ulong Inode { get; init; }

    public required Fingerprint Fingerprint { get; init; }

    public required long From { get; init; }

    public required long To { get; init; }

    /// <summary>The file has no more bytes to come.</summary>
    public required bool Final { get; init; }
}

internal enum GapCause { RotatedAway, Truncated, Replaced, Unreadable, CompressedDamaged, ContinuityUnproven, SourceRolledBack, SpoolDamaged, StateLost }

/// <summary>Bytes that are lost, or may be. File and fingerprint are null if unknown; <c>To</c> null is an unknown end.</summary>
internal sealed record Gap(long? File, Fingerprint? Fingerprint, GapCause Cause, long From, long? To, string Detail);
