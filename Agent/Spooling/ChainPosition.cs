using Sealtail.Format;

namespace Sealtail.Spooling;

/// <summary>The chain's position (docs/format.md, "Source ranges"): the last <c>to</c> bound before, moved past gaps declared from there, as an empty range.</summary>
internal static class ChainPosition
{
    /// <summary>The position after a manifest or entry with these facts, given the one before.</summary>
    /// <param name="before">Null: nothing was bound before.</param>
    public static SourceRange? After(SourceRange? before, EntryFacts facts)
    {
        var position = facts.Content is null ? before : End(facts.Sources[^1]);
        foreach (var gap in facts.Gaps)
            if (position is not null && gap.File == position.File && gap.From == position.To && gap.To is { } to)
                position = position with { From = to, To = to, Final = false };

        if (facts.Content is not null || facts.Sources is not [.., var last]) return position;

        // The entry's own statement is as fresh or fresher where it names the same place, and the only one where the chain cannot follow by
        // itself: at the very beginning, and into a file that it knows from nowhere else.
        return position is null || (last.File == position.File && last.To == position.To) || facts.Gaps.Any(gap => gap.File == last.File && gap.To == last.To)
            ? End(last)
            : position;
    }

    public static SourceRange End(SourceRange range) => range with { From = range.To };
}
