namespace Sealtail.Verifying;

/// <summary>How it stands with one stretch of a stream's time.</summary>
internal enum TimelineState
{
    /// <summary>Every byte is proven.</summary>
    Proven,

    /// <summary>Proven, and nothing was logged.</summary>
    Idle,

    /// <summary>Between a clean stop and the next start: the bytes are proven, and no agent ran.</summary>
    Stopped,

    /// <summary>Nothing is proven, and nothing is disproven.</summary>
    Gap,

    /// <summary>What the bucket holds of it is refuted.</summary>
    Failed,
}

internal readonly record struct TimelineSegment(TimeRange Range, TimelineState State);

/// <summary>What a report shows of a stream's time, besides what is covered. Memory is bounded: what alternates too often is drawn as proven.</summary>
internal sealed class Timeline
{
    private const int MaxRanges = 2048;

    private readonly Lock gate = new(); // guards the sets: chunks are judged on many threads
    private readonly TimeSet idle = new();
    private readonly TimeSet stopped = new();
    private readonly TimeSet failed = new();

    public void Add(TimelineState state, TimeRange range)
    {
        lock (gate)
        {
            var set = state switch { TimelineState.Idle => idle, TimelineState.Stopped => stopped, TimelineState.Failed => failed, _ => null };
            if (set is not null && set.Ranges.Count < MaxRanges) set.Add(range);
        }
    }

    /// <summary>The interval in stretches, without a hole.</summary>
    public IReadOnlyList<TimelineSegment> Of(TimeRange whole, IReadOnlyList<TimeRange> uncovered)
    {
        lock (gate)
        {
            var edges = uncovered.Concat(idle.Ranges).Concat(stopped.Ranges).Concat(failed.Ranges).SelectMany(range => new[] { range.From, range.To })
                .Where(edge => edge > whole.From && edge < whole.To).Append(whole.From).Append(whole.To).Distinct().Order().ToArray();
            var segments = new List<TimelineSegment>();
            for (var i = 1; i < edges.Length; i++)
            {
                var part = new TimeRange(edges[i - 1], edges[i]);
                var state = Holds(failed.Ranges, part) ? TimelineState.Failed
                    : Holds(uncovered, part) ? TimelineState.Gap
                    : Holds(stopped.Ranges, part) ? TimelineState.Stopped
                    : Holds(idle.Ranges, part) ? TimelineState.Idle : TimelineState.Proven;
                if (segments is [.., var last] && last.State == state) segments[^1] = last with { Range = new TimeRange(last.Range.From, part.To) };
                else segments.Add(new TimelineSegment(part, state));
            }

            return segments;
        }
    }

    private static bool Holds(IReadOnlyList<TimeRange> ranges, TimeRange part) => ranges.Any(range => range.From <= part.From && part.To <= range.To);
}

internal static class TimelineStateText
{
    public static string Text(this TimelineState state) => state switch
    {
        TimelineState.Proven => "proven",
        TimelineState.Idle => "idle",
        TimelineState.Stopped => "stopped",
        TimelineState.Gap => "gap",
        TimelineState.Failed => "failed",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };
}
