using Sealtail.Buckets;
using Sealtail.Format;
using Sealtail.Tests.Support;
using Sealtail.Verifying;

namespace Sealtail.Tests.Verifying;

/// <summary>Runs the verifier over a bucket, a second after the chain's last manifest unless told otherwise, and reads its report.</summary>
internal static class Verification
{
    public static Task<VerifyReport> RunAsync(ChainBuilder chain, VerifyOptions? options = null) => RunAsync(chain.Build(), chain, options);

    public static Task<VerifyReport> RunAsync(IBucket bucket, ChainBuilder chain, VerifyOptions? options = null) =>
        RunAsync(bucket, [chain], options);

    public static async Task<VerifyReport> RunAsync(IBucket bucket, IReadOnlyList<ChainBuilder> chains, VerifyOptions? options = null)
    {
        var everything = StreamGlob.Parse("*");
        using var trust = new TrustPolicy([.. chains.Select(chain => new TrustAnchor(everything, VerificationKey.FromSpki(chain.Spki), "test"))]);
        return await RunAsync(bucket, trust, chains.Max(chain => chain.Now).AddSeconds(1), options);
    }

    public static Task<VerifyReport> RunAsync(IBucket bucket, TrustPolicy trust, DateTimeOffset now, VerifyOptions? options = null) =>
        new Verifier(bucket, trust, options ?? new VerifyOptions(), new FixedTime(now)).VerifyAsync(CancellationToken.None);

    /// <summary>The findings that weigh, as <c>ID epoch/sequence</c>.</summary>
    public static string[] Weighing(this VerifyReport report) =>
        [.. report.Findings.Where(finding => finding.Severity > Severity.Info).Select(finding => $"{finding.Kind.Id} {finding.Epoch}/{finding.Sequence}")];

    public static string[] Ids(this VerifyReport report, Severity severity) =>
        [.. report.Findings.Where(finding => finding.Severity == severity).Select(finding => finding.Kind.Id).Distinct()];
}

/// <summary>Stands still for who asks the time; waits are real.</summary>
internal sealed class FixedTime(DateTimeOffset now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;
}
