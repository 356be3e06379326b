namespace Sealtail.Verifying;

/// <summary>Work on a sequence begun ahead of its turn, results in order.</summary>
internal static class Ahead
{
    // Small pieces of work cost more to hand over than to do.
    private const int Together = 16;

    /// <summary>Runs <paramref name="load"/> on up to <paramref name="depth"/> threads at once and gives the results in the items' order.</summary>
    public static async IAsyncEnumerable<TResult> LoadAhead<T, TResult>(
        this IAsyncEnumerable<T> items, int depth, Func<T, CancellationToken, Task<TResult>> load, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var running = new Queue<Task<TResult[]>>();
        using var abandoned = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            var batch = new List<T>(Together);
            await foreach (var item in items.WithCancellation(cancellationToken))
            {
                batch.Add(item);
                if (batch.Count < Together) continue;
                if (running.Count == depth)
                    foreach (var result in await running.Dequeue())
                        yield return result;
                Begin(batch);
                batch = new List<T>(Together);
            }

            if (batch.Count > 0) Begin(batch);
            while (running.TryDequeue(out var next))
                foreach (var result in await next)
                    yield return result;
        }
        finally
        {
            // A consumer that stops early, or a fault, leaves work behind: it must not outlive this loop.
            await abandoned.CancelAsync();
            await Task.WhenAll(running).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        void Begin(List<T> batch) => running.Enqueue(Task.Run(() => LoadAsync(batch, load, abandoned.Token), abandoned.Token));
    }

    private static async Task<TResult[]> LoadAsync<T, TResult>(List<T> batch, Func<T, CancellationToken, Task<TResult>> load, CancellationToken cancellationToken)
    {
        var results = new TResult[batch.Count];
        for (var i = 0; i < results.Length; i++) results[i] = await load(batch[i], cancellationToken);
        return results;
    }
}
