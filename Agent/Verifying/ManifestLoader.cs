using System.Buffers;
using System.Text;
using Sealtail.Buckets;
using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>Reads one stream's manifests and decides which of them speak for it (docs/format.md, "Identity and forks"). What they say is judged elsewhere.</summary>
internal sealed class ManifestLoader(ObjectReader reader, IReadOnlyList<VerificationKey> keys)
{
    public async Task<LoadedManifest> LoadAsync(StoredObject stored, ManifestName name, CancellationToken cancellationToken)
    {
        if (stored.Bytes > Envelope.MaxBytes) return Unsigned(stored, name, $"it has {stored.Bytes} bytes, and a manifest at most {Envelope.MaxBytes}");
        var buffer = ArrayPool<byte>.Shared.Rent((int)stored.Bytes + 1);
        try
        {
            return Judge(stored, name, reader.TryReadNow(stored, buffer.AsSpan(0, (int)stored.Bytes + 1)) is { } length ? buffer.AsMemory(0, length) : await reader.ReadAllAsync(stored, cancellationToken));
        }
        catch (BucketException e)
        {
            return new LoadedManifest(stored, name, ManifestStanding.Unreadable) { Why = e.Message };
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private LoadedManifest Judge(StoredObject stored, ManifestName name, ReadOnlyMemory<byte> bytes)
    {
        if (name.Sha256 is { } named && LeafSha256.Of(bytes.Span) != named) return Unsigned(stored, name, "its bytes do not match the hash in its name");
        if (name.Sha256 is not null && JudgeUsual(stored, name, bytes.Span) is { } usual) return usual; // of a slot, every byte of the envelope is looked at
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
        var loaded = Read(new LoadedManifest(stored, name, ManifestStanding.Signed)
        {
            Signers = signers,
            // Of all other objects the name covers every byte.
            Alteration = name.Sha256 is null ? AlterationOf(envelope, bytes.Span) : null,
            PayloadSha256 = Digest.Of(envelope.Payload),
            LeafHash = MerkleTree.LeafHash(envelope.Payload),
        }, envelope.Payload);
        return loaded.Manifest?.Start is { } start && envelope.IsSignedBy(start.PublicKey) ? loaded with { IsSignedByItsOwnKey = true } : loaded;
    }

    // The same for an envelope that is spelt as the agent does, without a copy of anything; null: it is not, or no trusted key signed it.
    private LoadedManifest? JudgeUsual(StoredObject stored, ManifestName name, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > Envelope.MaxBytes) return null; // it grew since it was listed
        var room = ArrayPool<byte>.Shared.Rent(UsualEnvelope.RoomFor(bytes.Length));
        try
        {
            if (!UsualEnvelope.TryOpen(bytes, room, out var opened)) return null;
            if (SignerOf(opened) is not { } signer) return null;
            var manifest = UsualManifest.TryRead(opened.Payload, name);
            var loaded = new LoadedManifest(stored, name, ManifestStanding.Signed)
            {
                Signers = signer.Alone,
                PayloadSha256 = LeafSha256.Of(opened.Payload),
                LeafHash = MerkleTree.LeafHash(opened.Payload),
                Manifest = manifest,
            };
            return manifest is null ? Read(loaded, opened.Payload.ToArray()) : loaded;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(room);
        }
    }

    // The key that is hinted at first, so that a trust file with a thousand keys costs one verification for each manifest.
    private VerificationKey? SignerOf(UsualEnvelope opened)
    {
        foreach (var key in keys)
            if (key.IsHintedAt(opened.KeyId) && key.Verify(opened.Message, opened.Signature))
                return key;
        foreach (var key in keys)
            if (!key.IsHintedAt(opened.KeyId) && key.Verify(opened.Message, opened.Signature))
                return key;
        return null;
    }

    private static LoadedManifest Read(LoadedManifest loaded, byte[] payload)
    {
        try
        {
            var manifest = ManifestReader.Parse(payload);
            return IsNamedBy(loaded.Name, manifest.Stream.ToString(), manifest.Epoch, manifest.Sequence) ? loaded with { Manifest = manifest } : Misplaced(loaded);
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
    private string? AlterationOf(Envelope envelope, ReadOnlySpan<byte> bytes)
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
        if (!bytes.SequenceEqual(written) && !bytes.SequenceEqual(without)) return "a signature has something else in the place of its key hint";
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
