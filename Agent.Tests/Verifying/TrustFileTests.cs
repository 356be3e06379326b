using System.Security.Cryptography;
using NUnit.Framework;
using Sealtail.Format;
using Sealtail.Tests.Support;
using Sealtail.Verifying;

namespace Sealtail.Tests.Verifying;

internal sealed class TrustFileTests
{
    private static readonly string Key = Convert.ToBase64String(ECDsa.Create(ECCurve.NamedCurves.nistP256).ExportSubjectPublicKeyInfo());

    [Test]
    public void Lines_bind_keys_to_streams_and_comments_are_ignored()
    {
        var anchors = TrustFile.Parse($"\uFEFF# keys\r\n\n  prod/*/audit\t{Key}  cp-1, rack 7\r\nprod/cp-2/audit {Key}", "trust.txt");

        Assert.That(anchors.Select(anchor => (anchor.Streams.Text, anchor.Origin)), Is.EqualTo(new[] { ("prod/*/audit", "trust.txt:3"), ("prod/cp-2/audit", "trust.txt:4") }));
    }

    [Test]
    public void All_errors_are_told_each_with_its_place()
    {
        var text = $"prod/cp-1/audit\nPROD/*  {Key}\n\nprod/cp-1/audit  nokey\nprod/cp-1 {Key}\n{Key} prod/cp-1/audit\nprod/cp-1/audit {Convert.ToBase64String(RSA.Create(2048).ExportSubjectPublicKeyInfo())}\n";

        var error = Assert.Throws<TrustException>(() => TrustFile.Parse(text, "trust.txt"));

        Assert.That(error!.Message.Split('\n').Select(line => string.Join(':', line.Split(':').Take(3))), Is.EqualTo(new[] { "trust.txt:1:16", "trust.txt:2:1", "trust.txt:4:18", "trust.txt:5:1", "trust.txt:6:1", "trust.txt:7:17" }));
    }

    [Test]
    public void A_file_without_a_key_is_an_error() => Assert.That(() => TrustFile.Parse("# nothing\n", "t"), Throws.TypeOf<TrustException>());

    [Test]
    public void A_key_file_must_hold_a_P256_public_key()
    {
        using var folder = new TempFolder();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var wrong = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        File.WriteAllText(folder["good"], key.ExportSubjectPublicKeyInfoPem());
        File.WriteAllText(folder["private"], key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(folder["curve"], wrong.ExportSubjectPublicKeyInfoPem());
        File.WriteAllText(folder["text"], "hello");

        Assert.That(TrustFile.ReadKey(folder["good"]).Key.KeyId, Is.EqualTo(Digest.Of(key.ExportSubjectPublicKeyInfo())));
        foreach (var name in new[] { "private", "curve", "text", "absent", "." })
            Assert.That(() => TrustFile.ReadKey(folder[name]), Throws.TypeOf<TrustException>().With.Message.Contains(folder[name]), name);
    }

    [TestCase("*", "prod/cp-1/audit", true)]
    [TestCase("prod/*", "prod/cp-1/audit", true)]
    [TestCase("prod/*/audit", "prod/cp-1/audit", true)]
    [TestCase("prod/cp-?/audit", "prod/cp-1/audit", true)]
    [TestCase("prod/cp-?/audit", "prod/cp-11/audit", false)]
    [TestCase("*/audit", "prod/cp-1/audit", true)]
    [TestCase("*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/a/a", false)]
    [TestCase("prod/cp-1/audit", "prod/cp-1/audit2", false)]
    [TestCase("prod.x/cp-1/audit", "prodyx/cp-1/audit", false)]
    public void A_glob_matches_whole_names(string glob, string stream, bool matches)
    {
        Assert.That(StreamName.TryParse(stream, out var name));
        Assert.That(StreamGlob.Parse(glob).Matches(name!), Is.EqualTo(matches));
    }

    [TestCase("")]
    [TestCase("prod/cp-1")]
    [TestCase("Prod/cp-1/audit")]
    [TestCase("prod/[ab]/audit")]
    [TestCase("prod/cp-1/audit\u202e")]
    public void A_glob_that_can_match_nothing_is_refused(string glob) => Assert.That(() => StreamGlob.Parse(glob), Throws.TypeOf<FormatException>());
}
