using Sealtail.Buckets;
using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>
/// Source bytes that were shipped twice: after lost or rolled-back state, between branches; after a rolled-back source, within one (docs/format.md, "Repeats").
/// Runs when all chunks are judged.
/// </summary>
internal sealed class Repeats(StreamContext context, FileTracks tracks, TrackReader reader)
{
    private readonly HashSet<(FileTrack Earlier, int Segment)> taken = []; // one file of a branch repeats at most one file of another
    private readonly List<(FileTrack Earlier, FileTrack Later, long To)> proven = [];

    public async Task FindAsync(CancellationToken cancellationToken)
    {
        foreach (var (before, after) in tracks.RolledBack) await CompareRolledBackAsync(before, after, cancellationToken);

        if (tracks.All.DistinctBy(track => track.Segment).Count() < 2) return;
        var likely = new Dictionary<Fingerprint, List<FileTrack>>();
        var heads = new List<FileTrack>();
        foreach (var later in tracks.All)
        {
            // By equal fingerprints; where lengths differ, only a file whose beginning is known can tell.
            var candidates = later.Fingerprints.SelectMany(item => likely.GetValueOrDefault(item) ?? []).Concat(later.Ancestor is { } ancestor ? [ancestor] : []).Concat(heads)
                .Where(earlier => earlier.Segment != later.Segment && earlier.IsLike(later)).Distinct().OrderBy(earlier => earlier.Order);
            foreach (var branch in candidates.GroupBy(earlier => earlier.Segment).ToArray()) await CompareAsync([.. branch], later, cancellationToken);
            foreach (var item in later.Fingerprints) (likely.TryGetValue(item, out var same) ? same : likely[item] = []).Add(later);
            if (later.Fingerprints.Any(item => item.Bytes < Fingerprint.MaxBytes)) heads.Add(later);
        }
    }

    /// <summary>Whether a reading in <paramref name="segment"/> was proven equal to the earlier branch's, up to the very end of what that one bound.</summary>
    public bool Reaches(BranchState earlier, int segment) =>
        earlier.Tiling.LastBytes is var (root, end) && end > 0
        && proven.Any(item => item.Earlier.Segment == earlier.Segment && item.Earlier.Root == root && item.To == end && item.Later.Segment == segment);

    private async Task CompareAsync(IReadOnlyList<FileTrack> candidates, FileTrack later, CancellationToken cancellationToken)
    {
        var open = candidates.Where(earlier => Overlaps(earlier, later).Any() && !taken.Contains((earlier, later.Segment))).ToArray();
        if (open.Length == 0) return;
        if (context.Options.ManifestsOnly)
        {
            Tell(FindingKind.SourceRangeDuplicate, open[0], later, "were shipped before, as far as fingerprints show: chunks were not opened, and both count");
            return;
        }

        foreach (var earlier in open)
        {
            if (await RepeatedAsync(earlier, later, cancellationToken) is not { } repeated) continue;
            taken.Add((earlier, later.Segment));
            context.Totals.AddContent(-repeated.Records, -repeated.Bytes);
            Tell(FindingKind.SourceRangeDuplicate, earlier, later, $"were shipped before: {repeated.Bytes} bytes with {repeated.Records} records count once");
            return;
        }

        taken.Add((open[0], later.Segment));
        Tell(FindingKind.SourceRangeConflict, open[0], later, "were shipped before with other bytes");
    }

    // Null if the readings differ anywhere.
    private async Task<(long Bytes, long Records)?> RepeatedAsync(FileTrack earlier, FileTrack later, CancellationToken cancellationToken)
    {
        long bytes = 0, records = 0;
        var reached = new List<long>();
        foreach (var (from, to) in Overlaps(earlier, later).SelectMany(overlap => later.Split(overlap.From, overlap.To)).SelectMany(part => earlier.Split(part.From, part.To)).ToArray())
        {
            var equal = await ReadBothAsync(earlier, later, from, to, cancellationToken);
            if (equal.EqualBytes < to - from) return null;
            reached.Add(to);
            if (later.IsCounted(from) || later.IsOutside(from) || earlier.IsOutside(from)) continue; // counts nowhere, or once already
            bytes += to - from;
            // A last record without LF ended with the file, in both readings.
            records += equal.EqualRecords + (equal.WholeRecordBytes < equal.EqualBytes && later.End == to ? 1 : 0);
        }

        foreach (var (from, to) in Overlaps(earlier, later)) later.Count(from, to);
        proven.AddRange(reached.Select(to => (earlier, later, to)));
        return (bytes, records);
    }

    // Equal bytes count once, from the first different one on they are new. What was rolled back more than once is compared with the newest reading of each part.
    private async Task CompareRolledBackAsync(IReadOnlyList<FileTrack> before, FileTrack after, CancellationToken cancellationToken)
    {
        if (after.Runs is not [var run, ..] || context.Options.ManifestsOnly) return;
        long bytes = 0, records = 0;
        var at = run.From;
        while (at < run.To && before.FirstOrDefault(track => track.Has(at)) is { } reading)
        {
            // A newer reading may begin in the middle of an older one.
            var newer = before.TakeWhile(track => track != reading).SelectMany(track => track.Runs).Select(other => other.From).Where(from => from > at).DefaultIfEmpty(long.MaxValue).Min();
            var to = Math.Min(Math.Min(reading.EndOfRunAt(at), run.To), newer);
            var equal = await ReadBothAsync(reading, after, at, to, cancellationToken);
            (bytes, records) = (bytes + equal.EqualBytes, records + equal.EqualRecords);
            if (equal.EqualBytes < to - at) break;
            at = to;
        }

        context.Totals.AddContent(-records, -bytes);
        if (bytes > 0)
            context.Find(FindingKind.SourceRangeDuplicate, run.FirstEpoch, run.FirstSequence, null, $"The source was rolled back, and {bytes} bytes with {records} records from {run.From} on were shipped again; they count once.");
    }

    private async Task<RangeComparison> ReadBothAsync(FileTrack earlier, FileTrack later, long from, long to, CancellationToken cancellationToken)
    {
        try
        {
            return await RangeComparison.CompareAsync(reader.ReadAsync(earlier, from, to, cancellationToken), reader.ReadAsync(later, from, to, cancellationToken), cancellationToken);
        }
        catch (InvalidDataException)
        {
            return default; // a refuted chunk, which has its own finding
        }
        catch (Exception e) when (e is IOException or BucketException)
        {
            var run = later.Runs[0];
            context.Find(FindingKind.ObjectUnreadable, run.FirstEpoch, run.FirstSequence, null, $"Repeated bytes could not be read again to compare them: {e.Message}");
            return default;
        }
    }

    private static IEnumerable<(long From, long To)> Overlaps(FileTrack earlier, FileTrack later) =>
        from a in earlier.Runs
        from b in later.Runs
        let begin = Math.Max(a.From, b.From)
        let end = Math.Min(a.To, b.To)
        where begin < end
        select (begin, end);

    private void Tell(FindingKind kind, FileTrack earlier, FileTrack later, string what)
    {
        var run = later.Runs[0];
        var places = string.Join(", ", Overlaps(earlier, later).Take(5).Select(range => $"{range.From} to {range.To}"));
        context.Find(kind, run.FirstEpoch, run.FirstSequence, null, $"Bytes {places} of log file {later.Root} {what}, as log file {earlier.Root} in epoch {earlier.Runs[0].FirstEpoch} and after.");
    }
}
