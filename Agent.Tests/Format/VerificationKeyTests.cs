using System.Security.Cryptography;
using NUnit.Framework;
using Sealtail.Format;

namespace Sealtail.Tests.Format;

internal sealed class VerificationKeyTests : IDisposable
{
    private readonly ECDsa signer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly VerificationKey key;

    public VerificationKeyTests() => key = VerificationKey.FromSpki(signer.ExportSubjectPublicKeyInfo());

    public void Dispose()
    {
        key.Dispose();
        signer.Dispose();
    }

    [Test]
    public void A_key_s_id_is_the_hash_of_its_SubjectPublicKeyInfo()
    {
        Assert.That(key.KeyId, Is.EqualTo(Digest.Of(signer.ExportSubjectPublicKeyInfo())));
        using var same = VerificationKey.FromPem("comment before\n" + signer.ExportSubjectPublicKeyInfoPem() + "\n");
        Assert.That(same.KeyId, Is.EqualTo(key.KeyId));
    }

    [Test]
    public void A_signature_in_DER_holds_for_its_message_alone()
    {
        var signature = signer.SignData("message"u8, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

        Assert.That(key.Verify("message"u8, signature), Is.True);
        Assert.That(key.Verify("massage"u8, signature), Is.False);
        Assert.That(key.Verify("message"u8, [.. signature, 0]), Is.False, "a byte after it");
        Assert.That(key.Verify("message"u8, signature.AsSpan(..^1)), Is.False, "a byte short");
    }

    [Test]
    public void A_signature_in_the_other_encoding_does_not_hold() =>
        Assert.That(key.Verify("message"u8, signer.SignData("message"u8, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)), Is.False);

    [TestCase("")]
    [TestCase("00")]
    [TestCase("3000")]
    [TestCase("3006020100020100", Description = "r = s = 0")]
    [TestCase("3006020101020101")]
    [TestCase("30060201ff0201ff", Description = "negative")]
    [TestCase("3080020101020101", Description = "indefinite length")]
    [TestCase("30840fffffff020101020101")]
    public void What_is_no_signature_does_not_hold_and_does_no_harm(string hex) => Assert.That(key.Verify("message"u8, Convert.FromHexString(hex)), Is.False);

    [Test]
    public void Random_bytes_are_no_signature()
    {
        var random = TestContext.CurrentContext.Random;
        for (var i = 0; i < 300; i++)
        {
            var signature = signer.SignData("message"u8, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
            var place = random.Next(signature.Length);
            signature[place] ^= (byte)random.Next(1, 256);
            Assert.That(key.Verify("message"u8, signature), Is.False, $"byte {place} of {Convert.ToHexString(signature)}");
        }
    }

    [Test]
    public void One_key_verifies_on_many_threads()
    {
        var signature = signer.SignData("message"u8, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        var wrong = 0;
        Parallel.For(0, 500, i =>
        {
            if (key.Verify(i % 2 == 0 ? "message"u8 : "massage"u8, signature) != (i % 2 == 0)) Interlocked.Increment(ref wrong);
        });
        Assert.That(wrong, Is.Zero);
    }

    [Test]
    public void Keys_of_another_kind_are_refused()
    {
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);

        Assert.That(() => VerificationKey.FromSpki(p384.ExportSubjectPublicKeyInfo()), Throws.TypeOf<FormatException>());
        Assert.That(() => VerificationKey.FromSpki(rsa.ExportSubjectPublicKeyInfo()), Throws.TypeOf<FormatException>());
    }

    [Test]
    public void A_damaged_key_is_refused_at_whatever_byte()
    {
        var spki = key.Spki;
        for (var place = 0; place < spki.Length; place++)
        {
            var damaged = spki.ToArray();
            damaged[place] ^= 0x41;
            Assert.That(() => VerificationKey.FromSpki(damaged), Throws.TypeOf<FormatException>(), $"byte {place} of {Convert.ToHexString(spki)}");
        }
    }

    [Test]
    public void A_key_followed_by_anything_is_refused() => Assert.That(() => VerificationKey.FromSpki([.. key.Spki, 0]), Throws.TypeOf<FormatException>());

    [TestCase("")]
    [TestCase("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE")]
    [TestCase("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")]
    [TestCase("-----BEGIN PUBLIC KEY-----\n!!!!\n-----END PUBLIC KEY-----\n")]
    [TestCase("-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n")]
    public void What_holds_no_key_is_refused(string pem) => Assert.That(() => VerificationKey.FromPem(pem), Throws.TypeOf<FormatException>());

    [Test]
    public void A_private_key_is_no_verification_key() => Assert.That(() => VerificationKey.FromPem(signer.ExportPkcs8PrivateKeyPem()), Throws.TypeOf<FormatException>());
}
