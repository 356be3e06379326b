namespace Sealtail.FakeGcs.Storage;

/// <summary>How a test or the command line wants a bucket to begin.</summary>
internal sealed record BucketSettings
{
    public TimeSpan? Retention { get; init; }

    public bool Locked { get; init; }

    public bool Versioning { get; init; }

    /// <summary>Whether objects may carry a retention of their own.</summary>
    public bool ObjectRetention { get; init; }

    public bool DefaultEventBasedHold { get; init; }
}
