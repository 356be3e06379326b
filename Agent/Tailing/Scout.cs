using Microsoft.Win32.SafeHandles;
using Sealtail.Files;
using Sealtail.Format;

namespace Sealtail.Tailing;

/// <summary>
/// What one look at the log's directory showed. <c>Listing</c> is null where nothing could be listed; <c>Condition</c> then says why.
/// </summary>
internal sealed record Sighting(SourceCondition Condition, DirectoryListing? Listing);

/// <summary>Looks at the log's directory. While nothing changes, a look is two system calls. One thread at a time.</summary>
internal sealed class Scout(TailOptions options, ChangeSignal signal, TimeProvider time)
{
    // A change within one tick of the file system's clock leaves the directory's time as it was: one so young is not trusted.
    private static readonly long Fresh = 2_000_000_000;
    private const int MostAttempts = 8; // at a directory that does not hold still

    private readonly BackupNames names = new(options.Path);
    private readonly HashSet<FileIdentity> seen = [];
    private volatile bool isListed;
    private long directoryModified;
    private FileIdentity? live;

    /// <summary>What was seen did not settle all: the next look lists anew. Any thread.</summary>
    public void Invalidate() => isListed = false;

    /// <param name="isForced">List it even if nothing seems to have changed.</param>
    /// <param name="mostOpened">So many files never seen before are opened while they are there: the live one first, then the oldest.</param>
    /// <returns>Null if nothing changed, or the directory did not hold still.</returns>
    public Sighting? Look(bool isForced, int mostOpened)
    {
        signal.Watch();
        var isSignalled = signal.TryConsume();
        if (DirectoryListing.TryLive(options.Path, out var facts) == FileAccessOutcome.Refused) return Failed(FileAccessOutcome.Refused);
        var outcome = LibC.TryStat(names.Directory, out var directory);
        if (outcome != FileAccessOutcome.Done) return Failed(outcome);
        var age = time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000 - directory.Modified;
        if (isListed && !isForced && !isSignalled && directory.Modified == directoryModified && Math.Abs(age) > Fresh && facts?.Identity == live) return null;

        isListed = true; // before listing: who invalidates meanwhile is heard
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            if (DirectoryListing.Take(options.Path, names, out outcome) is not { } listing)
            {
                if (outcome != FileAccessOutcome.Done) return Failed(outcome);
                continue;
            }

            if (!TryOpenNew(listing, mostOpened)) continue;
            (directoryModified, live) = (directory.Modified, listing.Live?.Identity);
            return new Sighting(listing.Live is null ? SourceCondition.Missing : SourceCondition.Idle, listing);
        }

        isListed = false;
        return null;
    }

    private Sighting Failed(FileAccessOutcome outcome)
    {
        isListed = false;
        return new Sighting(outcome == FileAccessOutcome.Missing ? SourceCondition.Missing : SourceCondition.Unreadable, null);
    }

    // False: one is not there any more, and the listing is stale.
    private bool TryOpenNew(DirectoryListing listing, int most)
    {
        if (most == 0) return true;
        var isComplete = listing.Live is not { } facts || TryOpen(listing, options.Path, facts.Identity, most);
        for (var i = 0; isComplete && i < listing.Backups.Count; i++)
            isComplete = TryOpen(listing, listing.Backups[i].Path, listing.Backups[i].Facts.Identity, most);
        if (!isComplete)
        {
            listing.Opened.Dispose();
            return false;
        }

        seen.Clear();
        if (listing.Live is { } now) seen.Add(now.Identity);
        foreach (var backup in listing.Backups) seen.Add(backup.Facts.Identity);
        return true;
    }

    private bool TryOpen(DirectoryListing listing, string path, FileIdentity identity, int most)
    {
        if (seen.Contains(identity) || listing.Opened.Count >= most) return true;
        var outcome = LibC.TryOpen(path, out SafeFileHandle? handle);
        if (handle is null) return outcome == FileAccessOutcome.Refused;
        var isSame = LibC.Stat(handle, path).Identity == identity;
        if (isSame) listing.Opened.Add(identity, handle);
        else handle.Dispose();
        return isSame;
    }
}
