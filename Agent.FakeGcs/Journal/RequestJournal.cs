namespace Sealtail.FakeGcs.Journal;

/// <summary>Every request but those to the emulator itself, oldest first, up to a capacity.</summary>
internal sealed class RequestJournal(int capacity)
{
    // Guards everything below.
    private readonly Lock gate = new();
    private readonly SortedDictionary<long, RequestRecord> records = [];
    private readonly List<(Func<RequestRecord, bool> Wanted, TaskCompletionSource<RequestRecord> Found)> waiting = [];
    private long last;
    private long first = 1;

    public IReadOnlyList<RequestRecord> Requests
    {
        get
        {
            lock (gate)
                return [.. records.Values];
        }
    }

    public void Clear()
    {
        lock (gate)
        {
            records.Clear();
            first = last + 1;
        }
    }

    /// <summary>Completes with the first request, past or to come, that fits: tests wait for what happens, not for time.</summary>
    public async Task<RequestRecord> WaitForAsync(Func<RequestRecord, bool> wanted, CancellationToken cancellationToken)
    {
        TaskCompletionSource<RequestRecord> found;
        lock (gate)
        {
            if (records.Values.FirstOrDefault(wanted) is { } seen)
                return seen;

            found = new(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Add((wanted, found));
        }

        return await found.Task.WaitAsync(cancellationToken);
    }

    internal RequestRecord Add(Func<long, RequestRecord> create)
    {
        lock (gate)
        {
            var record = create(++last);
            records.Add(record.Number, record);
            if (records.Count > capacity)
                records.Remove(first++);

            Tell(record);
            return record;
        }
    }

    internal void Update(RequestRecord record)
    {
        lock (gate)
        {
            if (records.ContainsKey(record.Number))
                records[record.Number] = record;

            Tell(record);
        }
    }

    private void Tell(RequestRecord record)
    {
        for (var i = waiting.Count - 1; i >= 0; i--)
        {
            if (waiting[i].Wanted(record))
            {
                waiting[i].Found.TrySetResult(record);
                waiting.RemoveAt(i);
            }
        }
    }
}
