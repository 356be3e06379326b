namespace Sealtail.Verifying;

/// <summary>What was proven of one stream. <c>Records</c> and <c>Bytes</c> count repeats once, and only proven chunks.</summary>
internal sealed record StreamReport
{
    public required string Stream { get; init; }

    public required long Epochs { get; init; }

    public required long Manifests { get; init; }

    public required long Chunks { get; init; }

    public required long Records { get; init; }

    public required long Bytes { get; init; }

    public required long Gaps { get; init; }

    public required long Heartbeats { get; init; }

    public required IReadOnlyList<TimeRange> Covered { get; init; }

    /// <summary>What had to be proven: the interval asked for, or all that the stream has; null if it has nothing.</summary>
    public required TimeRange? Requested { get; init; }

    /// <summary>The parts of <see cref="Requested"/> that are not proven.</summary>
    public required IReadOnlyList<TimeRange> Uncovered { get; init; }

    /// <summary>All of <see cref="Requested"/>, in stretches.</summary>
    public required IReadOnlyList<TimelineSegment> Timeline { get; init; }

    /// <summary>The longest time, by the store's clock, within which one manifest may have been signed; null where no store's clock is known.</summary>
    public required TimeRange? WidestBracket { get; init; }

    /// <summary>How far the node's clock was outside such a bracket at most; negative: behind.</summary>
    public required TimeSpan ClockSkew { get; init; }
}
