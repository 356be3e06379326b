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

    private static TrustAnchor Anchor(string glob, ECDsa key) => new(StreamGlob.Parse(glob), VerificationKey.FromSpki(key.ExportSubjectPublicKeyInfo()), "test");
}
