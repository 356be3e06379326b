namespace Sealtail.Spooling;

/// <summary>The pending entries in order, and waiting for a change of them. Thread-safe.</summary>
internal sealed class PendingQueue(IReadOnlyList<SpoolEntry> entries, TimeProvider time)
{
    private readonly Lock gate = new(); // guards all fields
    private readonly SortedList<long, SpoolEntry> byNumber = new(entries.ToDictionary(entry => entry.Number));
    private long bytes = entries.Sum(entry => entry.Bytes);
    private TaskCompletionSource changed = NewSignal();
    private bool complete;

    public long Bytes
    {
        get { lock (gate) return bytes; }
    }

    public int Count
    {
        get { lock (gate) return byNumber.Count; }
    }

    public void Add(SpoolEntry entry) => Change(() => Put(entry));

    public void Replace(SpoolEntry entry) => Change(() =>
    {
        Take(entry.Number);
        Put(entry);
    });

    public void Remove(long number) => Change(() => Take(number));

    public void Complete() => Change(() => complete = true);

    public SpoolEntry? Next(long after)
    {
        lock (gate)
        {
            var (low, high) = (0, byNumber.Count);
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (byNumber.GetKeyAtIndex(middle) > after) high = middle;
                else low = middle + 1;
            }

            return low < byNumber.Count ? byNumber.GetValueAtIndex(low) : null;
        }
    }

    public async Task<SpoolEntry?> NextAsync(long after, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            Task signal;
            bool last;
            lock (gate) (signal, last) = (changed.Task, complete);
            if (Next(after) is { } entry) return entry;
            if (last) return null;

            var endless = timeout == Timeout.InfiniteTimeSpan; // which is -1 ms: what is left of another timeout can be just that
            var left = endless ? timeout : timeout - time.GetElapsedTime(began);
            if (!endless && left <= TimeSpan.Zero) return null;
            if (!await WaitAsync(signal, left, cancellationToken)) return Next(after);
        }
    }

    // False: the time is over.
    private async Task<bool> WaitAsync(Task signal, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            await signal.WaitAsync(timeout, time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private void Put(SpoolEntry entry)
    {
        byNumber.Add(entry.Number, entry);
        bytes += entry.Bytes;
    }

    private void Take(long number)
    {
        if (byNumber.Remove(number, out var entry)) bytes -= entry.Bytes;
    }

    private void Change(Action change)
    {
        TaskCompletionSource before;
        lock (gate)
        {
            change();
            (before, changed) = (changed, NewSignal());
        }

        before.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
