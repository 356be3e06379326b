using Sealtail.Buckets;
using Sealtail.Format;
using Sealtail.Verifying;

namespace Sealtail.Proving;

/// <summary>Checks the folder of one proof: no bucket, no network, and no word of the folder believed that a signature does not cover.</summary>
/// <param name="trust">Whom to believe; null: the key in the folder, which the report says.</param>
internal sealed class ProofVerifier(TrustPolicy? trust)
{
    private const long MaxRecordBytes = int.MaxValue / 2;

    private readonly List<(FindingKind Kind, string Message)> findings = [];

    public static ProofReport Verify(string folder, TrustPolicy? trust) => new ProofVerifier(trust).Verify(folder);

    private ProofReport Verify(string folder)
    {
        var report = new ProofReport { Folder = folder, Findings = findings };
        var envelope = Parsed(folder, ProofFolder.Manifest, Envelope.MaxBytes, bytes => Envelope.Parse(bytes));
        var claimed = Parsed(folder, ProofFolder.ManifestKey, 64 << 10, KeyOf);
        if (envelope is null) return report;
        if (Parsed(ProofFolder.Manifest, envelope.Payload, bytes => ManifestReader.Parse(bytes)) is not { } manifest) return report;
        report = report with { Stream = manifest.Stream, Epoch = manifest.Epoch, Sequence = manifest.Sequence, Signed = manifest.Signed };
        using (claimed)
        {
            var signer = SignerOf(envelope, manifest, claimed);
            CheckBundle(folder, envelope, claimed ?? signer);
            report = report with { KeyId = signer?.KeyId, Index = CheckRecord(folder, manifest) };
            return report with { LogSize = CheckLog(folder, envelope, manifest, signer) };
        }
    }

    private VerificationKey? SignerOf(Envelope envelope, Manifest manifest, VerificationKey? claimed)
    {
        var message = Envelope.PreAuthenticationEncoding(envelope.Payload);
        bool Signed(VerificationKey key) => envelope.Signatures.Any(signature => key.Verify(message, signature.Signature));
        if (claimed is not null && !Signed(claimed)) Find(ProofFinding.ManifestUnsigned, $"Key {claimed.KeyId} of {ProofFolder.ManifestKey} did not sign the manifest.");
        if (trust is not null)
        {
            var signers = trust.KeysFor(manifest.Stream).Where(Signed).ToList();
            if (signers.Count > 0) return Judged(trust, manifest, signers);
            Find(ProofFinding.KeyUntrusted, $"No key that is trusted for {manifest.Stream} signed the manifest; the proof's own key is {claimed?.KeyId.ToString() ?? "not there"}.");
            return null;
        }

        if (claimed is null || !Signed(claimed)) return null;
        Find(ProofFinding.KeyUnanchored, $"Key {claimed.KeyId} is the proof's own.");
        return claimed;
    }

    // A proof carries no store's time: the node's word stands for it, which is worth nothing once the key may be in other hands.
    private VerificationKey Judged(TrustPolicy policy, Manifest manifest, List<VerificationKey> signers)
    {
        var (keyId, objection) = policy.Judge(manifest.Stream, [.. signers.Select(key => key.KeyId)], manifest.Signed, isStoreTime: false);
        if (objection is (var kind, var message)) Find(kind == FindingKind.KeyCompromised ? ProofFinding.KeyCompromised : ProofFinding.KeyNotValid, message);
        return signers.First(key => key.KeyId == keyId);
    }

    private long? CheckRecord(string folder, Manifest manifest)
    {
        if (manifest.Entry.Content is not { } content)
        {
            Find(ProofFinding.RecordNotInChunk, $"The manifest is of kind {manifest.Kind.Text()}: it speaks of no chunk.");
            return null;
        }

        var record = Read(folder, ProofFolder.Record, Math.Min(content.Bytes, MaxRecordBytes));
        if (Parsed(folder, ProofFolder.RecordPath, 1 << 20, bytes => (Box<(long Index, IReadOnlyList<Digest> Path)>)new(ProofFolder.PathFromJson(bytes))) is not { Value: var (index, path) } || record is null) return null;
        var root = InclusionPath.RootOf(MerkleTree.LeafHash(record), index, content.Records, path);
        if (root != content.MerkleRoot)
            Find(ProofFinding.RecordNotInChunk, $"As record {index} of {content.Records} it has {(root is { } other ? $"Merkle root {other}" : "no such path")}; signed is {content.MerkleRoot}.");
        return index;
    }

    private long? CheckLog(string folder, Envelope envelope, Manifest manifest, VerificationKey? signer)
    {
        if (!Path.Exists(Path.Combine(folder, ProofFolder.Log)) && !Path.Exists(Path.Combine(folder, ProofFolder.LogKey)))
        {
            Find(ProofFinding.NoCheckpoint, "The proof has no path to a checkpoint.");
            return null;
        }

        using var key = Parsed(folder, ProofFolder.LogKey, 64 << 10, KeyOf);
        if (Parsed(folder, ProofFolder.Log, 1 << 20, TlogProof.Parse) is not { } proof) return null;
        if (Parsed(ProofFolder.Log, proof.Checkpoint, bytes => SignedNote.Parse(bytes.Span)) is not { } note) return null;
        if (Parsed(ProofFolder.Log, default, _ => Checkpoint.Parse(note.Text)) is not { } checkpoint) return null;
        if (key is not null && !note.IsSignedBy(key, checkpoint.Origin)) Find(ProofFinding.CheckpointUnsigned, $"Key {key.KeyId} of {ProofFolder.LogKey} did not sign the checkpoint.");
        if ((checkpoint.Stream, checkpoint.Epoch, proof.Index) != (manifest.Stream, manifest.Epoch, manifest.Sequence))
            Find(ProofFinding.NotInLog, $"The log proof is of entry {proof.Index} of {checkpoint.Origin}; the manifest is {manifest.Sequence} of epoch {manifest.Epoch} of {manifest.Stream}.");
        else if (InclusionPath.RootOf(MerkleTree.LeafHash(envelope.Payload), proof.Index, checkpoint.Size, proof.Path) != checkpoint.Root)
            Find(ProofFinding.NotInLog, $"As entry {proof.Index} of {checkpoint.Size} the manifest does not lead to the checkpoint's root.");
        else if (key is not null && key.KeyId != signer?.KeyId && !IsNodes(key.KeyId, manifest))
            Find(ProofFinding.CheckpointByProver, $"The checkpoint is signed by key {key.KeyId}.");
        return checkpoint.Size;
    }

    // A checkpoint states no time, so that only a theft can speak against its key.
    private bool IsNodes(Digest keyId, Manifest manifest) =>
        trust is not null && trust.KeysFor(manifest.Stream).Any(known => known.KeyId == keyId)
        && trust.ObjectionTo(manifest.Stream, keyId, manifest.Signed, isStoreTime: false)?.Kind != FindingKind.KeyCompromised;

    // Nothing in a bundle is signed but its envelope; so it is demanded as it is written.
    private void CheckBundle(string folder, Envelope envelope, VerificationKey? key)
    {
        if (Read(folder, ProofFolder.Sigstore, 2 * Envelope.MaxBytes) is { } bundle && key is not null && !(SigstoreBundle.Write(envelope, key) is { } expected && bundle.AsSpan().SequenceEqual(expected)))
            Find(ProofFinding.BundleDiffers, $"{ProofFolder.Sigstore} is not the bundle of {ProofFolder.Manifest} and {ProofFolder.ManifestKey}.");
    }

    private static VerificationKey KeyOf(byte[] pem)
    {
        var text = System.Text.Encoding.UTF8.GetString(pem);
        var key = VerificationKey.FromPem(text);
        if (ProofFolder.PemOf(key) == text) return key;
        key.Dispose();
        throw new FormatException("It is a key with something around it.");
    }

    private T? Parsed<T>(string folder, string name, long maxBytes, Func<byte[], T> parse) where T : class =>
        Read(folder, name, maxBytes) is { } bytes ? Parsed(name, bytes, content => parse(content.ToArray())) : null;

    private T? Parsed<T>(string name, ReadOnlyMemory<byte> bytes, Func<ReadOnlyMemory<byte>, T> parse) where T : class
    {
        try
        {
            return parse(bytes);
        }
        catch (FormatException e)
        {
            Find(ProofFinding.Malformed, $"{name}: {e.Message}");
            return null;
        }
    }

    private byte[]? Read(string folder, string name, long maxBytes)
    {
        try
        {
            return NamedFile.ReadRegular(Path.Combine(folder, name), maxBytes);
        }
        catch (InvalidDataException e)
        {
            Find(ProofFinding.Malformed, $"{name}: {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Find(ProofFinding.FileMissing, $"{name}: {e.Message}");
        }

        return null;
    }

    private void Find(FindingKind kind, string message) => findings.Add((kind, message));

    private sealed record Box<T>(T Value);
}
