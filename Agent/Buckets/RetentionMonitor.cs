using Microsoft.Extensions.Logging;

namespace Sealtail.Buckets;

/// <summary>
/// Watches that what is uploaded cannot be taken back: the bucket's own word at start and from time to time, and every upload's reply. The newest
/// evidence counts. One for a destination, used from any thread.
/// </summary>
internal sealed partial class RetentionMonitor(BucketOptions options, TimeProvider time, ILogger<RetentionMonitor> logger)
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LookIntervalAfterFailure = TimeSpan.FromMinutes(1);

    // What the bucket said longer ago than this is not known any more.
    private static readonly TimeSpan LookLifetime = TimeSpan.FromHours(1);

    // Where only a reply can show that retention is mended, one upload has to be risked now and then.
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMinutes(10);

    private readonly RetentionRequired required = RetentionRequired.Of(options);

    // Guards all below.
    private readonly Lock gate = new();
    private (BucketRetention Said, DateTimeOffset At)? look;
    private string? lookFailure;
    private string? replyViolation;
    private bool replyShowsAll;
    private long replies;
    private long violatingReplies;
    private DateTimeOffset nextProbe;
    private RetentionState? logged;
    private bool warned;
    private TaskCompletionSource lookSoon = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RetentionStatus Status
    {
        get
        {
            lock (gate) return Judge();
        }
    }

    /// <summary>Whether the bucket was asked at least once, with whatever result.</summary>
    public bool HasLooked
    {
        get
        {
            lock (gate) return look is not null || lookFailure is not null;
        }
    }

    /// <summary>Whether a violation holds uploads back (<c>on_violation: stop</c>).</summary>
    public bool StopsOnViolation => options.OnViolation == ViolationAction.Stop;

    /// <summary>Looks again and again until cancelled, at once where a reply contradicts what was seen.</summary>
    public async Task WatchAsync(IBucket bucket, CancellationToken cancellationToken)
    {
        while (true)
        {
            // Before the look: what contradicts it while it is under way calls for another.
            Task soon;
            lock (gate) soon = (lookSoon = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            await LookAsync(bucket, cancellationToken);
            TimeSpan wait;
            lock (gate) wait = lookFailure is null ? LookInterval : LookIntervalAfterFailure;
            await Task.WhenAny(soon, Task.Delay(wait, time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Asks the bucket once. That it cannot be asked is a finding too, not an exception.</summary>
    public async Task LookAsync(IBucket bucket, CancellationToken cancellationToken)
    {
        long before;
        lock (gate) before = replies;
        try
        {
            var said = await bucket.GetRetentionAsync(cancellationToken);
            lock (gate)
            {
                (look, lookFailure) = ((said, time.GetUtcNow()), null);
                // The bucket's word is newer than the replies that came before the question.
                if (said.Known && before == replies) replyViolation = null;
                Tell();
            }
        }
        catch (BucketException e)
        {
            lock (gate)
            {
                lookFailure = e.Message;
                Tell();
            }
        }
    }

    /// <summary>What the store said of a new object.</summary>
    public void Observe(StoreReceipt receipt)
    {
        lock (gate)
        {
            replies++;
            var violation = required.ViolationOf(receipt);
            if (violation is not null) violatingReplies++;
            if (violation is null != replyViolation is null) lookSoon.TrySetResult();
            replyViolation = violation;
            replyShowsAll = required.IsShownBy(receipt);
            Tell();
        }
    }

    /// <summary>Why an upload must not be made now, as a sentence; null if it may.</summary>
    public string? HoldsUpload()
    {
        if (!StopsOnViolation) return null;
        lock (gate)
        {
            var status = Judge();
            if (status.State != RetentionState.Violated)
            {
                nextProbe = default;
                return null;
            }

            var now = time.GetUtcNow();
            var due = nextProbe != default && now >= nextProbe && FreshLook(now) is null;
            if (due || nextProbe == default) nextProbe = now + ProbeInterval;
            return due ? null : status.Explanation;
        }
    }

    private RetentionStatus Judge()
    {
        var (state, explanation) = Evidence();
        var versioning = look is { Said.Versioning: true }
            ? "The bucket keeps versions: there an overwrite or a delete of a retained object succeeds and hides it, though the old version stays. Turn object versioning off."
            : null;
        return new RetentionStatus(state, explanation, look?.Said, look?.At, violatingReplies, versioning);
    }

    private (RetentionState State, string Explanation) Evidence()
    {
        if (required.Require == RetentionRequirement.None)
            return (RetentionState.NotRequired, look is { } seen ? $"No retention is required. {seen.Said.Explanation}" : "No retention is required.");
        if (replyViolation is not null) return (RetentionState.Violated, replyViolation);
        if (FreshLook(time.GetUtcNow()) is { } bucket)
            return required.ViolationOf(bucket) is { } violation ? (RetentionState.Violated, violation) : (RetentionState.Ok, bucket.Explanation);
        if (replyShowsAll) return (RetentionState.Ok, "The last upload's reply shows the required retention.");
        return (RetentionState.Unverified, lookFailure ?? look?.Said.Explanation ?? "The bucket has not been looked at yet.");
    }

    private BucketRetention? FreshLook(DateTimeOffset now) => look is { Said.Known: true } seen && now - seen.At < LookLifetime ? seen.Said : null;

    private void Tell()
    {
        var status = Judge();
        if (status.Warning is not null && !warned) LogWarning(options.Location, status.Warning);
        warned = status.Warning is not null;
        if (status.State == logged) return;
        logged = status.State;
        switch (status.State)
        {
            case RetentionState.Violated:
                var consequence = StopsOnViolation ? "Nothing more is uploaded until it is mended" : "Uploads go on, because an unprotected copy beats none";
                LogViolated(options.Location, status.Explanation, consequence);
                break;
            case RetentionState.Unverified:
                LogUnverified(options.Location, status.Explanation);
                break;
            default:
                LogFine(options.Location, status.Explanation);
                break;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The retention of {Bucket} is not what is required: {Reason} {Consequence}")]
    private partial void LogViolated(string bucket, string reason, string consequence);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The retention of {Bucket} is unverified: {Reason}")]
    private partial void LogUnverified(string bucket, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Retention of {Bucket}: {Reason}")]
    private partial void LogFine(string bucket, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Bucket}: {Warning}")]
    private partial void LogWarning(string bucket, string warning);
}
