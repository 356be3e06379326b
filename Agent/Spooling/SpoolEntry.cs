using Sealtail.Format;

namespace Sealtail.Spooling;

/// <summary>
/// A committed run of source bytes that waits to be bound into the chain. <see cref="Number"/> grows by one per entry and is never
/// reused. Where the disk damaged an entry, <see cref="Damage"/> says so and <see cref="Facts"/> are those of a gap that declares the
/// loss: bound as it is, it tells the truth; <see cref="Spool.Replace"/> puts back bytes that the source still has.
/// </summary>
internal sealed record SpoolEntry
{
    public required long Number { get; init; }

    /// <summary>The first of the numbers that this entry stands for: smaller than <see cref="Number"/> only where several were lost together.</summary>
    public required long First { get; init; }

    public required EntryFacts Facts { get; init; }

    /// <summary>Bytes on disk.</summary>
    public required long Bytes { get; init; }

    public SpoolDamage? Damage { get; init; }

    /// <summary>Where the chunk lies; null where there is none.</summary>
    public string? ChunkPath { get; init; }

    /// <summary>The chunk object's bytes, from the start: <c>Facts.Object</c> has their name, length and hashes.</summary>
    /// <exception cref="InvalidOperationException">The entry has no chunk.</exception>
    /// <exception cref="IOException">The file is gone or cannot be read.</exception>
    public Stream OpenChunk() =>
        ChunkPath is { } path
            ? new FileStream(path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 })
            : throw new InvalidOperationException($"Entry {Number} has no chunk.");
}

/// <summary>What a damaged entry lost. <c>Lost</c> lists what to read again, in order; null where the lost ranges are not known in full.</summary>
internal sealed record SpoolDamage(string Reason, IReadOnlyList<SourceRange>? Lost);
