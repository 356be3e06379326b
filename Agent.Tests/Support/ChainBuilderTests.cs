using System.Text;
using NUnit.Framework;
using Sealtail.Format;

namespace Sealtail.Tests.Support;

/// <summary>The builder makes what docs/format.md describes: checked by hand here, so that the verifier's tests stand on firm ground.</summary>
internal sealed class ChainBuilderTests
{
    [Test]
    public void A_chain_links_signs_and_names_every_object()
    {
        using var chain = new ChainBuilder();
        chain.Start().Chunk().Chunk().Rotate().Chunk().Heartbeat().Stop().Start().Chunk();

        using var bucket = chain.Build();

        using var key = VerificationKey.FromPem(chain.PublicKeyPem);
        Digest? previous = null;
        foreach (var draft in chain.Drafts)
        {
            var envelope = Envelope.Parse(bucket[draft.Name]);
            var manifest = ManifestReader.Parse(envelope.Payload);
            Assert.That(key.Verify(Envelope.PreAuthenticationEncoding(envelope.Payload), envelope.Signatures[0].Signature), draft.Name);
            Assert.That(manifest.Previous, Is.EqualTo(manifest.Sequence == 0 ? null : previous), draft.Name);
            Assert.That(manifest.Log.Size, Is.EqualTo(manifest.Sequence), draft.Name);
            if (manifest.Entry.Object is { } chunk) Assert.That(Digest.Of(bucket[chunk.Name]), Is.EqualTo(chunk.Sha256));
            previous = Digest.Of(envelope.Payload);
        }

        Assert.That(chain[2, 0].Manifest.Start!.PreviousEpoch, Is.EqualTo(new ManifestLink(1, 5, chain[1, 5].PayloadSha256)));
        Assert.That(chain[1, 3].Manifest.Totals.Records, Is.EqualTo(3));
        Assert.That(chain[1, 3].Manifest.Entry.Sources, Has.Count.EqualTo(2), "the end of the rotated file, and the new one");
        Assert.That(Encoding.UTF8.GetString(chain[1, 3].Plain!), Does.StartWith("{\"kind\""));
    }

    [Test]
    public void A_change_is_mended_in_everything_after_it()
    {
        using var chain = new ChainBuilder();
        chain.Start().Chunk().Chunk();
        chain[1, 1].Change = manifest => manifest with { Signed = manifest.Signed.AddSeconds(1) };

        using var bucket = chain.Build();

        var changed = Envelope.Parse(bucket[chain[1, 1].Name]).Payload;
        Assert.That(ManifestReader.Parse(Envelope.Parse(bucket[chain[1, 2].Name]).Payload).Previous, Is.EqualTo(Digest.Of(changed)));
    }
}
