namespace Sealtail.Buckets;

/// <summary>What a failed attempt means for the next one.</summary>
internal enum BucketFault
{
    /// <summary>No definite reply, or a reply that asks to come back: resend. The object may or may not have been stored.</summary>
    Transient,

    /// <summary>The identity lacks the permission. An administrator must act; slow retry.</summary>
    Denied,

    /// <summary>The bucket is not there (or its directory cannot be made). An administrator must act; slow retry.</summary>
    BucketMissing,

    /// <summary>The object is not there. Only from reading.</summary>
    NotFound,

    /// <summary>The store computed another checksum than the one declared: the bytes sent are not the bytes sealed.</summary>
    Damaged,

    /// <summary>The store refused for a reason that neither time nor resending mends. An administrator must act; slow retry.</summary>
    Refused,
}

/// <summary>A store did not do what was asked. The message is a sentence for an operator, without secrets.</summary>
internal sealed class BucketException(BucketFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    public BucketFault Fault { get; } = fault;

    /// <summary>It was tried as often as it is worth: nobody who repeats such things repeats this one.</summary>
    public bool IsFinal { get; init; }

    /// <summary>How long the store asked to wait, if it did.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
