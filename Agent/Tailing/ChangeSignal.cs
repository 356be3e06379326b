using Sealtail.Files;

namespace Sealtail.Tailing;

/// <summary>
/// Says when names in a directory changed (inotify), so that a rotation is seen at once. Only an accelerator: where it fails (no such directory, no
/// watches left, overflow) the poll interval is all there is, and that is enough.
/// </summary>
internal sealed class ChangeSignal(string directory, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new(); // guards changed and isBroken: events come on the watch's thread
    private readonly AutoResetEvent happened = new(false); // for the lookout, which must not wait for a thread of the pool
    private TaskCompletionSource changed = NewSource();
    private bool isBroken;
    private DirectoryWatch? watch;
    private long triedAt;

    /// <summary>Whether there was a change since this was last asked.</summary>
    public bool TryConsume()
    {
        lock (gate)
        {
            if (!changed.Task.IsCompleted) return false;
            changed = NewSource();
            return true;
        }
    }

    /// <summary>Starts watching, or starts anew after a failure, at most every ten seconds.</summary>
    public void Watch()
    {
        lock (gate)
        {
            if (watch is not null && !isBroken) return;
        }

        if (triedAt != 0 && time.GetElapsedTime(triedAt) < RetryAfter) return;
        triedAt = time.GetTimestamp();
        watch?.Dispose();
        lock (gate) isBroken = false;
        watch = DirectoryWatch.TryStart(directory, Set);
    }

    /// <summary>Until a change or the time is over, whichever is first.</summary>
    public async Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        Task change;
        lock (gate) change = changed.Task;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(change, Task.Delay(atMost, time, over.Token));
        await over.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Blocks until a change, a <see cref="Wake"/> or <paramref name="stopping"/>, at most so long. The change is not consumed.</summary>
    public void Await(TimeSpan atMost, WaitHandle stopping) => WaitHandle.WaitAny([happened, stopping], atMost);

    public void Wake() => happened.Set();

    public void Dispose()
    {
        watch?.Dispose();
        happened.Dispose();
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Set(bool broken)
    {
        lock (gate)
        {
            isBroken |= broken;
            changed.TrySetResult();
        }

        happened.Set();
    }
}
