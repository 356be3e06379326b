using Sealtail.Format;

namespace Sealtail.Spooling;

/// <summary>Makes entries that declare what the disk lost, by file and range where these are known (a gap of the cause <c>spool-damaged</c>).</summary>
internal static class DamagedEntry
{
    private const int MaxFilesBetween = 64; // named one by one; a log that rotated more often between two entries gets one gap for the rest

    /// <summary>An entry whose record is whole and whose chunk is not: all ranges are known.</summary>
    public static SpoolEntry Of(SpoolEntry entry, string reason)
    {
        var lost = entry.Facts.Sources.Where(range => range.To > range.From).ToArray();
        return entry with
        {
            Facts = new EntryFacts
            {
                Sealed = entry.Facts.Sealed,
                Sources = entry.Facts.Sources is [.., var last] ? [ChainPosition.End(last)] : [],
                Gaps = [.. entry.Facts.Gaps, .. lost.Select(range => new Gap(range.File, range.Fingerprint, GapCause.SpoolDamaged, range.From, range.To, reason))],
            },
            ChunkPath = null,
            Damage = new SpoolDamage(reason, lost),
        };
    }

    /// <summary>Entries whose records are gone: what they held lies between the neighbours' ranges.</summary>
    /// <param name="before">Where the entry before ended; null if unknown.</param>
    public static SpoolEntry Hole(long first, long last, SourceRange? before, EntryFacts next, DateTimeOffset now)
    {
        var reason = first == last ? $"Entry {first} of the spool is missing or damaged." : $"Entries {first} to {last} of the spool are missing or damaged.";
        var after = next.Sources is [var start, ..] ? start : null;
        var sameFile = before is not null && after is not null && before.File == after.File && before.To <= after.From;
        return new SpoolEntry
        {
            Number = last,
            First = first,
            Bytes = 0,
            Facts = new EntryFacts
            {
                Sealed = Timestamp.Truncate(now),
                Sources = after is null ? (before is null ? [] : [before]) : [after with { To = after.From, Final = false }],
                Gaps = [.. Between(before, after, reason)],
            },
            Damage = new SpoolDamage(reason, sameFile && after is not null ? [after with { From = before!.To, To = after.From, Final = false }] : null), // sameFile: there is one before
        };
    }

    private static IEnumerable<Gap> Between(SourceRange? before, SourceRange? after, string reason)
    {
        if (before is not null && after is not null && before.File == after.File)
        {
            yield return new Gap(after.File, after.Fingerprint, GapCause.SpoolDamaged, Math.Min(before.To, after.From), after.From, reason);
            yield break;
        }

        // The rest of the file before, of unknown length; every file between; the beginning of the file after.
        if (before is { Final: false }) yield return new Gap(before.File, before.Fingerprint, GapCause.SpoolDamaged, before.To, null, reason);
        if (before is null || after is null || after.File - before.File - 1 > MaxFilesBetween) yield return new Gap(null, null, GapCause.SpoolDamaged, 0, null, reason);
        else
            for (var file = before.File + 1; file < after.File; file++)
                yield return new Gap(file, null, GapCause.SpoolDamaged, 0, null, reason);

        // Also where nothing lies between two files: then the entry held gaps, and that they were declared is what was lost.
        if (after is not null && (after.From > 0 || before is { Final: true })) yield return new Gap(after.File, after.Fingerprint, GapCause.SpoolDamaged, 0, after.From, reason);
    }
}
