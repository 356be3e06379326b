namespace Sealtail.Buckets;

internal enum RetentionRequirement { Locked, Policy, None }

internal enum ViolationAction { Continue, Stop }

/// <summary>The destination (configuration <c>output</c>).</summary>
internal sealed record BucketOptions
{
    /// <summary><c>gs://bucket[/prefix]</c>, <c>file:///dir</c> or a path.</summary>
    public required string Location { get; init; }

    /// <summary>Another endpoint than Google's, without a path: a stand-in or a private one. Null: the environment's or Google's.</summary>
    public Uri? Endpoint { get; init; }

    public CredentialOptions Credentials { get; init; } = new();

    /// <summary>What retention the destination must prove. Null: <c>locked</c> for GCS, <c>none</c> for a directory.</summary>
    public RetentionRequirement? Require { get; init; }

    public TimeSpan? MinimumRetention { get; init; }

    public ViolationAction OnViolation { get; init; } = ViolationAction.Continue;

    public UploadOptions Upload { get; init; } = new();
}
