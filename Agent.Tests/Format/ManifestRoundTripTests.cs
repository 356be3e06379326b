using System.Text;
using System.Text.Json;
using NUnit.Framework;
using Sealtail.Format;

namespace Sealtail.Tests.Format;

internal sealed class ManifestRoundTripTests
{
    private const int Manifests = 300;

    [Test]
    public void A_written_manifest_is_read_back_with_every_value()
    {
        ForRandomSeeds((seed, manifest) =>
            Assert.That(ManifestReader.Parse(ManifestWriter.ToPayload(manifest)), Is.EqualTo(manifest).Using(ManifestComparer.Instance), $"seed {seed}"));
    }

    [Test]
    public void What_is_read_is_written_with_the_same_bytes()
    {
        ForRandomSeeds((seed, manifest) =>
        {
            var payload = ManifestWriter.ToPayload(manifest);
            Assert.That(Encoding.UTF8.GetString(ManifestWriter.ToPayload(ManifestReader.Parse(payload))), Is.EqualTo(Encoding.UTF8.GetString(payload)), $"seed {seed}");
        });
    }

    [Test]
    public void A_payload_is_one_line_of_strict_JSON()
    {
        ForRandomSeeds((seed, manifest) =>
        {
            var payload = ManifestWriter.ToPayload(manifest);
            using var document = JsonDocument.Parse(payload, new JsonDocumentOptions { AllowDuplicateProperties = false });
            Assert.That(payload.AsSpan().ContainsAnyInRange((byte)0, (byte)0x1f), Is.False, $"seed {seed}");
        });
    }

    [Test]
    public void Plus_and_slash_are_written_as_they_are()
    {
        var manifest = new RandomManifest(1).Next();
        var text = Encoding.UTF8.GetString(ManifestWriter.ToPayload(manifest with { Agent = new AgentVersion("a/b", "1.0+c") }));

        Assert.That(text, Does.EndWith("""
            "agent":{"name":"a/b","version":"1.0+c"}}}
            """));
    }

    /// <summary>A reader of a bucket meets anything: whatever the bytes, it says what is wrong or gives a value, and nothing else happens.</summary>
    [Test]
    public void A_damaged_payload_is_read_or_refused_with_a_FormatException()
    {
        var refused = 0;
        ForRandomSeeds((seed, manifest) =>
        {
            var random = new Random(seed);
            var payload = ManifestWriter.ToPayload(manifest);
            for (var change = random.Next(1, 4); change > 0; change--) payload[random.Next(payload.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0) payload = payload[..random.Next(payload.Length)];
            try
            {
                ManifestReader.Parse(payload);
            }
            catch (FormatException)
            {
                refused++;
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}: {e}");
            }
        });
        Assert.That(refused, Is.GreaterThan(Manifests / 4));
    }

    [Test]
    public void A_written_envelope_is_read_back_with_every_value()
    {
        ForRandomSeeds((seed, manifest) =>
        {
            var random = new Random(seed);
            var signatures = Enumerable.Range(0, random.Next(1, 9)).Select(_ => new EnvelopeSignature(manifest.Log.Root.ToString(), manifest.Log.Root.ToArray()[..random.Next(33)])).ToList();
            var envelope = new Envelope(ManifestWriter.ToPayload(manifest), signatures);
            var read = Envelope.Parse(envelope.ToBytes());
            Assert.That(Digest.Of(read.Payload), Is.EqualTo(Digest.Of(envelope.Payload)), $"seed {seed}");
            Assert.That(read.Signatures.Select(s => (s.KeyId, Convert.ToHexString(s.Signature))), Is.EqualTo(signatures.Select(s => (s.KeyId, Convert.ToHexString(s.Signature)))), $"seed {seed}");
            Assert.That(Digest.Of(read.ToBytes()), Is.EqualTo(Digest.Of(envelope.ToBytes())), $"seed {seed}");
        });
    }

    private static void ForRandomSeeds(Action<int, Manifest> check)
    {
        for (var i = 0; i < Manifests; i++)
        {
            var seed = TestContext.CurrentContext.Random.Next();
            check(seed, new RandomManifest(seed).Next());
        }
    }
}
