namespace Sealtail.Verifying;

/// <summary>Times as disjoint ranges in order: grows with holes, not with what is added.</summary>
internal sealed class TimeSet
{
    private readonly List<TimeRange> ranges = [];

    public IReadOnlyList<TimeRange> Ranges => ranges;

    public void Add(TimeRange added)
    {
        if (added.To < added.From) return; // a node's clock may step back: nothing lies between
        var first = ranges.FindLastIndex(range => range.To < added.From) + 1; // from the end: mostly it is appended
        var count = 0;
        for (; first + count < ranges.Count && ranges[first + count].From <= added.To; count++)
            added = new TimeRange(Min(added.From, ranges[first + count].From), Max(added.To, ranges[first + count].To));

        ranges.RemoveRange(first, count);
        ranges.Insert(first, added);
    }

    /// <summary>Takes out what lies strictly inside <paramref name="removed"/>; its ends stay, as they are proven by themselves.</summary>
    public void Remove(TimeRange removed)
    {
        for (var i = ranges.Count - 1; i >= 0; i--)
        {
            var range = ranges[i];
            if (range.To <= removed.From || range.From >= removed.To) continue;
            ranges.RemoveAt(i);
            if (range.To > removed.To) ranges.Insert(i, new TimeRange(removed.To, range.To));
            if (range.From < removed.From) ranges.Insert(i, new TimeRange(range.From, removed.From));
        }
    }

    /// <summary>The parts of <paramref name="wanted"/> that are not in the set.</summary>
    public IReadOnlyList<TimeRange> Missing(TimeRange wanted)
    {
        var missing = new List<TimeRange>();
        var from = wanted.From;
        foreach (var range in ranges)
        {
            if (range.To < from) continue;
            if (range.From > wanted.To) break;
            if (range.From > from) missing.Add(new TimeRange(from, range.From));
            from = range.To;
            if (from >= wanted.To) return missing;
        }

        if (from < wanted.To || ranges.Count == 0) missing.Add(new TimeRange(from, wanted.To));
        return missing;
    }

    private static DateTimeOffset Min(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    private static DateTimeOffset Max(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
