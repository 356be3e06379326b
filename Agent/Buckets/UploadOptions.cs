namespace Sealtail.Buckets;

/// <summary>How uploads are made (configuration <c>output.upload</c>).</summary>
internal sealed record UploadOptions
{
    /// <summary>Chunks of one input uploaded at the same time; manifests always go one by one.</summary>
    public int Parallel { get; init; } = 4;

    /// <summary>Limit of one attempt, after which it counts as failed without a definite reply.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);
}
