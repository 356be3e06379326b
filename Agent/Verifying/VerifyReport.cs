namespace Sealtail.Verifying;

/// <summary>What a verification found (docs/format.md, "Coverage and results").</summary>
internal sealed record VerifyReport
{
    public required string Bucket { get; init; }

    public required bool ManifestsOnly { get; init; }

    public required DateTimeOffset AsOf { get; init; }

    public required DateTimeOffset? From { get; init; }

    public required DateTimeOffset? To { get; init; }

    /// <summary>Whom it rests on. Disposed by whoever made it: read keys' ids only.</summary>
    public required TrustPolicy Trust { get; init; }

    public IReadOnlyList<TrustAnchor> Anchors => Trust.Anchors;

    public required IReadOnlyList<StreamReport> Streams { get; init; }

    /// <summary>In report order.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    public Severity Worst => WorstOf(Findings);

    public Severity WorstOf(StreamReport stream) => WorstOf(Findings.Where(finding => finding.Stream == stream.Stream));

    /// <summary>As the process: 0 proven, 1 refuted, 3 cannot conclude, 4 warnings where they count.</summary>
    public int ExitCode(bool strict) => Worst switch
    {
        Severity.Error => 1,
        Severity.Inconclusive => 3,
        Severity.Warning when strict => 4,
        _ => 0,
    };

    public static string ResultOf(Severity worst) => worst switch
    {
        Severity.Error => "failed",
        Severity.Inconclusive => "inconclusive",
        _ => "ok",
    };

    private static Severity WorstOf(IEnumerable<Finding> findings) => findings.Select(finding => finding.Severity).DefaultIfEmpty(Severity.Info).Max();
}
