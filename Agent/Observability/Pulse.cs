namespace Sealtail.Observability;

/// <summary>One loop's sign of life. A loop that waits, for whatever reason it can name, beats on: only one that is stuck or dead falls silent.</summary>
internal sealed class Pulse(string loop, TimeProvider time)
{
    /// <summary>The longest that a loop may wait between two beats.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private long last = time.GetTimestamp();
    private volatile bool ended;

    /// <summary>The loop's name, as <c>/healthz</c> and <c>/status</c> show it.</summary>
    public string Loop { get; } = loop;

    /// <summary>Whether the loop came to its end, in order or by a fault: from then on the host answers for it.</summary>
    public bool HasEnded => ended;

    /// <summary>Time since the last beat.</summary>
    public TimeSpan Silence => time.GetElapsedTime(Interlocked.Read(ref last));

    public void Beat() => Interlocked.Exchange(ref last, time.GetTimestamp());

    public void End() => ended = true;

    /// <summary>Waits for what may take long, and beats meanwhile.</summary>
    public async Task<T> WaitAsync<T>(Task<T> task)
    {
        Beat();
        while (!task.IsCompleted)
        {
            await ((Task)task).WaitAsync(Interval, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Beat();
        }

        return await task;
    }
}
