using System.Security.Cryptography;
using NUnit.Framework;
using Sealtail.Format;
using Sealtail.Trusting;
using Sealtail.Verifying;

namespace Sealtail.Tests.Trusting;

/// <summary>A trust policy means what it says, or is refused with every error and its place.</summary>
internal sealed class TrustPolicyFileTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public void Dispose()
    {
        key.Dispose();
        folder.Dispose();
    }

    private string Spki => Convert.ToBase64String(key.ExportSubjectPublicKeyInfo());

    [Test]
    public void Everything_that_can_be_said_is_heard()
    {
        folder.Write("cp-2.pub", key.ExportSubjectPublicKeyInfoPem());
        var path = folder.Write("trust.yaml", $"""
            version: 1
            keys:
              - streams: [prod/cp-1/*, prod/cp-9/audit]
                publicKey: {Spki}
                notBefore: 2026-01-01
                notAfter: 2027-01-01T00:00:00Z
                compromisedSince: 2026-06-01T12:00:00Z
                comment: rack 7
              - streams: prod/cp-2/audit
                file: cp-2.pub
            expected: [prod/cp-1/audit, prod/cp-2/audit]
            minimumRetention: 365d
            maximumSilence: 15m
            """);

        using var policy = TrustDocument.Read(path, Digest.Of(File.ReadAllBytes(path)));

        Assert.That(policy.Anchors.Select(anchor => anchor.Streams.Text), Is.EqualTo(new[] { "prod/cp-1/*", "prod/cp-9/audit", "prod/cp-2/audit" }));
        Assert.That(policy.Anchors[0].NotBefore, Is.EqualTo(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        Assert.That(policy.Anchors[1].CompromisedSince, Is.EqualTo(new DateTimeOffset(2026, 6, 1, 12, 0, 0, TimeSpan.Zero)));
        Assert.That(policy.Expected!.Select(stream => stream.ToString()), Is.EqualTo(new[] { "prod/cp-1/audit", "prod/cp-2/audit" }));
        Assert.That((policy.MinimumRetention, policy.RequiresLock, policy.MaximumSilence), Is.EqualTo((TimeSpan.FromDays(365), true, TimeSpan.FromMinutes(15))));
        Assert.That(policy.File!.Value.Sha256, Is.EqualTo(Digest.Of(File.ReadAllBytes(path))));
    }

    [Test]
    public void All_errors_are_told_each_with_its_place()
    {
        var path = folder.Write("trust.yaml", """
            version: 2
            keys:
              - streams: PROD/*
                publicKey: AAAA
                notBefor: 2026-01-01
              - streams: prod/*
            expected: [prod/*]
            minimumRetention: 365
            lockedRetention: perhaps
            """);

        Assert.That(() => TrustDocument.Read(path, null), Throws.TypeOf<TrustException>().With.Message
            .Contains("trust.yaml:1:10: version: must be 1").And.Message.Contains("trust.yaml:3:14").And.Message.Contains("did you mean notBefore?")
            .And.Message.Contains("must have either publicKey").And.Message.Contains("without wildcards").And.Message.Contains("needs a unit").And.Message.Contains("must be true or false"));
    }

    [TestCase("")]
    [TestCase("version: 1\n")]
    [TestCase("version: 1\nkeys: []\n")]
    [TestCase("version: 1\nkeys: &a [*a]\n")]
    [TestCase("- a\n- b: c\n")]
    public void What_names_no_key_is_refused(string text) => Assert.That(() => TrustDocument.Read(folder.Write("trust.yaml", text), null), Throws.TypeOf<TrustException>());

    [Test]
    public void A_file_of_trust_lines_is_read_as_before()
    {
        using var policy = TrustDocument.Read(folder.Write("trust.txt", $"# nodes\nprod/*/audit {Spki} cp-1: rack 7\n"), null);

        Assert.That(policy.Anchors.Single().Streams.Text, Is.EqualTo("prod/*/audit"));
        Assert.That((policy.Expected, policy.MinimumRetention), Is.EqualTo(((IReadOnlyList<StreamName>?)null, (TimeSpan?)null)));
    }

    [Test]
    public void A_pinned_file_must_be_that_very_file()
    {
        var path = folder.Write("trust.txt", $"prod/*/audit {Spki}\n");

        Assert.That(() => TrustDocument.Read(path, Digest.Of("other"u8)), Throws.TypeOf<TrustException>().With.Message.Contains("not the pinned"));
    }
}
