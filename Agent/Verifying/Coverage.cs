namespace Sealtail.Verifying;

/// <summary>Which times of a stream are proven (docs/format.md, "Coverage and results"). Chunks are proven later than the manifests that cover them, from other threads.</summary>
internal sealed class Coverage
{
    private readonly Lock gate = new(); // guards both sets
    private readonly TimeSet covered = new();
    private readonly List<TimeRange> refuted = [];

    public void Add(TimeRange range)
    {
        lock (gate) covered.Add(range);
    }

    /// <summary>Takes the range out again at the end, whatever else covers it.</summary>
    public void Refute(TimeRange range)
    {
        lock (gate)
        {
            if (refuted is [.., var last] && last.Touches(range)) refuted[^1] = new TimeRange(last.From < range.From ? last.From : range.From, last.To > range.To ? last.To : range.To);
            else refuted.Add(range);
        }
    }

    public TimeSet Total()
    {
        lock (gate)
        {
            var total = new TimeSet();
            foreach (var range in covered.Ranges) total.Add(range);
            foreach (var range in refuted) total.Remove(range);
            return total;
        }
    }
}
