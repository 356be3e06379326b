using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>An epoch under a key that is not trusted, as it is walked: manifests without a hole, each naming the one before, all signed by the key that the start names.</summary>
internal sealed class UntrustedEpoch(long number)
{
    private byte[] key = [];

    public long Number => number;

    public Digest KeyId => Digest.Of(key);

    /// <summary>The manifests so far.</summary>
    public long Size { get; private set; }

    /// <summary>The newest of them, as a start would link to it.</summary>
    public ManifestLink Last { get; private set; }

    /// <summary>What its own start links to.</summary>
    public ManifestLink? Link { get; private set; }

    /// <summary>A trusted key signed the hash of one of them: so it and all before it are what they were then.</summary>
    public bool IsNamed { get; set; }

    public bool IsTold { get; set; }

    /// <summary>Takes the next of its manifests. False if none of the objects at this place is.</summary>
    public bool Take(ManifestGroup group)
    {
        if (group.Sequence != Size) return false;
        foreach (var item in group.Objects)
        {
            if (item.Untrusted is not { } envelope || Read(item.Name, envelope.Payload) is not { } manifest) continue;
            if (manifest.Start is { } start) (key, Link) = (start.PublicKey, start.PreviousEpoch);
            else if (manifest.Previous != Last.PayloadSha256) continue;
            if (!envelope.IsSignedBy(key)) continue;
            Last = new ManifestLink(number, group.Sequence, Digest.Of(envelope.Payload));
            Size++;
            return true;
        }

        return false;
    }

    private static Manifest? Read(ManifestName name, byte[] payload)
    {
        try
        {
            var manifest = ManifestReader.Parse(payload);
            return manifest.Stream == name.Stream && manifest.Epoch == name.Epoch && manifest.Sequence == name.Sequence ? manifest : null;
        }
        catch (FormatException)
        {
            return null; // it is nothing, whoever signed it
        }
    }
}

internal static class UntrustedSignature
{
    /// <summary>Whether the key with this SubjectPublicKeyInfo signed the envelope: for telling keys apart, never for believing.</summary>
    public static bool IsSignedBy(this Envelope envelope, byte[] spki)
    {
        try
        {
            using var key = VerificationKey.FromSpki(spki);
            var message = Envelope.PreAuthenticationEncoding(envelope.Payload);
            return envelope.Signatures.Any(signature => key.Verify(message, signature.Signature));
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
