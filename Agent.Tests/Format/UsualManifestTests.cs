using System.Security.Cryptography;
using System.Text;
using NUnit.Framework;
using Sealtail.Format;
using Sealtail.Tampering;

namespace Sealtail.Tests.Format;

/// <summary>What is read by its spelling is what the strict readers read, and what they refuse is never read so.</summary>
internal sealed class UsualManifestTests : IDisposable
{
    private readonly ChainBuilder chain = new();

    public void Dispose() => chain.Dispose();

    [Test]
    public void A_chunk_s_manifest_is_read_as_the_strict_reader_reads_it()
    {
        var payloads = Payloads();

        foreach (var (name, payload) in payloads)
        {
            var quick = UsualManifest.TryRead(payload, name);
            Assert.That(quick, Is.Not.Null, Encoding.UTF8.GetString(payload));
            Assert.That(ManifestWriter.ToPayload(quick!), Is.EqualTo(payload));
            Assert.That(ManifestWriter.ToPayload(ManifestReader.Parse(payload)), Is.EqualTo(payload));
        }

        Assert.That(payloads, Has.Count.GreaterThan(2));
    }

    [Test]
    public void Whatever_is_changed_in_a_payload_is_read_as_the_strict_reader_reads_it_or_left_to_it()
    {
        var seed = TestContext.CurrentContext.Random.Next();
        var random = new Random(seed);
        string[] inserted = ["0", "-", ".", "e1", " ", "\"", "\\u0041", "\n", "\u00e9", ",", "{}", "\"kind\":\"chunk\",", "null", "A", "99999999999999999999"];
        var read = 0;
        foreach (var (name, payload) in Payloads())
            for (var i = 0; i < 3000; i++)
            {
                var at = random.Next(payload.Length);
                byte[] changed = random.Next(3) switch
                {
                    0 => [.. payload[..at], (byte)(payload[at] ^ (1 << random.Next(8))), .. payload[(at + 1)..]],
                    1 => [.. payload[..at], .. Encoding.UTF8.GetBytes(inserted[random.Next(inserted.Length)]), .. payload[at..]],
                    _ => [.. payload[..at], .. payload[Math.Min(payload.Length, at + random.Next(1, 20))..]],
                };
                if (UsualManifest.TryRead(changed, name) is not { } quick) continue;
                read++;
                Assert.That(ManifestWriter.ToPayload(quick), Is.EqualTo(ManifestWriter.ToPayload(ManifestReader.Parse(changed))), $"seed {seed}: {Encoding.UTF8.GetString(changed)}");
            }

        Assert.That(read, Is.Positive, $"seed {seed}");
    }

    [Test]
    public void Another_place_s_manifest_is_left_to_the_strict_reader()
    {
        var (name, payload) = Payloads()[0];

        Assert.That(UsualManifest.TryRead(payload, name with { Epoch = 2 }), Is.Null);
        Assert.That(UsualManifest.TryRead(payload, name with { Sequence = name.Sequence + 1 }), Is.Null);
        Assert.That(UsualManifest.TryRead(payload, name with { Stream = StreamName.Create("other", "cp-1", "audit") }), Is.Null);
    }

    [Test]
    public void An_envelope_s_message_is_the_pre_authentication_encoding_for_every_length([Values(0, 1, 2, 3, 9, 10, 99, 100, 999, 1000, 9999, 10_000, 100_000)] int length)
    {
        var payload = new byte[length];
        TestContext.CurrentContext.Random.NextBytes(payload);
        var bytes = new Envelope(payload, [new EnvelopeSignature("ab", [1, 2, 3, 4])]).ToBytes();

        Assert.That(UsualEnvelope.TryOpen(bytes, new byte[UsualEnvelope.RoomFor(bytes.Length)], out var opened), Is.True);

        Assert.That(opened.Message.ToArray(), Is.EqualTo(Envelope.PreAuthenticationEncoding(payload)));
        Assert.That(opened.Payload.ToArray(), Is.EqualTo(payload));
        Assert.That(opened.Signature.ToArray(), Is.EqualTo(new byte[] { 1, 2, 3, 4 }));
        Assert.That(Encoding.ASCII.GetString(opened.KeyId), Is.EqualTo("ab"));
    }

    [TestCase("e30 ")]
    [TestCase("e3 0=")]
    [TestCase("e31=")]
    [TestCase("e30")]
    [TestCase("e30\n")]
    [TestCase("e30=\t\t\t\t")]
    public void Loose_base64_is_not_usual(string base64)
    {
        var bytes = Encoding.UTF8.GetBytes($"{{\"payload\":\"{base64}\",\"payloadType\":\"application/vnd.in-toto+json\",\"signatures\":[{{\"keyid\":\"ab\",\"sig\":\"AQ==\"}}]}}");

        Assert.That(UsualEnvelope.TryOpen(bytes, new byte[UsualEnvelope.RoomFor(bytes.Length)], out _), Is.False);
    }

    [Test]
    public void A_printed_time_is_read_as_any_time_is([Values("2026-02-29T00:00:00.000000Z", "2028-02-29T23:59:59.999999Z", "2026-13-01T00:00:00.000000Z", "2026-01-01T24:00:00.000000Z", "2026-01-01T00:00:60.000000Z", "0000-01-01T00:00:00.000000Z", "9999-12-31T23:59:59.999999Z", "2026-01-01T00:00:00.00000 Z")] string text)
    {
        var isTime = Timestamp.TryParse(text, out var expected);

        Assert.That(Timestamp.TryParsePrinted(Encoding.ASCII.GetBytes(text), out var time), Is.EqualTo(isTime));
        if (isTime) Assert.That(time, Is.EqualTo(expected));
    }

    [Test]
    public void A_signature_is_judged_as_dotnet_judges_it()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var verifier = VerificationKey.FromSpki(key.ExportSubjectPublicKeyInfo());
        var seed = TestContext.CurrentContext.Random.Next();
        var random = new Random(seed);
        var message = new byte[300];
        random.NextBytes(message);
        for (var i = 0; i < 200; i++)
        {
            var signature = key.SignData(message, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
            Assert.That(verifier.Verify(message, signature), Is.True);
            byte[] changed = random.Next(4) switch
            {
                0 => [.. signature, 0],
                1 => signature[..random.Next(signature.Length)],
                2 => key.SignData(message, HashAlgorithmName.SHA256),
                _ => Flipped(signature, random),
            };
            Assert.That((verifier.Verify(message, changed), verifier.VerifyByNet(message, changed)), Is.EqualTo((false, false)), $"seed {seed}: {Convert.ToHexString(changed)}");
        }

        Assert.That(verifier.Verify([], key.SignData([], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)), Is.True);
    }

    private static byte[] Flipped(byte[] bytes, Random random)
    {
        byte[] changed = [.. bytes];
        changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
        return changed;
    }

    private List<(ManifestName Name, byte[] Payload)> Payloads()
    {
        chain.Start().Chunk().Chunk().Rotate().Chunk();
        using var bucket = chain.Build();
        var payloads = new List<(ManifestName, byte[])>();
        foreach (var text in bucket.Names)
            if (ManifestName.TryParse(text, out var name) && Envelope.Parse(bucket[text]).Payload is var payload && ManifestReader.Parse(payload).Kind == ManifestKind.Chunk)
                payloads.Add((name, payload));
        return payloads;
    }
}
