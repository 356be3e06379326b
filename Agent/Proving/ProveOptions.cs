using Sealtail.Verifying;

namespace Sealtail.Proving;

/// <summary>What to prove, and where to look for it.</summary>
internal sealed record ProveOptions
{
    public required RecordMatch Match { get; init; }

    /// <summary>Which streams; null: all.</summary>
    public StreamGlob? Streams { get; init; }

    /// <summary>Chunks signed before are not searched; null: none is too old.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Chunks that hold only later bytes are not searched; null: none is too new.</summary>
    public DateTimeOffset? To { get; init; }

    public int Limit { get; init; } = 100;

    public int ReadAhead { get; init; } = 32;
}
