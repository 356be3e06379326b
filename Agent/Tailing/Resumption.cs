using Sealtail.Format;

namespace Sealtail.Tailing;

/// <summary>
/// Finds the recorded files again after a restart, when no descriptor tells which is which. A file is the recorded one if beginning, guard and size
/// say so. One that is not found is lost from its position on; one that begins as recorded, but lacks what was taken, was rolled back.
/// </summary>
internal sealed class Resumption(LogSeries series, string livePath, Func<long, bool> isSettled)
{
    /// <summary>Null once reading can begin. Otherwise why not: nothing must be concluded while the log is not there or cannot be read.</summary>
    public SourceCondition? TryResume(DirectoryListing listing)
    {
        var candidates = Candidate.Of(listing, livePath).ToList();
        try
        {
            return TryResume(candidates, listing);
        }
        finally
        {
            foreach (var candidate in candidates) candidate.Dispose();
        }
    }

    private SourceCondition? TryResume(List<Candidate> candidates, DirectoryListing listing)
    {
        var unclaimed = new HashSet<Candidate>(candidates);
        var findings = new List<(LogFile File, Candidate? Found, Progress Progress)>();
        var byStem = candidates.Where(candidate => candidate.Stem is not null).ToDictionary(candidate => candidate.Stem!); // filtered
        foreach (var file in series.Files)
        {
            // A name stays with a backup; an inode's number, once the file is closed, does not, and equal bytes do occur.
            var namesake = file.Stem is { } stem && byStem.TryGetValue(stem, out var named) && unclaimed.Contains(named) ? named : null;
            var mustBeFound = !file.Now.Ended || file == series.Last;
            var finding = Find(file, namesake, mustBeFound ? unclaimed : namesake is null ? [] : [namesake]);
            if (finding is null) return candidates.Exists(candidate => candidate.IsRefused) ? SourceCondition.Unreadable : SourceCondition.Blocked;
            findings.Add((file, finding.Value.Found, finding.Value.Progress));
            if (finding.Value.Found is { } found) unclaimed.Remove(found);
        }

        // The volume may not be mounted yet, or the writer is between two files: nothing is lost until something else stands in its place.
        if (unclaimed.Count == 0 && findings is [.., (_, null, _)]) return SourceCondition.Missing;
        var unread = candidates.FindAll(unclaimed.Contains);
        if (!unread.TrueForAll(candidate => candidate.Stem is not null || candidate.TryHold())) return SourceCondition.Blocked; // rotated meanwhile
        // Where the file system keeps no birth times, the number of the live file's inode may be another file's by now.
        if (listing.Live is { Identity.Born: 0 } && !IsStillSo(listing)) return SourceCondition.Blocked;
        foreach (var (file, found, progress) in findings)
        {
            file.Establish(progress);
            if (found is not null) file.Appear(found);
        }

        series.Forget();
        series.TryJoin(unread);
        return null;
    }

    private bool IsStillSo(DirectoryListing listing) =>
        DirectoryListing.Take(livePath, new BackupNames(livePath), out _) is { } now
        && now.Live?.Identity == listing.Live?.Identity
        && now.Backups.Select(backup => backup.Stem).SequenceEqual(listing.Backups.Select(backup => backup.Stem));

    // Null: it cannot be said yet.
    private (Candidate? Found, Progress Progress)? Find(LogFile file, Candidate? namesake, IReadOnlyCollection<Candidate> all)
    {
        var progress = file.Now;
        var isUncertain = false;
        if (namesake is not null)
        {
            var likeness = progress.Ended ? namesake.CompareFinished(file) : namesake.Compare(progress);
            if (progress.Ended && likeness is Likeness.Same or Likeness.Unknown) return (namesake, progress);
            if (likeness == Likeness.Same) return (namesake, Resume(file, namesake));
        }

        var same = new List<Candidate>();
        foreach (var candidate in all)
        {
            var likeness = candidate.Compare(progress);
            if (likeness == Likeness.Same) same.Add(candidate);
            else candidate.Dispose(); // opened again if need be: a descriptor for each of many backups would be too many
            isUncertain |= likeness == Likeness.Unknown && !(candidate.Compressed && !candidate.IsRefused && isSettled(candidate.Facts.Modified));
        }

        if (same is [var only]) return (only, Resume(file, only));
        if (same is [var first, ..]) return (first, progress with { Due = Ambiguous(progress, same.Count) });
        var rolledBack = all
            .Where(candidate => candidate.Compare(progress) == Likeness.Diverged)
            .Select(candidate => (Candidate: candidate, Boundary: candidate.NewestBoundary(progress) ?? Beginning(file, candidate)))
            .Where(found => found.Boundary is not null)
            .OrderByDescending(found => found.Boundary!.Value.Position) // filtered
            .FirstOrDefault();
        if (rolledBack.Boundary is { } boundary) return (rolledBack.Candidate, RollBack(progress, boundary, rolledBack.Candidate));
        if (isUncertain) return null;
        return (null, progress.Ended ? progress : progress with { Due = Lost(file, all) });
    }

    // What begins and goes on as the file did is it. But of less than a whole fingerprint a plain file with another inode may only happen to begin so: then
    // what the one that is gone held beyond the position is lost, and nobody can say how much that was. Where the file system keeps no birth times, the
    // inode says too little for a doubt.
    private static Progress Resume(LogFile file, Candidate found) =>
        found.Compressed || file.Now.Number?.TakeFingerprint().Bytes == Fingerprint.MaxBytes || file.Identity.Born == 0 || found.Facts.Identity.Born == 0
        || (file.Identity.Inode, file.Identity.Born) == (found.Facts.Identity.Inode, found.Facts.Identity.Born)
            ? file.Now
            : file.Now with
            {
                Ended = false,
                Due = new DueGap(GapCause.ContinuityUnproven, file.Now.Position, null, AfterGap.Resume, "Another file with the same bytes stands in its place: reading goes on in that one."),
            };

    // The same inode under the same name with the same beginning is the same file, rolled back to before its first boundary. Elsewhere an
    // equal beginning says nothing: clients can make long ones.
    private static Boundary? Beginning(LogFile file, Candidate candidate) =>
        candidate.Facts.Identity == file.Identity && !candidate.Compressed ? new Boundary(0, Digest.Of([])) : null;

    private static Progress RollBack(Progress progress, Boundary boundary, Candidate candidate) =>
        progress.Ended && candidate.Facts.Size <= boundary.Position && !candidate.Compressed
            ? progress // nothing there that was not taken
            : progress with
            {
                Ended = false,
                Due = new DueGap(GapCause.SourceRolledBack, boundary.Position, progress.Position, AfterGap.Resume, "It begins as before but does not hold what was taken of it: reading resumes at the newest boundary that holds."),
            };

    private static DueGap Ambiguous(Progress progress, int count) =>
        new(GapCause.ContinuityUnproven, progress.Position, null, AfterGap.Resume, $"{count} files fit the position; the first is taken for it.");

    private static DueGap Lost(LogFile file, IReadOnlyCollection<Candidate> all) =>
        all.Any(candidate => candidate.Facts.Identity == file.Identity && candidate.Facts.Size < file.Now.Position)
            ? new DueGap(GapCause.Truncated, file.Now.Position, null, AfterGap.End, "While the agent was down it was truncated or replaced.")
            : new DueGap(GapCause.RotatedAway, file.Now.Position, null, AfterGap.End, "While the agent was down it was deleted.");
}
