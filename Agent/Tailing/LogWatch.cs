using Sealtail.Files;
using Sealtail.Format;

namespace Sealtail.Tailing;

/// <summary>Looks at the log's directory and tells the series what it shows. While nothing changes, a look is two system calls.</summary>
internal sealed class LogWatch(TailOptions options, LogSeries series, TimeProvider time) : IDisposable
{
    // A change within one tick of the file system's clock leaves the directory's time as it was: one so young is not trusted.
    private static readonly long Fresh = 2_000_000_000;

    private readonly BackupNames names = new(options.Path);
    private readonly ChangeSignal signal = new(new BackupNames(options.Path).Directory, time);
    private bool isListed;
    private bool isResumed;
    private bool isIncomplete;
    private long directoryModified;
    private FileIdentity? live;

    public string Directory => names.Directory;

    public bool IsFirstStart { get; set; }

    /// <summary>Whether the recorded files were found again, or declared lost, and reading can begin.</summary>
    public bool IsResumed => isResumed;

    /// <summary>The directory changed while it was looked at: look again.</summary>
    public bool IsStale { get; private set; }

    public SourceCondition Condition { get; private set; } = SourceCondition.Missing;

    /// <summary>True if the directory was listed anew.</summary>
    /// <param name="isForced">List it even if nothing seems to have changed.</param>
    public bool Look(bool isForced)
    {
        IsStale = false;
        signal.Watch();
        var isSignalled = signal.TryConsume();
        if (DirectoryListing.TryLive(options.Path, out var facts) == FileAccessOutcome.Refused) return Conclude(SourceCondition.Unreadable);
        var outcome = LibC.TryStat(names.Directory, out var directory);
        if (outcome != FileAccessOutcome.Done) return Conclude(outcome == FileAccessOutcome.Missing ? SourceCondition.Missing : SourceCondition.Unreadable);
        var age = time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000 - directory.Modified;
        var isUnchanged = isListed && isResumed && !isForced && !isSignalled && directory.Modified == directoryModified && Math.Abs(age) > Fresh && facts?.Identity == live;
        if (isUnchanged)
        {
            if (isIncomplete) isIncomplete = !series.Hold();
            return false;
        }

        if (DirectoryListing.Take(options.Path, names, out outcome) is not { } listing)
        {
            isListed = false;
            IsStale = outcome == FileAccessOutcome.Done;
            return IsStale ? false : Conclude(outcome == FileAccessOutcome.Missing ? SourceCondition.Missing : SourceCondition.Unreadable);
        }

        (isListed, directoryModified, live) = (true, directory.Modified, listing.Live?.Identity);
        Condition = listing.Live is null ? SourceCondition.Missing : SourceCondition.Idle;
        if (isResumed) isListed = series.Integrate(listing);
        else if (Begin(listing) is { } obstacle) return Conclude(obstacle);
        isResumed = true;
        IsStale = !isListed;
        isIncomplete = !series.Hold();
        return true;
    }

    /// <summary>Whether a file that was last written then (nanoseconds since 1970) has stood still for long enough.</summary>
    /// <remarks>One written in the future was not written lately either: the clock was set back since.</remarks>
    public bool IsSettled(long modified) =>
        Math.Abs(time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000 - modified) > Tailer.SettleTime.Ticks * TimeSpan.NanosecondsPerTick;

    public Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) =>
        signal.WaitAsync(atMost < options.PollInterval ? atMost : options.PollInterval, cancellationToken);

    public void Dispose() => signal.Dispose();

    private SourceCondition? Begin(DirectoryListing listing)
    {
        if (!IsFirstStart) return new Resumption(series, options.Path, IsSettled).TryResume(listing);
        var candidates = Candidate.Of(listing, options.Path).ToList();
        var waiting = options.Start == StartAt.Oldest ? candidates : candidates.FindAll(candidate => candidate.Stem is null);
        var hasBegun = waiting.TrueForAll(candidate => candidate.Stem is not null || candidate.TryHold());
        if (hasBegun && options.Start == StartAt.Live) Skip(candidates);
        hasBegun = hasBegun && series.TryJoin(waiting);
        foreach (var candidate in candidates) candidate.Dispose();
        return hasBegun ? null : SourceCondition.Blocked;
    }

    // Start: live. The backups there are known and not to be read; they must be recognised also when they are compressed later.
    private void Skip(List<Candidate> candidates)
    {
        foreach (var candidate in candidates.Where(candidate => candidate.Stem is not null))
        {
            var file = new LogFile(candidate.Facts.Identity, candidate.Path, candidate.Stem, candidate.Compressed);
            file.Appear(candidate);
            file.Establish(candidate.Measure(file));
            series.Add(file);
        }
    }

    private bool Conclude(SourceCondition condition)
    {
        Condition = condition;
        return false;
    }
}
