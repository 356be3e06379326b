namespace Sealtail.Verifying;

/// <summary>Work on a sequence begun ahead of its turn, results in order.</summary>
internal static class Ahead
{
    /// <summary>Runs <paramref name="load"/> for up to <paramref name="depth"/> items at once and gives the results in the items' order.</summary>
    public static async IAsyncEnumerable<TResult> LoadAhead<T, TResult>(
        this IAsyncEnumerable<T> items, int depth, Func<T, CancellationToken, Task<TResult>> load, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var running = new Queue<Task<TResult>>();
        using var abandoned = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            await foreach (var item in items.WithCancellation(cancellationToken))
            {
                if (running.Count == depth) yield return await running.Dequeue();
                running.Enqueue(Task.Run(() => load(item, abandoned.Token), abandoned.Token));
            }

            while (running.TryDequeue(out var next)) yield return await next;
        }
        finally
        {
            // A consumer that stops early, or a fault, leaves work behind: it must not outlive this loop.
            await abandoned.CancelAsync();
            await Task.WhenAll(running).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }
}
