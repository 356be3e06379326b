namespace Sealtail.Buckets.Gcs;

/// <summary>
/// At most so many requests a second, over all who share it, evenly: who comes too early waits for its turn. A verifier with many readers must not
/// become its store's problem, or run into quotas that others need. Used from any thread.
/// </summary>
internal sealed class RequestPace
{
    private const int Slowest = 64;

    // What was not used may be caught up with, this much of it: timers are coarse.
    private static readonly TimeSpan CatchUp = TimeSpan.FromMilliseconds(50);

    private readonly TimeProvider time;
    private readonly long interval; // of two requests, in the clock's ticks
    private readonly long catchUp;
    private readonly Lock gate = new(); // guards next and slowness
    private long next;
    private int slowness = 1; // how many times the interval lies between two requests

    public RequestPace(int perSecond, TimeProvider time)
    {
        this.time = time;
        interval = time.TimestampFrequency / perSecond;
        catchUp = (long)(CatchUp.TotalSeconds * time.TimestampFrequency);
        next = time.GetTimestamp();
    }

    /// <summary>Half as many from now on, down to a 64th of the pace.</summary>
    public void Slow()
    {
        lock (gate) slowness = Math.Min(slowness * 2, Slowest);
    }

    /// <summary>Twice as many, up to the pace.</summary>
    public void Quicken()
    {
        lock (gate) slowness = Math.Max(slowness / 2, 1);
    }

    /// <summary>Returns when the request's turn has come.</summary>
    public Task WaitAsync(CancellationToken cancellationToken)
    {
        TimeSpan wait;
        lock (gate)
        {
            var now = time.GetTimestamp();
            var turn = Math.Max(next, now - catchUp);
            next = turn + (interval * slowness);
            wait = turn > now ? time.GetElapsedTime(now, turn) : TimeSpan.Zero;
        }

        return wait > TimeSpan.Zero ? Task.Delay(wait, time, cancellationToken) : Task.CompletedTask;
    }
}
