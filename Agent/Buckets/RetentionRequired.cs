using Sealtail.Buckets.Gcs;

namespace Sealtail.Buckets;

/// <summary>What retention a destination must have, and whether what is seen of it suffices (docs/configuration.md, "output.retention").</summary>
internal sealed record RetentionRequired(RetentionRequirement Require, TimeSpan? Minimum)
{
    // Two times of one reply need not be rounded alike.
    private static readonly TimeSpan Rounding = TimeSpan.FromSeconds(1);

    public static RetentionRequired Of(BucketOptions options)
    {
        var unsaid = options.Location.StartsWith(GcsLocation.Scheme, StringComparison.Ordinal) ? RetentionRequirement.Locked
            : options.MinimumRetention is null ? RetentionRequirement.None
            : RetentionRequirement.Policy;
        return new RetentionRequired(options.Require ?? unsaid, options.MinimumRetention);
    }

    /// <summary>Why the bucket does not suffice, as a sentence; null if it does.</summary>
    /// <param name="bucket">Looked at: known.</param>
    public string? ViolationOf(BucketRetention bucket)
    {
        if (Require == RetentionRequirement.None) return null;
        if (!bucket.Enforced) return bucket.Explanation;
        if (Minimum is { } least && !(bucket.Period >= least)) return $"The bucket's retention policy of {Print(bucket.Period)} is shorter than the required {Durations.Print(least)}.";
        return Require == RetentionRequirement.Locked && !bucket.Locked ? bucket.Explanation : null;
    }

    /// <summary>Why a new object is not kept as required, as a sentence; null if it is, as far as the reply shows.</summary>
    public string? ViolationOf(StoreReceipt receipt)
    {
        if (Require == RetentionRequirement.None) return null;
        if (receipt.RetentionExpirationTime is not { } until) return "The last upload's reply shows no retention: the object can be deleted or replaced at any time.";
        if (Minimum is not { } least || receipt.TimeCreated is not { } created || until - created > least - Rounding) return null;
        return $"The last upload's reply shows a retention of {Durations.Print(until - created)}; required are {Durations.Print(least)}.";
    }

    /// <summary>Whether a reply without violation shows all that is required. It never shows a lock.</summary>
    public bool IsShownBy(StoreReceipt receipt) => Require == RetentionRequirement.Policy && ViolationOf(receipt) is null && (Minimum is null || receipt.TimeCreated is not null);

    private static string Print(TimeSpan? period) => period is { } known ? Durations.Print(known) : "unknown length";
}
