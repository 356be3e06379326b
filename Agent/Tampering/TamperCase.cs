using Sealtail.Verifying;

namespace Sealtail.Tampering;

/// <summary>What an attacker of the catalogue can do.</summary>
internal enum Attacker
{
    /// <summary>Nobody: something unusual that is fine.</summary>
    None,

    /// <summary>Writes, replaces and deletes objects; has no key.</summary>
    Store,

    /// <summary>Holds the node's private key besides, and signs whatever it likes.</summary>
    Signer,

    /// <summary>No attack: the auditor asks for, or knows, more than the bucket shows.</summary>
    Auditor,
}

/// <summary>One row of the catalogue: what is done to a good bucket, and what verification must say.</summary>
internal sealed record TamperCase(string Id, Attacker Attacker, string Does, Action<TamperWorld> Act)
{
    /// <summary>The finding that must be there and that no other outweighs; null: nothing that weighs may be found.</summary>
    public FindingKind? Finding { get; init; }

    /// <summary>How much it weighs here; null: what the kind weighs.</summary>
    public Severity? Weight { get; init; }

    /// <summary>Whether the good bucket has a gap that its agent declared.</summary>
    public bool HasGap { get; init; }

    public Severity Severity => Weight ?? Finding?.Severity ?? Severity.Info;

    /// <summary>Of <c>sealtail verify --strict</c>.</summary>
    public int ExitCode => Severity switch
    {
        Severity.Error => 1,
        Severity.Inconclusive => 3,
        Severity.Warning => 4,
        _ => 0,
    };

    public override string ToString() => Id;

    public Task<TamperResult> RunAsync(CancellationToken cancellationToken) => RunAsync(null, cancellationToken);

    /// <summary>Does it to a bucket of its own, shows that to <paramref name="look"/>, and verifies it.</summary>
    /// <param name="look">Is shown the bucket before it is verified.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <param name="read">Is given the report while its keys are there.</param>
    public async Task<TamperResult> RunAsync(Action<TamperCase, TamperWorld>? look, CancellationToken cancellationToken, Action<VerifyReport>? read = null)
    {
        using var world = new TamperWorld(HasGap);
        Act(world);
        look?.Invoke(this, world);
        var report = await new Verifier(world.Bucket, world.Trust, world.Options, new FixedClock(world.Now)).VerifyAsync(cancellationToken);
        read?.Invoke(report);
        return new TamperResult(this, report);
    }
}

/// <summary>What verification said of a case.</summary>
internal sealed record TamperResult(TamperCase Case, VerifyReport Report)
{
    public bool IsAsExpected =>
        Report.ExitCode(strict: true) == Case.ExitCode
        && Report.Worst == Case.Severity
        && (Case.Finding is null || Report.Findings.Any(finding => finding.Kind == Case.Finding && finding.Severity == Case.Severity));

    /// <summary>The findings that weigh most, each id once.</summary>
    public IReadOnlyList<string> Found =>
        [.. Report.Findings.Where(finding => finding.Severity == Report.Worst && finding.Severity > Severity.Info).Select(finding => finding.Kind.Id).Distinct()];
}
