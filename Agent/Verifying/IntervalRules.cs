namespace Sealtail.Verifying;

/// <summary>Whether the interval asked for is covered (docs/format.md, "Coverage and results").</summary>
internal static class IntervalRules
{
    private const int MaxHoles = 20;

    public static void Judge(StreamContext context)
    {
        var options = context.Options;
        var isExplicit = options.From is not null || options.To is not null;
        if ((options.From ?? context.ExpiredTo ?? context.First) is not { } from || (options.To ?? context.Last) is not { } to)
        {
            if (isExplicit) context.Find(FindingKind.NotCovered, null, null, null, "Nothing of the stream is proven.");
            return;
        }

        context.Requested = to < from ? new TimeRange(to, from) : new TimeRange(from, to);
        // Holes of the stream's own interval each have their finding. Should one ever have none, this one keeps it from being taken for proven.
        if (!isExplicit && context.Worst >= Severity.Inconclusive) return;
        var holes = to < from ? [new TimeRange(to, from)] : context.Coverage.Total().Missing(new TimeRange(from, to));
        foreach (var hole in holes.Take(MaxHoles)) context.Find(FindingKind.NotCovered, null, null, null, $"{hole} is not covered.");
        if (holes.Count > MaxHoles) context.Find(FindingKind.NotCovered, null, null, null, $"{holes.Count - MaxHoles} more parts of the interval are not covered.");
    }
}
