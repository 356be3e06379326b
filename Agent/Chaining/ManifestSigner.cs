using System.Text;
using Sealtail.Format;

namespace Sealtail.Chaining;

/// <summary>Manifests as signed envelopes that fit the format's 256 KiB, whatever the entry brings.</summary>
internal sealed class ManifestSigner(SigningKey key, AgentVersion agent)
{
    private const int ShortTextBytes = 64;

    public AgentVersion Agent { get; } = agent;

    public VerificationKey Key => key.Public;

    /// <summary>Signs the manifest, its own receipt last among the receipts. Where it does not fit, what only informs gives way: first old receipts, then the length of paths and details.</summary>
    /// <exception cref="InvalidOperationException">It does not fit even so: the entry has more ranges and gaps than the spool admits.</exception>
    public (Manifest Manifest, byte[] Payload, byte[] Envelope) Sign(Manifest manifest, Receipt? own)
    {
        Receipt[] receipts = [.. manifest.Receipts, .. own is null ? Array.Empty<Receipt>() : [own]];
        return TrySign(manifest with { Receipts = receipts })
            ?? TrySign(manifest = manifest with { Receipts = [.. receipts.TakeLast(2)] })
            ?? TrySign(manifest with { Entry = Shorten(manifest.Entry, ShortTextBytes) })
            ?? TrySign(manifest with { Entry = Shorten(manifest.Entry, 0) })
            ?? throw new InvalidOperationException($"A manifest with {manifest.Entry.Sources.Count} ranges and {manifest.Entry.Gaps.Count} gaps exceeds {Envelope.MaxBytes} bytes.");
    }

    public SignedCheckpoint Sign(Checkpoint checkpoint) => SignedCheckpoint.Sign(checkpoint, key);

    private (Manifest Manifest, byte[] Payload, byte[] Envelope)? TrySign(Manifest manifest)
    {
        var payload = ManifestWriter.ToPayload(manifest);
        if (payload.Length > Envelope.MaxBytes) return null; // base64 only adds to it
        var envelope = new Envelope(payload, [new EnvelopeSignature(Key.KeyId.ToString(), key.Sign(payload))]).ToBytes();
        return envelope.Length <= Envelope.MaxBytes ? (manifest, payload, envelope) : null;
    }

    private static EntryFacts Shorten(EntryFacts facts, int bytes) => facts with
    {
        Sources = [.. facts.Sources.Select(range => range with { Path = Cut(range.Path, bytes) })],
        Gaps = [.. facts.Gaps.Select(gap => gap with { Detail = Cut(gap.Detail, bytes) })],
    };

    private static string Cut(string text, int maxBytes)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length <= maxBytes) return text;
        var length = maxBytes;
        while (length > 0 && (bytes[length] & 0xC0) == 0x80) length--; // not within a character
        return Encoding.UTF8.GetString(bytes, 0, length);
    }
}
