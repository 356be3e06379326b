namespace Sealtail.Sealing;

/// <summary>When a chunk is cut and how it is compressed (configuration <c>chunk</c>).</summary>
internal sealed record SealOptions
{
    /// <summary>Plain bytes at which a chunk is cut; only a single longer record makes a larger one.</summary>
    public long MaxSize { get; init; } = 16L << 20;

    /// <summary>Time from a chunk's first record to its cut.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>gzip level, 1 to 9.</summary>
    public int Compression { get; init; } = 6;
}
