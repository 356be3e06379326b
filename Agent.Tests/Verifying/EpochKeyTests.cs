using System.Security.Cryptography;
using NUnit.Framework;
using Sealtail.Format;
using Sealtail.Tests.Support;
using Sealtail.Verifying;

namespace Sealtail.Tests.Verifying;

/// <summary>Which key may sign what.</summary>
internal sealed class EpochKeyTests : IDisposable
{
    private readonly ChainBuilder chain = new();
    private readonly ECDsa otherKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public void Dispose()
    {
        chain.Dispose();
        otherKey.Dispose();
    }

    [Test]
    public async Task A_trusted_key_other_than_the_epochs_own_is_refuted()
    {
        chain.Start().Chunk().Heartbeat();
        chain[1, 2].Key = otherKey;
        using var bucket = chain.Build();
        using var trust = new TrustPolicy([Anchor("*", chain.Key), Anchor("*", otherKey)]);

        var report = await Verification.RunAsync(bucket, trust, chain.Now);

        Assert.That(report.Weighing(), Is.EqualTo(new[] { "EPOCH_KEY_MISMATCH 1/2" }));
    }

    [Test]
    public async Task A_start_that_names_another_key_than_signed_it_is_refuted()
    {
        chain.Start().Chunk();
        chain[1, 0].Key = chain[1, 1].Key = otherKey;
        using var bucket = chain.Build();
        using var trust = new TrustPolicy([Anchor("*", chain.Key), Anchor("*", otherKey)]);

        var report = await Verification.RunAsync(bucket, trust, chain.Now);

        Assert.That(report.Ids(Severity.Error), Is.EqualTo(new[] { "EPOCH_KEY_MISMATCH" }));
    }

    [Test]
    public async Task A_new_key_may_sign_a_new_epoch()
    {
        chain.Start().Chunk().Stop();
        using var first = chain.Key;
        chain.Key = otherKey;
        chain.Start().Chunk();
        using var bucket = chain.Build();
        using var trust = new TrustPolicy([Anchor("*", first), Anchor("prod/cp-1/*", otherKey)]);

        var report = await Verification.RunAsync(bucket, trust, chain.Now);

        Assert.That(report.Weighing(), Is.EqualTo(new[] { "KEY_CHANGED 2/0" }));
        Assert.That(report.ExitCode(false), Is.Zero);
        chain.Key = ECDsa.Create();
    }

    [Test]
    public async Task A_key_trusted_for_another_stream_proves_nothing()
    {
        chain.Start().Chunk();
        using var bucket = chain.Build();
        using var trust = new TrustPolicy([Anchor("prod/cp-2/audit", chain.Key)]);

        var report = await Verification.RunAsync(bucket, trust, chain.Now);

        Assert.That(report.Weighing(), Is.EqualTo(new[] { "KEY_UNKNOWN /", "UNSIGNED_OBJECT /", "STREAM_MISSING /" }));
        Assert.That(report.ExitCode(false), Is.EqualTo(3));
    }

    [Test]
    public async Task An_epoch_that_is_there_under_a_key_that_is_not_trusted_is_not_missing([Values(1, 2)] int untrusted)
    {
        ThreeEpochs(untrusted);

        var report = await ByTheOtherKeyAsync();

        Assert.That(report.Ids(Severity.Error), Is.Empty, string.Join('\n', report.Findings));
        Assert.That(report.Findings.Single(finding => finding.Kind == FindingKind.KeyUnknown).Epoch, Is.EqualTo(untrusted));
        Assert.That(report.ExitCode(false), Is.EqualTo(3));
    }

    [Test]
    public async Task Two_epochs_under_keys_that_are_not_trusted_are_both_there()
    {
        ThreeEpochs(1, 2);

        var report = await ByTheOtherKeyAsync();

        Assert.That(report.Ids(Severity.Error), Is.Empty, string.Join('\n', report.Findings));
        Assert.That(report.Findings.Where(finding => finding.Kind == FindingKind.KeyUnknown).Select(finding => finding.Epoch), Is.EquivalentTo(new[] { 1, 2 }));
    }

    [Test]
    public async Task Of_an_epoch_under_a_key_that_is_not_trusted_a_trusted_checkpoint_may_speak()
    {
        ThreeEpochs(2);
        chain[3, 0].IsCheckpointed = true;

        Assert.That((await ByTheOtherKeyAsync()).Ids(Severity.Error), Is.Empty);
    }

    [Test]
    public async Task An_epoch_under_a_key_that_is_not_trusted_is_missing_if_one_of_its_manifests_is([Values(0, 1, 2)] int sequence)
    {
        ThreeEpochs(1);
        chain[1, sequence].IsAbsent = true;

        Assert.That((await ByTheOtherKeyAsync()).Ids(Severity.Error), Is.EqualTo(new[] { "MANIFEST_MISSING" }));
    }

    [Test]
    public async Task An_epoch_under_a_key_that_is_not_trusted_is_missing_if_it_ends_otherwise_than_the_next_start_says()
    {
        ThreeEpochs(1);
        chain[2, 0].Change = manifest => manifest with { Start = manifest.Start! with { PreviousEpoch = manifest.Start!.PreviousEpoch!.Value with { PayloadSha256 = Digest.Of("other"u8) } } }; // a start with a link

        Assert.That((await ByTheOtherKeyAsync()).Ids(Severity.Error), Is.EqualTo(new[] { "MANIFEST_MISSING" }));
    }

    [Test]
    public async Task An_epoch_whose_signatures_were_spoilt_is_missing()
    {
        ThreeEpochs(1);
        chain[1, 1].ChangeEnvelope = envelope => Signatures.With(envelope, _ => [1]);

        Assert.That((await ByTheOtherKeyAsync()).Ids(Severity.Error), Is.EqualTo(new[] { "MANIFEST_MISSING" }));
    }

    // The named epochs are signed by the chain's own key, all others by the one that is trusted.
    private void ThreeEpochs(params int[] untrusted)
    {
        var own = chain.Key;
        foreach (var epoch in new[] { 1, 2, 3 })
        {
            chain.Key = untrusted.Contains(epoch) ? own : otherKey;
            chain.Start().Chunk().Stop();
        }

        chain.Key = own;
    }

    private async Task<VerifyReport> ByTheOtherKeyAsync()
    {
        using var bucket = chain.Build();
        using var trust = new TrustPolicy([Anchor("*", otherKey)]);
        return await Verification.RunAsync(bucket, trust, chain.Now);
    }

    private static TrustAnchor Anchor(string glob, ECDsa key) => new(StreamGlob.Parse(glob), VerificationKey.FromSpki(key.ExportSubjectPublicKeyInfo()), "test");
}
