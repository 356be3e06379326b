using Sealtail.Buckets;
using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>An object under <c>v1/checkpoints/</c> with what became of reading it. <c>Checkpoint</c> is there if a trusted key signed it for this place.</summary>
/// <param name="Stored">As listed.</param>
/// <param name="Name">Null: the name is no checkpoint's.</param>
/// <param name="Checkpoint">What was signed.</param>
/// <param name="Why">Why there is none.</param>
/// <param name="IsUnreadable">It could not be read, rather than proves nothing.</param>
internal sealed record LoadedCheckpoint(StoredObject Stored, CheckpointName? Name, Checkpoint? Checkpoint, string? Why, bool IsUnreadable)
{
    /// <summary>Its bytes have the hash that is in its name: it is the one that was stored under it, whoever signed it.</summary>
    public bool IsIntact { get; init; }

    /// <summary>The object's bytes, where a trusted key signed them.</summary>
    public byte[]? Bytes { get; init; }

    /// <summary>The trusted keys that signed it.</summary>
    public IReadOnlyList<Digest> Signers { get; init; } = [];

    /// <summary>What speaks against all who signed it, by the store's clock where there is one; null if nothing does.</summary>
    public string? ObjectionOf(TrustPolicy trust, bool hasStoreClock, DateTimeOffset asOf)
    {
        if (Checkpoint is null) return null;
        var time = hasStoreClock ? Stored.TimeCreated : null;
        // Without a store's clock nothing tells when it was signed: only a theft can be held against it.
        return trust.Judge(Checkpoint.Stream, Signers, time ?? asOf, time is not null).Objection is (var kind, var message) && (time is not null || kind == FindingKind.KeyCompromised) ? message : null;
    }
}

/// <summary>Reads one stream's checkpoints and decides which of them were signed by a key that may speak for it.</summary>
internal sealed class CheckpointLoader(ObjectReader reader, IReadOnlyList<VerificationKey> keys)
{
    public async Task<LoadedCheckpoint> LoadAsync(StoredObject stored, CancellationToken cancellationToken)
    {
        var isIntact = false;
        if (!CheckpointName.TryParse(stored.Name, out var name)) return new LoadedCheckpoint(stored, null, null, null, IsUnreadable: false); // told when the bucket was indexed
        if (stored.Bytes > SignedNote.MaxBytes) return Unsigned($"it has {stored.Bytes} bytes, and a checkpoint at most {SignedNote.MaxBytes}");
        try
        {
            var bytes = await reader.ReadAllAsync(stored, cancellationToken);
            if (Digest.Of(bytes) != name.Sha256) return Unsigned("its bytes do not match the hash in its name");
            isIntact = true;
            var note = SignedNote.Parse(bytes);
            var checkpoint = Checkpoint.Parse(note.Text);
            if ((checkpoint.Stream, checkpoint.Epoch, checkpoint.Size) != (name.Stream, name.Epoch, name.Size)) return Unsigned("what was signed was not signed for this name");
            var signers = keys.Where(key => note.IsSignedBy(key, checkpoint.Origin)).Select(key => key.KeyId).ToList();
            return signers.Count > 0
                ? new LoadedCheckpoint(stored, name, checkpoint, null, IsUnreadable: false) { IsIntact = true, Bytes = bytes, Signers = signers }
                : Unsigned("no key trusted for this stream signed it");
        }
        catch (FormatException e)
        {
            return Unsigned($"it is no checkpoint: {e.Message}");
        }
        catch (BucketException e)
        {
            return new LoadedCheckpoint(stored, name, null, e.Message, IsUnreadable: true);
        }

        LoadedCheckpoint Unsigned(string why) => new(stored, name, null, why, IsUnreadable: false) { IsIntact = isIntact };
    }
}
