using System.Text.RegularExpressions;
using Sealtail.FakeGcs.Protocol;

namespace Sealtail.FakeGcs.Faults;

/// <summary>One scripted fault: whom it strikes, how often, and what happens. Absent conditions match everything.</summary>
internal sealed record FaultRule
{
    private readonly Regex? pattern;

    public string? Method { get; init; }

    public GcsCall? Call { get; init; }

    /// <summary>A glob over the decoded object name; <c>*</c> crosses slashes.</summary>
    public string? Name
    {
        get;
        init
        {
            field = value;
            pattern = value is null ? pattern : new Regex($"^{Regex.Escape(value).Replace("\\*", ".*").Replace("\\?", ".")}$", RegexOptions.Singleline);
        }
    }

    /// <summary>A regular expression over the decoded object name, instead of a glob.</summary>
    public string? NameRegex
    {
        get;
        init
        {
            field = value;
            pattern = value is null ? pattern : new Regex(value);
        }
    }

    /// <summary>Matching requests that pass unharmed first: "401 after N".</summary>
    public int Skip { get; init; }

    /// <summary>How many requests are struck; null for all.</summary>
    public int? Count { get; init; }

    /// <summary><see cref="Skip"/> and <see cref="Count"/> are of each object name by itself: "the first reply of every object".</summary>
    public bool PerName { get; init; }

    public double Probability { get; init; } = 1;

    public required FaultKind Kind { get; init; }

    public FaultForm Form { get; init; }

    public int Status { get; init; } = 503;

    /// <summary>The error's reason; by default the one that fits the status.</summary>
    public string? Reason { get; init; }

    public string? Message { get; init; }

    /// <summary>The header's value, in seconds or as a date.</summary>
    public string? RetryAfter { get; init; }

    public FaultBody Body { get; init; }

    /// <summary>
    /// Not applied: strike when this many bytes of the request's body have been read, instead of all. Truncation: bytes of the reply that still arrive,
    /// instead of half.
    /// </summary>
    public long? AfterBytes { get; init; }

    /// <summary>How long a stall lasts (null: until the client gives up), or the pause between the pieces of a drip.</summary>
    public TimeSpan? Delay { get; init; }

    public int PieceBytes { get; init; } = 16;

    /// <summary>Members of the reply's JSON to replace, or to remove where null. Media instead gets its first byte flipped.</summary>
    public IReadOnlyDictionary<string, string?> Fields { get; init; } = new Dictionary<string, string?>();

    public TimeSpan Jump { get; init; }

    public bool Matches(string method, GcsCall call, string? name) =>
        (Method is null || Method == method)
        && (Call is null || Call == call)
        && (pattern is null || (name is not null && pattern.IsMatch(name)));
}
