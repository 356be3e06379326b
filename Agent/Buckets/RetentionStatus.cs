namespace Sealtail.Buckets;

/// <summary>Whether what is uploaded cannot be taken back. Never two-valued: not to know is not to be safe.</summary>
internal enum RetentionState
{
    /// <summary>Seen to be as required.</summary>
    Ok,

    /// <summary>Seen not to be as required: objects can be deleted or replaced too soon.</summary>
    Violated,

    /// <summary>Required, but not to be seen from here.</summary>
    Unverified,

    /// <summary>Nothing is required.</summary>
    NotRequired,
}

/// <param name="State">How it stands.</param>
/// <param name="Explanation">Why, as a sentence for an operator.</param>
/// <param name="Bucket">What the bucket said of itself when it was last looked at; null if it never was.</param>
/// <param name="LookedAt">When that was.</param>
/// <param name="ViolatingReplies">Objects that this run uploaded without the required retention.</param>
/// <param name="Warning">What weakens the retention without violating it, as a sentence; null if nothing does.</param>
internal sealed record RetentionStatus(
    RetentionState State, string Explanation, BucketRetention? Bucket, DateTimeOffset? LookedAt, long ViolatingReplies, string? Warning);
