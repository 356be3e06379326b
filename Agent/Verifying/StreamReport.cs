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
}
