namespace Sealtail.Posture;

/// <summary>What became of one attempt.</summary>
internal enum DrillOutcome
{
    /// <summary>As it must be: refused, or for what must be allowed, done.</summary>
    Held,

    /// <summary>It went through, or would have: immutability is refuted.</summary>
    Broken,

    /// <summary>No definite answer.</summary>
    Unknown,

    /// <summary>Not tried, because that could do harm or has no meaning here; said why.</summary>
    NotTried,
}

/// <summary>One attempt with the store's own words.</summary>
/// <param name="Action">What was tried, as a verb and its object.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Status">The HTTP status; null where there was none.</param>
/// <param name="Answer">The reason and message, or what was seen.</param>
/// <param name="At">When, by the clock of whoever drills.</param>
internal sealed record DrillAttempt(string Action, DrillOutcome Outcome, int? Status, string Answer, DateTimeOffset At);

/// <summary>A drill: what was tried on a bucket, and what the bucket made of it.</summary>
internal sealed record DrillReport
{
    public required string Bucket { get; init; }

    /// <summary>The marked object, relative to the location's prefix.</summary>
    public required string ObjectName { get; init; }

    /// <summary>Whether it was proven that the agent's identity can only create.</summary>
    public required bool AsAgent { get; init; }

    public required DateTimeOffset Begun { get; init; }

    public required IReadOnlyList<DrillAttempt> Attempts { get; init; }

    /// <summary>0 only if every attempt was refused; 1 if one was not; 3 if that is not known.</summary>
    public int ExitCode => Attempts.Any(attempt => attempt.Outcome == DrillOutcome.Broken) ? 1
        : Attempts.Any(attempt => attempt.Outcome == DrillOutcome.Unknown) || Attempts.All(attempt => attempt.Outcome == DrillOutcome.NotTried) ? 3 : 0;

    public string Result => ExitCode switch { 0 => "held", 1 => "broken", _ => "inconclusive" };
}
