using Sealtail.Buckets;
using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>Whether a stream's objects had the retention that the trust policy demands, and whether the bucket enforces it.</summary>
internal sealed class RetentionRules(StreamContext context)
{
    private long count;
    private string? first;
    private string? shortest;
    private TimeSpan? least;

    /// <summary>The bucket's own policy: the lock alone keeps an administrator from lifting it.</summary>
    /// <exception cref="BucketException">The bucket could not be asked.</exception>
    public static async Task JudgeBucketAsync(IBucket bucket, TrustPolicy trust, FindingLog findings, CancellationToken cancellationToken)
    {
        if (trust.MinimumRetention is null && !trust.RequiresLock) return;
        var retention = await bucket.GetRetentionAsync(cancellationToken);
        if (!retention.Known || !bucket.HasStoreClock)
            findings.Add(FindingKind.RetentionUnverified, null, null, null, null, retention.Explanation);
        else if (!retention.Enforced || retention.Period < trust.MinimumRetention)
            findings.Add(FindingKind.RetentionTooShort, null, null, null, null, $"{retention.Explanation} The trust policy demands {Print(trust.MinimumRetention)}.");
        else if (trust.RequiresLock && !retention.Locked)
            findings.Add(FindingKind.RetentionNotLocked, null, null, null, null, retention.Explanation);
    }

    /// <summary>Takes one object as listed.</summary>
    public void Take(StoredObject stored)
    {
        if (context.Trust.MinimumRetention is not { } minimum || !context.HasStoreClock || stored.TimeCreated is not { } created) return;
        var kept = stored.RetentionExpirationTime is { } expires ? expires - created : TimeSpan.Zero;
        // The store counts whole seconds from an instant of its own.
        if (kept + TimeSpan.FromSeconds(1) >= minimum) return;
        count++;
        first ??= stored.Name;
        if (least is not null && kept >= least) return;
        (least, shortest) = (kept, stored.Name);
    }

    public void Judge()
    {
        if (count > 0)
            context.Find(FindingKind.RetentionTooShort, null, null, shortest, $"{count} objects, the first of them {first}, were given less than the {Print(context.Trust.MinimumRetention)} demanded; the least is {Print(least)}.");
    }

    private static string Print(TimeSpan? time) => time is { } known && known > TimeSpan.Zero ? $"retention of {Duration.Print(known)}" : "retention of any time";
}
