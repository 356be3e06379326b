using Sealtail.Files;
using Sealtail.Format;

namespace Sealtail.Tailing;

/// <summary>
/// The log's files in reading order: those taken, the one being read, those waiting. New files always join at the end; what was seen earlier
/// is older, whatever its name says. Files first seen together are ordered by the time in their names, and the live one is last.
/// <para>The rotator deletes the backup with the oldest name first. So if the last file known is still there as a backup, none with a newer name
/// that came after it can be missing. Where that cannot be said (it is gone; a name is older than its own: the clock stepped back), the first
/// file after the doubt carries a gap <c>continuity-unproven</c>.</para>
/// </summary>
internal sealed class LogSeries(string livePath) : IDisposable
{
    /// <summary>
    /// Descriptors; of the oldest waiting files, which are deleted first, and the live one. As many again may wait with the lookout. The rest of the
    /// process, above all sealing and shipping, needs some too: without them nothing held would ever be read. The framework-dependent program has 160
    /// open at rest, two for each assembly.
    /// </summary>
    public static readonly int MostHeld = (int)Math.Clamp((LibC.OpenFileLimit - 224) / 4, 4, 512);

    private readonly BackupNames names = new(livePath);
    private readonly List<LogFile> files = [];
    private LogFile? current;

    public IReadOnlyList<LogFile> Files => files;

    /// <summary>The first file that is not all taken; null if there is none.</summary>
    public LogFile? Current => current ??= files.Find(file => !file.Now.Ended);

    public LogFile? Last => files.Count == 0 ? null : files[^1];

    public LogFile? Live => files.FindLast(file => file.IsLive);

    public void Forget() => current = null;

    /// <summary>Whether it is final: another file was seen after it, and the writer has left it.</summary>
    public bool HasSuccessor(LogFile file) => files[^1] != file && !file.IsLive;

    /// <summary>Takes up the files of a recorded state or, at a first start, those that are to be skipped.</summary>
    public void Add(LogFile file)
    {
        file.Order = files.Count == 0 ? 0 : files[^1].Order + 1;
        files.Add(file);
        current = null;
    }

    /// <summary>Brings what is known in line with what the directory shows. False: the directory changed since; list it again.</summary>
    public bool Integrate(DirectoryListing listing)
    {
        var byIdentity = new Dictionary<FileIdentity, LogFile>();
        var byStem = new Dictionary<string, LogFile>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            (file.IsListed, file.IsLive) = (false, false);
            if (file.IsHeld || !(byIdentity.TryGetValue(file.Identity, out var other) && other.IsHeld)) byIdentity[file.Identity] = file;
            if (file.Stem is not null) byStem[file.Stem] = file;
        }

        var unknown = new List<Candidate>();
        foreach (var candidate in Candidate.Of(listing, livePath))
        {
            if (byIdentity.TryGetValue(candidate.Facts.Identity, out var same) && IsSame(same, candidate)) same.Appear(candidate);
            else if (candidate.Stem is { } stem && byStem.TryGetValue(stem, out var named) && IsNamesake(named, candidate)) named.Appear(candidate);
            else unknown.Add(candidate);
            candidate.Dispose();
        }

        RecogniseCopies(unknown);
        return TryJoin(unknown);
    }

    /// <summary>
    /// As <see cref="Join"/>, with their descriptors: a file that was only listed could be renamed and compressed before it is opened, and nothing would
    /// tell that it is the same. False: one was not there any more, and nothing was joined.
    /// </summary>
    public bool TryJoin(IReadOnlyList<Candidate> unknown)
    {
        var isComplete = unknown.Where((candidate, index) => candidate.Stem is null || index < MostHeld).All(candidate => candidate.TryHold());
        if (isComplete) Join(unknown);
        foreach (var candidate in unknown) candidate.Dispose();
        return isComplete;
    }

    /// <summary>Appends files never seen before, in reading order, with the doubt that the succession rule has about them.</summary>
    private void Join(IReadOnlyList<Candidate> unknown)
    {
        if (unknown.Count == 0) return;
        var before = Last;
        var stem = before is { IsListed: true, IsLive: false } ? before.Stem : null;
        var newer = unknown.Where(candidate => candidate.Stem is not null && string.CompareOrdinal(candidate.Stem, stem) > 0);
        var older = unknown.Where(candidate => candidate.Stem is not null && string.CompareOrdinal(candidate.Stem, stem) <= 0);
        var doubt =
            before is null || stem is not null || before.Now.Due is { After: AfterGap.End } || before.Now.IsBroken ? null // said already
            : before.IsLive ? "A backup appeared while the file before it is still being written."
            : "The file before it is gone from the directory, so what lay between cannot be known.";
        Append(newer, ref doubt);
        if (older.Any()) doubt ??= "Its name is older than that of the file before it: the clock stepped back.";
        Append(older, ref doubt);
        Append(unknown.Where(candidate => candidate.Stem is null), ref doubt);
    }

    /// <summary>Opens descriptors of files not all taken, so that they stay readable when they are unlinked. False: not all could be opened.</summary>
    public bool Hold()
    {
        var held = 0;
        var isComplete = true;
        foreach (var file in files)
        {
            var isWanted = !file.Now.Ended && file.IsListed && (file.IsLive || held < MostHeld);
            if (file.IsHeld || (isWanted && file.TryHold())) held++;
            else isComplete &= !isWanted;
        }

        return isComplete;
    }

    /// <summary>Forgets files that are gone from the disk, all but the newest one taken: succession is judged by it.</summary>
    public void Prune()
    {
        var anchor = files.FindLast(file => file.Committed.HasBegun);
        files.RemoveAll(file => file != anchor && !file.IsListed && !file.IsHeld && file.Now.Ended && file.Committed.Ended);
    }

    public void Dispose()
    {
        foreach (var file in files) file.Dispose();
    }

    /// <summary>Takes a file back if it turns out to be the compressed copy of <paramref name="original"/>, which is held.</summary>
    public void MergeCopy(LogFile copy, LogFile original)
    {
        if (!MayStandFor(copy.Stem, original) || original.OpenContent() is not { } bytes || copy.OpenContent()?.IsCopyOf(bytes) != true) return;
        original.TakeNameOf(copy);
        files.Remove(copy);
        copy.Dispose();
        current = null;
    }

    // The descriptor of an unlinked file tells the last name it had. Where it does not, as on some network file systems, only bytes can tell, and of an
    // empty file there are none: any other empty one would be its copy.
    private bool MayStandFor(string? stem, LogFile original) => names.TryParse(original.LastName, out var last, out _) ? stem == last : original.Size > 0;

    // Rotated and compressed between two looks: the live file's descriptor leads to an unlinked file, whose name and succession its copy tells.
    private void RecogniseCopies(List<Candidate> unknown)
    {
        foreach (var file in files)
        {
            if (file.IsListed || file.Stem is not null || file.Compressed || file.Facts is not { Links: 0 }) continue;
            var copy = unknown.Find(candidate => MayStandFor(candidate.Stem, file) && candidate.IsCopyOf(file));
            foreach (var candidate in unknown) candidate.Dispose();
            if (copy is null) continue;
            file.Appear(copy);
            unknown.Remove(copy);
        }
    }

    // The doubt is the first one's: those after it follow it by their names.
    private void Append(IEnumerable<Candidate> candidates, ref string? doubt)
    {
        foreach (var candidate in candidates)
        {
            var file = new LogFile(candidate.Facts.Identity, candidate.Path, candidate.Stem, candidate.Compressed);
            file.Appear(candidate);
            if (doubt is not null && Last is { } before)
                file.Establish(new Progress { Due = new DueGap(GapCause.ContinuityUnproven, 0, null, AfterGap.ReadOn, doubt, before) });
            doubt = null;
            Add(file);
        }
    }

    // While a descriptor is held, no other file can have its identity. Else the number may have been given to a new file.
    private static bool IsSame(LogFile file, Candidate candidate)
    {
        if (file.IsHeld || IsSeen(file, candidate.Facts)) return true;
        if (!file.Now.Ended) return file.Stem is null ? !candidate.Compressed : file.Stem == candidate.Stem;
        return file.Stem == candidate.Stem && IsNamesake(file, candidate);
    }

    // The same backup name, another inode: most often the compressed copy, which takes the name once it is whole.
    private static bool IsNamesake(LogFile file, Candidate candidate)
    {
        if (file.IsListed) return false;
        if (IsSeen(file, candidate.Facts)) return true;
        if (!file.Now.Ended) return candidate.Compressed;
        return file.Now.Number is not null && candidate.CompareFinished(file) is Likeness.Same or Likeness.Unknown;
    }

    private static bool IsSeen(LogFile file, FileFacts facts) =>
        file.Seen is { } seen && seen.Identity == facts.Identity && seen.Size == facts.Size && seen.Modified == facts.Modified;
}
