using System.Text;
using Sealtail.Buckets;
using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>Reads one stream's manifests and decides which of them speak for it (design §3.5). What they say is judged elsewhere.</summary>
internal sealed class ManifestLoader(ObjectReader reader, IReadOnlyList<VerificationKey> keys)
{
    public async Task<LoadedManifest> LoadAsync(StoredObject stored, ManifestName name, CancellationToken cancellationToken)
    {
        if (stored.Bytes > Envelope.MaxBytes) return Unsigned(stored, name, $"it has {stored.Bytes} bytes, and a manifest at most {Envelope.MaxBytes}");
        try
        {
            return Judge(stored, name, await reader.ReadAllAsync(stored, cancellationToken));
        }
        catch (BucketException e)
        {
            return new LoadedManifest(stored, name, ManifestStanding.Unreadable) { Why = e.Message };
        }
    }

    private LoadedManifest Judge(StoredObject stored, ManifestName name, byte[] bytes)
    {
        if (name.Sha256 is { } named && Digest.Of(bytes) != named) return Unsigned(stored, name, "its bytes do not match the hash in its name");
        Envelope envelope;
        try
        {
            envelope = Envelope.Parse(bytes);
        }
        catch (FormatException e)
        {
            return Unsigned(stored, name, $"it is no envelope: {e.Message}");
        }

        var signers = SignersOf(envelope);
        if (signers.Length == 0) return Unsigned(stored, name, "no key trusted for this stream signed it") with { Untrusted = envelope };
        return Read(new LoadedManifest(stored, name, ManifestStanding.Signed)
        {
            Signers = signers,
            // Of all other objects the name covers every byte.
            Alteration = name.Sha256 is null ? AlterationOf(envelope, bytes) : null,
            PayloadSha256 = Digest.Of(envelope.Payload),
            LeafHash = MerkleTree.LeafHash(envelope.Payload),
        }, envelope);
    }

    private static LoadedManifest Read(LoadedManifest loaded, Envelope envelope)
    {
        var payload = envelope.Payload;
        try
        {
            var manifest = ManifestReader.Parse(payload);
            return IsNamedBy(loaded.Name, manifest.Stream.ToString(), manifest.Epoch, manifest.Sequence)
                ? loaded with { Manifest = manifest, IsSignedByItsOwnKey = manifest.Start is { } start && envelope.IsSignedBy(start.PublicKey) }
                : Misplaced(loaded);
        }
        catch (FormatException e)
        {
            return IsMeantFor(loaded.Name, payload) ? loaded with { Standing = ManifestStanding.Malformed, Why = e.Message } : Misplaced(loaded);
        }
    }

    // The hint first, so that a trust file with a thousand keys costs one verification for each manifest.
    private Digest[] SignersOf(Envelope envelope)
    {
        var message = Envelope.PreAuthenticationEncoding(envelope.Payload);
        return
        [
            .. envelope.Signatures
                .Select(signature => InOrderFor(signature).FirstOrDefault(key => key.Verify(message, signature.Signature)))
                .OfType<VerificationKey>().Select(key => key.KeyId).Distinct(),
        ];
    }

    // The key hint decides nothing, yet the agent writes it: another one was put there later, or by somebody else.
    private string? AlterationOf(Envelope envelope, byte[] bytes)
    {
        var message = Envelope.PreAuthenticationEncoding(envelope.Payload);
        var seen = new HashSet<Digest>();
        foreach (var (hint, signature) in envelope.Signatures)
        {
            var signer = keys.FirstOrDefault(key => key.Verify(message, signature));
            if (signer is not null && !seen.Add(signer.KeyId)) return $"it has two signatures of key {signer.KeyId}";
            if (hint.Length == 0) continue;
            if (signer is not null && hint != signer.KeyId.ToString()) return $"it hints at key {hint}, and key {signer.KeyId} signed it";
            if (signer is null && keys.Any(key => key.KeyId.ToString() == hint)) return $"it has a signature that hints at the trusted key {hint} and is not that key's";
        }

        if (envelope.Signatures.All(signature => signature.KeyId.Length > 0)) return null;
        // A hint may be left out; then there is nothing in its place.
        var written = envelope.ToBytes();
        var without = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(written).Replace("\"keyid\":\"\",", "", StringComparison.Ordinal));
        if (!bytes.AsSpan().SequenceEqual(written) && !bytes.AsSpan().SequenceEqual(without)) return "a signature has something else in the place of its key hint";
        return null;
    }

    private IEnumerable<VerificationKey> InOrderFor(EnvelopeSignature signature) => keys.Count == 1 ? keys : keys.OrderByDescending(key => key.KeyId.ToString() == signature.KeyId);

    // Of a payload that is no manifest, its place alone: signed rubbish counts only where it was signed for.
    private static bool IsMeantFor(ManifestName name, byte[] payload)
    {
        try
        {
            using var document = StrictJson.Parse(payload, "payload");
            var predicate = document.RootElement.Object("predicate");
            return IsNamedBy(name, predicate.Text("stream"), predicate.Integer("epoch"), predicate.Integer("sequence"));
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static bool IsNamedBy(ManifestName name, string stream, long epoch, long sequence) =>
        name.Stream.ToString() == stream && name.Epoch == epoch && name.Sequence == sequence;

    private static LoadedManifest Misplaced(LoadedManifest loaded) => Unsigned(loaded.Stored, loaded.Name, "what was signed was not signed for this name");

    private static LoadedManifest Unsigned(StoredObject stored, ManifestName name, string why) => new(stored, name, ManifestStanding.Unsigned) { Why = why };
}
