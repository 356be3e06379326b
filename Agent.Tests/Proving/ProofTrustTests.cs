using System.Security.Cryptography;
using NUnit.Framework;
using Sealtail.Format;
using Sealtail.Proving;
using Sealtail.Tests.Support;
using Sealtail.Tests.Verifying;
using Sealtail.Verifying;

namespace Sealtail.Tests.Proving;

/// <summary>A proof is believed as far as the auditor's policy believes its key, and says so where that ends.</summary>
internal sealed class ProofTrustTests : IDisposable
{
    private readonly ProofBed bed = new();

    public void Dispose() => bed.Dispose();

    [Test]
    public async Task A_proof_under_a_revoked_key_does_not_hold_whenever_the_theft_was([Values(-1, 0, 1)] int days)
    {
        var folder = await bed.WriteAsync("a-1-1");
        using var trust = new TrustPolicy([Anchor(bed.Chain.Key) with { CompromisedSince = bed.Chain.Now.AddDays(days) }]);

        var report = ProofVerifier.Verify(folder, trust);

        // A thief states any time, and nothing in a proof tells when it was signed.
        Assert.That(report.Findings.Select(finding => finding.Kind.Id), Is.EqualTo(new[] { "PROOF_KEY_COMPROMISED", "PROOF_CHECKPOINT_BY_PROVER" }));
        Assert.That(report.Worst, Is.EqualTo(Severity.Inconclusive));
    }

    [Test]
    public async Task A_key_stolen_for_another_stream_is_stolen_here_too()
    {
        var folder = await bed.WriteAsync("a-1-1");
        using var trust = new TrustPolicy([Anchor(bed.Chain.Key), Anchor(bed.Chain.Key, "other/*") with { CompromisedSince = bed.Chain.Now }]);

        Assert.That(ProofVerifier.Verify(folder, trust).Worst, Is.EqualTo(Severity.Inconclusive));
    }

    [TestCase(-2, -1, false)]
    [TestCase(1, 2, false)]
    [TestCase(-1, 1, true)]
    public async Task A_proof_holds_only_within_its_key_s_validity(int from, int until, bool holds)
    {
        var folder = await bed.WriteAsync("a-1-1");
        var signed = bed.Chain[1, 2].Manifest.Signed;
        using var trust = new TrustPolicy([Anchor(bed.Chain.Key) with { NotBefore = signed.AddDays(from), NotAfter = signed.AddDays(until) }]);

        var report = ProofVerifier.Verify(folder, trust);

        Assert.That(report.Findings.Select(finding => finding.Kind.Id).Contains("PROOF_KEY_NOT_VALID"), Is.Not.EqualTo(holds));
        Assert.That(report.Worst, Is.EqualTo(holds ? Severity.Info : Severity.Inconclusive));
    }

    [TestCase(2, 0)]
    [TestCase(3, 1)]
    public async Task Only_what_the_store_took_before_the_theft_is_proven(int sequence, int proofs)
    {
        var since = bed.Chain[1, sequence].Created;

        var (found, result) = await ProveAsync(anchor => anchor with { CompromisedSince = since });

        Assert.That((found.Count, result.Problems.Count), Is.EqualTo((proofs, 2)), "what comes after the theft is told, once for each of two epochs");
        Assert.That(result.Problems, Is.All.Contains("KEY_COMPROMISED"));
    }

    [Test]
    public async Task Without_a_store_s_clock_nothing_of_a_stolen_key_is_proven()
    {
        bed.Bucket.HasStoreClock = false;

        var (found, result) = await ProveAsync(anchor => anchor with { CompromisedSince = bed.Chain.Now.AddDays(1) });

        Assert.That(found, Is.Empty);
        Assert.That(result.Problems, Has.Some.Contains("no store's clock"));
    }

    [Test]
    public async Task A_key_that_was_not_valid_yet_proves_nothing_and_it_is_told_once_an_epoch()
    {
        var (found, result) = await ProveAsync(anchor => anchor with { NotBefore = bed.Chain.Now.AddDays(1) });

        Assert.That(found, Is.Empty);
        Assert.That(result.Problems.Count(problem => problem.Contains("KEY_NOT_VALID", StringComparison.Ordinal)), Is.EqualTo(2), "of two epochs");
    }

    [Test]
    public async Task A_checkpoint_that_a_thief_may_have_signed_is_not_taken()
    {
        using var thief = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Checkpoints.Put(bed.Bucket, bed.Chain, new Checkpoint(bed.Chain.Stream, 1, 4, Checkpoints.RootOf(bed.Chain, 1, 4)), thief);

        var (found, _) = await ProveAsync(anchor => anchor, Anchor(thief) with { CompromisedSince = bed.Chain.Now.AddDays(-1) });

        Assert.That(found.Single().LogKey!.KeyId, Is.EqualTo(bed.Prover.Public.KeyId));
    }

    [Test]
    public async Task A_checkpoint_by_a_revoked_key_is_the_node_s_word_no_more([Values] bool isRevoked)
    {
        using var later = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Checkpoints.Put(bed.Bucket, bed.Chain, new Checkpoint(bed.Chain.Stream, 1, 4, Checkpoints.RootOf(bed.Chain, 1, 4)), later);
        var (found, _) = await ProveAsync(anchor => anchor, Anchor(later));
        ProofFolder.Write(found.Single(), bed.Bucket.Location, bed["case"]);
        using var trust = new TrustPolicy([Anchor(bed.Chain.Key), Anchor(later) with { CompromisedSince = isRevoked ? bed.Chain.Now : null }]);

        Assert.That(ProofVerifier.Verify(bed["case"], trust).Findings.Select(finding => finding.Kind.Id), Is.EqualTo(isRevoked ? ["PROOF_CHECKPOINT_BY_PROVER"] : Array.Empty<string>()));
    }

    private async Task<(List<Proof> Proofs, ProveResult Result)> ProveAsync(Func<TrustAnchor, TrustAnchor> change, params TrustAnchor[] more)
    {
        using var trust = new TrustPolicy([change(Anchor(bed.Chain.Key)), .. more]);
        var proofs = new List<Proof>();
        var options = new ProveOptions { Match = RecordMatch.Of("a-1-1", []), Streams = StreamGlob.Parse(bed.Chain.Stream.ToString()) };
        var result = await new Prover(bed.Bucket, options, trust, bed.Prover, new FixedTime(bed.Chain.Now)) { Proven = proofs.Add }.RunAsync(CancellationToken.None);
        return (proofs, result);
    }

    private static TrustAnchor Anchor(ECDsa key, string streams = "*") => new(StreamGlob.Parse(streams), VerificationKey.FromSpki(key.ExportSubjectPublicKeyInfo()), "test");
}
