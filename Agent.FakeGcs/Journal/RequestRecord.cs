using Sealtail.FakeGcs.Faults;
using Sealtail.FakeGcs.Protocol;

namespace Sealtail.FakeGcs.Journal;

/// <summary>One request as the store saw it. Immutable: the journal swaps in a new record as the request goes on.</summary>
internal sealed record RequestRecord
{
    public required long Number { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string Method { get; init; }

    /// <summary>Path and query as they were sent.</summary>
    public required string Target { get; init; }

    public required GcsCall Call { get; init; }

    public string? Bucket { get; init; }

    /// <summary>The decoded object name, wherever the request gave it; of a listing, the prefix that it asks for.</summary>
    public string? Name { get; init; }

    /// <summary>The authenticated identity; null for anonymous or refused callers.</summary>
    public string? Principal { get; init; }

    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    public RequestStage Stage { get; init; }

    /// <summary>Bytes of the body that were read.</summary>
    public long BodyBytes { get; init; }

    /// <summary>What the request was judged to deserve, before any fault; null if it never was judged.</summary>
    public int? Outcome { get; init; }

    /// <summary>The status sent; null if the connection was cut before.</summary>
    public int? Status { get; init; }

    public FaultRule? Fault { get; init; }
}
