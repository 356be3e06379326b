using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>Whether each new lineage joins the one before it without a hole (docs/format.md, "Repeats"): only bytes shipped by both prove it.</summary>
internal static class LineageRules
{
    public static void Judge(StreamContext context, IReadOnlyList<Branch> branches, Repeats repeats)
    {
        foreach (var branch in branches)
        {
            if (branch.Before is not { CoveredTo: { } covered } before || branch.Begin == default) continue;
            var between = new TimeRange(covered < branch.Begin ? covered : branch.Begin, branch.Begin);
            if (repeats.Reaches(before, branch.Last.Segment))
            {
                context.Coverage.Add(between);
                if (between.To - between.From > before.MaxSilence)
                    context.FindAbout(between, FindingKind.Delayed, branch.FirstEpoch, 0, $"What happened since {Timestamp.Print(between.From)} was not proven before the new lineage began at {Timestamp.Print(between.To)}: {Duration.Print(between.To - between.From)}, more than the {Duration.Print(before.MaxSilence)} promised.");
            }
            else
            {
                context.FindAbout(between, FindingKind.LineageNotJoined, branch.FirstEpoch, 0, $"Epoch {branch.FirstEpoch} begins a new lineage, and nothing it read reaches the end of what was shipped before. From {between} nothing is proven.");
            }
        }
    }
}
