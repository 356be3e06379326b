using Microsoft.Extensions.Logging;
using Sealtail.Format;

namespace Sealtail.Tailing;

/// <summary>What goes on around the file being read: new files, late writers, room, and what others may know of it.</summary>
internal sealed partial class Tailer
{
    private readonly Lock statusGate = new(); // guards status, which health and heartbeats read from other threads
    private SourceStatus status = new(SourceCondition.Missing, 0, 0);
    private long lag;
    private long waiting;
    private long lookedAt;
    private bool isFaulty;
    private bool isBlocked;
    private SourceCondition logged;

    /// <summary>The live file as of the last time reading came to its end, or waited. Any thread.</summary>
    public SourceStatus Status
    {
        get
        {
            lock (statusGate) return status;
        }
    }

    /// <summary>The current position as an empty range; null if nothing was ever taken.</summary>
    public SourceRange? Position => taken.Position;

    /// <summary>Bytes known on disk and not taken yet; for compressed files what their trailers state. Any thread.</summary>
    public long LagBytes => Interlocked.Read(ref lag);

    /// <summary>Called while reading waits for room: new files are seen and their descriptors opened, so that nothing is lost meanwhile.</summary>
    public void Look()
    {
        Look(SourceCondition.Blocked);
        var live = series.Live;
        var size = live?.Facts?.Size ?? live?.Size ?? 0;
        Publish(watch.Condition == SourceCondition.Idle ? SourceCondition.Blocked : watch.Condition, size, 0);
    }

    /// <summary>Until something may have changed: names in the directory, or the poll interval is over, at most <paramref name="atMost"/>.</summary>
    public Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) => watch.WaitAsync(atMost, cancellationToken);

    private bool IsLookDue() => watch.HasNews || lookedAt == 0 || time.GetElapsedTime(lookedAt) >= options.PollInterval;

    private void Look(SourceCondition reason, bool isForced = false, bool isFresh = true)
    {
        lookedAt = time.GetTimestamp();
        isBlocked = reason == SourceCondition.Blocked;
        var isNew = watch.Look(isForced, isFresh);
        if (isNew) RetainGrown();
        if (isNew) CountWaiting();
        if (isNew || Counts.HeldBytes > 0) Counts.HeldBytes = held.Enforce(series, GiveUp);
        Lag();
    }

    private void GiveUp(LogFile file)
    {
        if (reader.File == file) LetGo();
        file.GiveUp();
        LogGivenUp(file.Path, file.Size);
    }

    // A finished backup that is larger than what was taken of it, and after a restart the newest finished one, may have a late writer.
    private void RetainGrown()
    {
        LogFile? newest = null;
        foreach (var file in series.Files)
        {
            if (!file.Now.Ended || !file.IsListed || file.Now.Number is not { Number: > 0 }) continue;
            if (file.Size > file.Now.Position && file.TryHold()) taken.Retain(file);
            if (!file.Compressed) newest = file;
        }

        if (newest is { IsHeld: false } && taken.Retained.Count == 0 && newest.TryHold()) taken.Retain(newest);
    }

    // Only complete lines are taken of it: the rest waits until the late writer ends it, or the next rotation.
    private void FindLateWrite()
    {
        if (series.Current is { Now.Limit: not null }) return;
        foreach (var file in taken.Retained)
        {
            if (file.Now.Ended && HasGrown(file) && EndOfLines(file) is { } limit) TakeLate(file, limit);
        }
    }

    // Before a file is begun: what was taken before its predecessor is asked for late bytes for the last time, and gives all it has.
    private bool FindLastLateWrite(LogFile next)
    {
        var retained = taken.Retained;
        var isFound = false;
        for (var i = 0; i < retained.Count - 1 && retained[i].Order < next.Order; i++)
        {
            var file = retained[i];
            if (file.Now.Ended && HasGrown(file)) TakeLate(file, file.Content!.Size); // HasGrown opened it
            isFound |= !file.Now.Ended;
            file.IsRetired = file.Now.Ended;
        }

        return isFound;
    }

    private static bool HasGrown(LogFile file) =>
        file.IsHeld && file.Now.Number is { Number: > 0 } && file.OpenContent() is { } content
        && content.Size > file.Now.Position && content.IsGuardedAt(file.Now.Position, file.Now.Guard);

    private void TakeLate(LogFile file, long limit)
    {
        taken.Set(file, file.Now with { Ended = false, Renumber = true, Limit = limit });
        series.Forget();
        Counts.AddLateWrite();
        LogLateWrite(file.Path, file.Now.Position, limit);
    }

    private static long? EndOfLines(LogFile file)
    {
        Span<byte> chunk = stackalloc byte[GuardWindow.Size];
        long? end = null;
        var at = Math.Max(file.Scanned, file.Now.Position);
        while (file.Content!.ReadAt(chunk, at) is > 0 and var read) // HasGrown opened it
        {
            if (chunk[..read].LastIndexOf((byte)'\n') is >= 0 and var lineFeed) end = at + lineFeed + 1;
            at += read;
        }

        file.Scanned = end is null ? at : 0;
        return end;
    }

    private TailStep Idle()
    {
        var isAtLive = series.Current is { IsLive: true } current && reader.File == current;
        var size = isAtLive ? reader.KnownEnd : series.Live?.Size ?? 0;
        var condition =
            isFaulty || series.Current is { IsRefused: true, IsHeld: false } ? SourceCondition.Unreadable
            : isBlocked ? SourceCondition.Blocked
            : watch.Condition;
        Publish(condition, size, isAtLive ? size - series.Current!.Now.Position : 0);
        return default;
    }

    private void Publish(SourceCondition condition, long size, long pending)
    {
        lock (statusGate) status = new SourceStatus(condition, size, pending);
        if (condition == SourceCondition.Unreadable && logged != condition) LogUnreadable(options.Path);
        logged = condition;
    }

    private bool Fault(LogFile file, IOException e)
    {
        if (!isFaulty) LogFault(e, file.Path);
        isFaulty = true;
        return true;
    }

    private void CountWaiting()
    {
        waiting = 0;
        foreach (var file in series.Files)
        {
            file.Waiting = file.Now.Ended || file == series.Current ? 0 : Math.Max(0, file.Size - file.Now.Position);
            waiting += file.Waiting;
        }
    }

    private void Lag()
    {
        var current = series.Current;
        if (current is { IsHeld: true, Compressed: false, Content: not null }) current.Size = Math.Max(current.Content.Size, current.Now.Position);
        Interlocked.Exchange(ref lag, waiting + (current is null ? 0 : Math.Max(0, current.Size - current.Now.Position)));
    }

    private readonly ILogger logger;

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Path} was finished at {From} and has grown to {To}: another writer is still at it. Its bytes are shipped as a late write.")]
    private partial void LogLateWrite(string path, long from, long to);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Path} cannot be read: grant read permission on it and its directory. Reading goes on by itself then.")]
    private partial void LogUnreadable(string path);

    [LoggerMessage(Level = LogLevel.Error, Message = "Reading {Path} failed and is tried again")]
    private partial void LogFault(Exception exception, string path);

    [LoggerMessage(Level = LogLevel.Error, Message = "Gave up {Path}, {Size} bytes, unlinked: held bytes exceed their cap or the disk is nearly full. What was not read of it is lost and is declared.")]
    private partial void LogGivenUp(string path, long size);
}
