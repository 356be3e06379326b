using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Sealtail.Buckets;

/// <summary>How attempts on a bucket are repeated. Sending again is always safe (docs/format.md, "Writing").</summary>
internal sealed record BucketRetryOptions
{
    public int MaxAttempts { get; init; } = int.MaxValue;

    /// <summary>Whether faults that an administrator must mend are tried again, slowly; otherwise they are thrown at once.</summary>
    public bool WaitsForAdministrator { get; init; } = true;

    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Upper bound of the first wait; it doubles with each further attempt.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(250);

    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The store is not left alone for longer, however long it asks to be.</summary>
    public TimeSpan MaxRetryAfter { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>The wait after a fault that an administrator must mend.</summary>
    public TimeSpan ParkedDelay { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>The one retry pipeline over buckets, built with Polly: full jitter, <c>Retry-After</c>, a timeout for each attempt.</summary>
internal static class BucketRetry
{
    /// <param name="options">How often and how long.</param>
    /// <param name="time">The clock of waits and timeouts.</param>
    /// <param name="failed">Told of each failed attempt that will be repeated, and after how long.</param>
    public static ResiliencePipeline Build(BucketRetryOptions options, TimeProvider time, Action<BucketException, TimeSpan> failed)
    {
        var builder = new ResiliencePipelineBuilder { TimeProvider = time };
        if (options.MaxAttempts > 1) builder.AddRetry(Retry(options, failed)); // Polly counts repetitions, and wants one at least
        return builder.AddTimeout(new TimeoutStrategyOptions { Timeout = options.AttemptTimeout }).Build();
    }

    /// <summary>Whether the fault waits for an administrator: time alone or resending does not mend it.</summary>
    public static bool IsParked(BucketFault fault) => fault is BucketFault.Denied or BucketFault.BucketMissing or BucketFault.Refused;

    /// <summary>The exception as what it means for a bucket: an attempt that ran out of time had no definite reply.</summary>
    public static BucketException? AsFault(Exception? exception) => exception switch
    {
        BucketException fault => fault,
        TimeoutRejectedException timeout => new BucketException(BucketFault.Transient, $"No reply within {timeout.Timeout.TotalSeconds:0} s.", timeout),
        _ => null,
    };

    private static RetryStrategyOptions Retry(BucketRetryOptions options, Action<BucketException, TimeSpan> failed) => new()
    {
        MaxRetryAttempts = options.MaxAttempts == int.MaxValue ? int.MaxValue : options.MaxAttempts - 1,
        ShouldHandle = arguments => ValueTask.FromResult(IsRepeatable(arguments.Outcome.Exception, options)),
        DelayGenerator = arguments => ValueTask.FromResult<TimeSpan?>(Delay(AsFault(arguments.Outcome.Exception), arguments.AttemptNumber, options)),
        OnRetry = arguments =>
        {
            if (AsFault(arguments.Outcome.Exception) is { } fault) failed(fault, arguments.RetryDelay);
            return default;
        },
    };

    private static bool IsRepeatable(Exception? exception, BucketRetryOptions options) =>
        AsFault(exception) is { IsFinal: false } fault && (fault.Fault == BucketFault.Transient || (options.WaitsForAdministrator && IsParked(fault.Fault)));

    private static TimeSpan Delay(BucketException? fault, int attempt, BucketRetryOptions options)
    {
        if (fault is not null && IsParked(fault.Fault)) return options.ParkedDelay;
        var ceiling = Math.Min(options.MaxDelay.TotalMilliseconds, options.FirstDelay.TotalMilliseconds * Math.Pow(2, Math.Min(attempt, 30)));
        var jittered = TimeSpan.FromMilliseconds(Random.Shared.NextDouble() * ceiling);
        return fault?.RetryAfter is { } asked && asked > jittered ? asked < options.MaxRetryAfter ? asked : options.MaxRetryAfter : jittered;
    }
}
