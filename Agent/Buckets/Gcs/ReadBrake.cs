namespace Sealtail.Buckets.Gcs;

/// <summary>
/// What all readers of one bucket learn from each other's failures: a store that refuses or is silent is asked more slowly by all of them together, and not at
/// all any more once nobody had an answer for <see cref="Patience"/>. From any thread.
/// </summary>
internal sealed class ReadBrake(RequestPace pace, TimeProvider time)
{
    /// <summary>Without any answer in between; an attempt that is under way may take its own timeout longer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(2); // longer than an attempt and the pause before the next

    private readonly Lock gate = new(); // guards what follows
    private long? failingSince;
    private long failedLast;
    private bool isGivenUp;

    /// <exception cref="BucketException">Nobody had an answer for too long.</exception>
    public void ThrowIfGivenUp()
    {
        lock (gate)
            if (isGivenUp) throw new BucketException(BucketFault.Transient, $"The store gave no answer to anybody for {Patience.TotalMinutes:0} minutes, but to come back later or nothing: it is asked no more.") { IsFinal = true };
    }

    /// <summary>The store answered, be it that it denied.</summary>
    public void Answered()
    {
        lock (gate) failingSince = null;
        pace.Quicken();
    }

    /// <summary>The store asked to come back later, failed, or was silent.</summary>
    public void Failed()
    {
        lock (gate)
        {
            var now = time.GetTimestamp();
            // Where nobody asked in between, as while all read what they were given, nothing was refused either.
            if (failingSince is null || time.GetElapsedTime(failedLast, now) > Quiet) failingSince = now;
            failedLast = now;
            isGivenUp |= time.GetElapsedTime(failingSince.Value, now) >= Patience;
        }

        pace.Slow();
    }
}
