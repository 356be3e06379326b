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
    private readonly List<(FileTrack Earlier, FileTrack Later, long From, long To)> proven = [];

    public async Task FindAsync(CancellationToken cancellationToken)
    {
        foreach (var (before, after) in tracks.RolledBack) await CompareRolledBackAsync(before, after, cancellationToken);

        if (tracks.All.DistinctBy(track => track.Segment).Count() < 2) return;
        var likely = new Dictionary<Fingerprint, List<FileTrack>>();
        var all = new List<FileTrack>();
        var shorts = new List<FileTrack>();
        var byOrigin = new Dictionary<FileTrack, List<FileTrack>>();
        foreach (var later in tracks.All)
        {
            // By equal fingerprints; where lengths differ, only a file whose beginning is known can tell.
            var candidates = later.Fingerprints.SelectMany(item => likely.GetValueOrDefault(item) ?? []).Concat(byOrigin.GetValueOrDefault(later.Origin) ?? []).Concat(later.WasShort ? all : shorts)
                .Where(earlier => earlier.Segment != later.Segment && earlier.IsLike(later)).Distinct().OrderBy(earlier => earlier.Order);
            foreach (var branch in candidates.GroupBy(earlier => earlier.Segment).ToArray()) await CompareAsync([.. branch], later, cancellationToken);
            foreach (var item in later.Fingerprints) (likely.TryGetValue(item, out var same) ? same : likely[item] = []).Add(later);
            (byOrigin.TryGetValue(later.Origin, out var branches) ? branches : byOrigin[later.Origin] = []).Add(later);
            all.Add(later);
            if (later.WasShort) shorts.Add(later);
        }
    }

    /// <summary>Whether a reading in <paramref name="segment"/> was proven equal to the earlier branch's, up to the very end of what that one had bound then.</summary>
    public bool Reaches(BranchState earlier, int segment) =>
        earlier.Tiling.LastBytes is var (root, end) && end > 0
        && proven.Any(item => item.Earlier.Segment == earlier.Segment && item.Earlier.Root == root && item.From < end && end <= item.To && item.Later.Segment == segment);

    private async Task CompareAsync(IReadOnlyList<FileTrack> candidates, FileTrack later, CancellationToken cancellationToken)
    {
        var open = candidates.Where(earlier => Overlaps(earlier, later).Any() && !taken.Contains((earlier, later.Segment))).ToArray();
        if (open.Length == 0) return;
        if (context.Options.ManifestsOnly)
        {
            Tell(FindingKind.SourceRangeDuplicate, open[0], later, null, "were shipped before, as far as fingerprints show: chunks were not opened, and both count");
            return;
        }

        // One that is equal all through, else the one that is equal for longest: there the file's two readings parted.
        TrackComparison? best = null;
        foreach (var earlier in open)
        {
            if (await CompareAsync(earlier, later, cancellationToken) is not { } comparison) continue;
            if (best is null || comparison.DiffersAt is null || comparison.Length > best.Length) best = comparison;
            if (best.DiffersAt is null) break;
        }

        if (best is not null) Take(best);
    }

    private void Take(TrackComparison comparison)
    {
        var (earlier, later) = (comparison.Earlier, comparison.Later);
        taken.Add((earlier, later.Segment));
        foreach (var (from, to) in comparison.Equal)
        {
            later.Count(from, to);
            proven.Add((earlier, later, from, to));
        }

        context.Totals.AddContent(-comparison.Records, -comparison.Bytes);
        var counted = $"{comparison.Bytes} bytes with {comparison.Records} records count once";
        if (comparison.DiffersAt is { } at) Tell(FindingKind.SourceRangeConflict, earlier, later, at, $"were shipped before with other bytes from {at} on; {counted}");
        else Tell(FindingKind.SourceRangeDuplicate, earlier, later, null, $"were shipped before: {counted}");
    }

    // Up to the first difference: from there on the two have nothing to do with each other. Null: they could not be read, which has its own finding.
    private async Task<TrackComparison?> CompareAsync(FileTrack earlier, FileTrack later, CancellationToken cancellationToken)
    {
        var comparison = new TrackComparison(earlier, later);
        foreach (var (from, to) in Overlaps(earlier, later).SelectMany(overlap => later.Split(overlap.From, overlap.To)).SelectMany(part => earlier.Split(part.From, part.To)).ToArray())
        {
            if (await ReadBothAsync(earlier, later, from, to, cancellationToken) is not { } equal) return null;
            comparison.Take(from, to, equal);
            if (comparison.DiffersAt is not null) break;
        }

        return comparison;
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
            if (await ReadBothAsync(reading, after, at, to, cancellationToken) is not { } equal) break;
            (bytes, records) = (bytes + equal.EqualBytes, records + equal.EqualRecords);
            if (equal.EqualBytes < to - at) break;
            at = to;
        }

        context.Totals.AddContent(-records, -bytes);
        if (bytes > 0)
            context.Find(FindingKind.SourceRangeDuplicate, run.Epoch, run.FirstSequence, null, $"The source was rolled back, and {bytes} bytes with {records} records from {run.From} on were shipped again; they count once.");
    }

    private async Task<RangeComparison?> ReadBothAsync(FileTrack earlier, FileTrack later, long from, long to, CancellationToken cancellationToken)
    {
        try
        {
            return await RangeComparison.CompareAsync(reader.ReadAsync(earlier, from, to, cancellationToken), reader.ReadAsync(later, from, to, cancellationToken), cancellationToken);
        }
        catch (InvalidDataException)
        {
            return null; // a refuted chunk, which has its own finding
        }
        catch (Exception e) when (e is IOException or BucketException)
        {
            var run = later.Runs[0];
            context.Find(FindingKind.ObjectUnreadable, run.Epoch, run.FirstSequence, null, $"Repeated bytes could not be read again to compare them: {e.Message}");
            return null;
        }
    }

    private static IEnumerable<(long From, long To)> Overlaps(FileTrack earlier, FileTrack later) =>
        from a in earlier.Runs
        from b in later.Runs
        let begin = Math.Max(a.From, b.From)
        let end = Math.Min(a.To, b.To)
        where begin < end
        select (begin, end);

    // At the second occurrence in epoch order of the first byte that it is about: either branch may have come first there.
    private void Tell(FindingKind kind, FileTrack earlier, FileTrack later, long? about, string what)
    {
        var at = about ?? Overlaps(earlier, later).First().From;
        var (first, second) = (earlier, later);
        if (second.PartAt(at).Epoch < first.PartAt(at).Epoch) (first, second) = (second, first);
        var (was, again) = (first.PartAt(at), second.PartAt(at));
        var places = string.Join(", ", Overlaps(earlier, later).Take(5).Select(range => $"{range.From} to {range.To}"));
        context.Find(kind, again.Epoch, again.FirstSequence, null, $"Bytes {places} of log file {second.Root} {what}, as log file {first.Root} in epoch {was.Epoch} and after.");
    }
}
