namespace Sealtail.Verifying;

/// <summary>What to verify, and what to ask of it.</summary>
internal sealed record VerifyOptions
{
    /// <summary>Which streams; null: all.</summary>
    public StreamGlob? Streams { get; init; }

    /// <summary>Begin of the requested interval; null: each stream's first start.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>End of the requested interval; null: each stream's last manifest.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>The time at which a stream is judged silent; null: now, and nothing is asked of the time after a clean stop.</summary>
    public DateTimeOffset? AsOf { get; init; }

    /// <summary>Chunks are checked by presence, size and CRC-32C only, not opened.</summary>
    public bool ManifestsOnly { get; init; }

    /// <summary>Chunks in work at once.</summary>
    public int Parallelism { get; init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value)); } = Math.Max(2, Environment.ProcessorCount);

    /// <summary>Manifests read ahead.</summary>
    public int ReadAhead { get; init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value)); } = 32;

    /// <summary>Folders of the bucket listed at once. Each holds two pages of a thousand names at most.</summary>
    public int ListingsAtOnce { get; init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value)); } = 8;

    /// <summary>Attempts at reading one object before it counts as unreadable.</summary>
    public int MaxAttempts { get; init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value)); } = 3;
}
