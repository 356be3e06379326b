using Sealtail.Format;

namespace Sealtail.Tailing;

/// <summary>One log file of the lineage, as ranges name it. Number, identity and what it continues never change; path and fingerprint may.</summary>
internal abstract class TailedFile
{
    /// <summary>Counts the log files of the lineage in reading order, from 1.</summary>
    public required long Number { get; init; }

    /// <summary>The earlier file number that this one goes on from, or null.</summary>
    public long? Continues { get; init; }

    public required ulong Device { get; init; }

    public required ulong Inode { get; init; }

    /// <summary>Where it was last seen.</summary>
    public required string Path { get; set; }

    /// <summary>Of the uncompressed file's beginning, taken now: 1 KiB, or all there is; at least what was taken of it.</summary>
    public abstract Fingerprint TakeFingerprint();
}
