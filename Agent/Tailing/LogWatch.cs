using Sealtail.Format;

namespace Sealtail.Tailing;

/// <summary>Tells the series what looks at the log's directory show: its own, or those of the lookout where one is posted.</summary>
internal sealed class LogWatch : IDisposable
{
    private const int MostLooks = 8; // at one time, at a directory that does not hold still

    private readonly TailOptions options;
    private readonly LogSeries series;
    private readonly TimeProvider time;
    private readonly ChangeSignal signal;
    private readonly Scout scout;
    private readonly OpenedFiles opened = new(); // of files that the series does not have yet
    private Lookout? lookout;
    private bool isResumed;
    private bool isIncomplete;
    private bool isStale;

    public LogWatch(TailOptions options, LogSeries series, TimeProvider time)
    {
        (this.options, this.series, this.time) = (options, series, time);
        Directory = new BackupNames(options.Path).Directory;
        signal = new ChangeSignal(Directory, time);
        scout = new Scout(options, signal, time);
    }

    public string Directory { get; }

    public bool IsFirstStart { get; set; }

    /// <summary>Whether the recorded files were found again, or declared lost, and reading can begin.</summary>
    public bool IsResumed => isResumed;

    public SourceCondition Condition { get; private set; } = SourceCondition.Missing;

    /// <summary>Whether the lookout saw something that no look has taken up yet.</summary>
    public bool HasNews => lookout is { HasNews: true };

    /// <summary>From now on a thread of its own looks; to be called before the first look.</summary>
    public void PostLookout() => lookout ??= new Lookout(scout, signal, options.PollInterval);

    /// <summary>True if the directory was listed anew.</summary>
    /// <param name="isForced">List it even if nothing seems to have changed.</param>
    /// <param name="isFresh">As of now; else what the lookout has seen so far is enough.</param>
    public bool Look(bool isForced, bool isFresh)
    {
        if (isForced) scout.Invalidate();
        var isNew = lookout is null ? LookSelf() : TakeUp(lookout, isFresh || isForced);
        if (!isNew && isIncomplete) isIncomplete = !series.Hold();
        return isNew;
    }

    /// <summary>Whether a file that was last written then (nanoseconds since 1970) has stood still for long enough.</summary>
    /// <remarks>One written in the future was not written lately either: the clock was set back since.</remarks>
    public bool IsSettled(long modified) =>
        Math.Abs(time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000 - modified) > Tailer.SettleTime.Ticks * TimeSpan.NanosecondsPerTick;

    public Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) =>
        HasNews ? Task.CompletedTask : signal.WaitAsync(atMost < options.PollInterval ? atMost : options.PollInterval, cancellationToken);

    public void Dispose()
    {
        lookout?.Dispose();
        signal.Dispose();
        opened.Dispose();
    }

    private bool LookSelf()
    {
        var isNew = false;
        for (var look = 0; look == 0 || (isStale && look <= MostLooks); look++)
            isNew |= scout.Look(isForced: false, mostOpened: 0) is { } sighting && TakeUp(sighting);
        return isNew;
    }

    private bool TakeUp(Lookout lookout, bool isFresh)
    {
        var isNew = false;
        for (var look = 0; look == 0 || (isStale && look <= MostLooks); look++)
        {
            if (isFresh || isStale) lookout.LookNow();
            while (lookout.TryTake(out var sighting)) isNew |= TakeUp(sighting);
        }

        return isNew;
    }

    // True if there was a listing, and reading has begun.
    private bool TakeUp(Sighting sighting)
    {
        isStale = false;
        Condition = sighting.Condition;
        if (sighting.Listing is not { } seen) return false;
        seen.Opened.MoveTo(opened);
        try
        {
            return TakeUp(seen with { Opened = opened });
        }
        catch (IOException)
        {
            // What was seen is not taken up: it is looked at again, however little changes from here on.
            isStale = true;
            scout.Invalidate();
            throw;
        }
    }

    private bool TakeUp(DirectoryListing listing)
    {
        if (isResumed)
        {
            isStale = !series.Integrate(listing);
        }
        else if (Begin(listing) is { } obstacle)
        {
            Condition = obstacle;
            opened.Dispose(); // reading has not begun: files are found by their names, and must not be kept from being deleted
            scout.Invalidate();
            return false;
        }

        isResumed = true;
        if (isStale) scout.Invalidate();
        else opened.Dispose(); // all files are known
        isIncomplete = !series.Hold();
        return true;
    }

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
}
