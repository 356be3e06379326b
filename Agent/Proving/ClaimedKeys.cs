using Sealtail.Buckets;
using Sealtail.Format;
using Sealtail.Verifying;

namespace Sealtail.Proving;

/// <summary>The keys that a stream's own epochs name: no anchor of trust, but enough to know what they signed where the reader of a proof is to judge them.</summary>
internal static class ClaimedKeys
{
    public static async Task<IReadOnlyList<VerificationKey>> ReadAsync(StreamIndex index, ObjectReader reader, CancellationToken cancellationToken)
    {
        var keys = new Dictionary<Digest, VerificationKey>();
        foreach (var epoch in index.Epochs)
            if (epoch.Slot is { } slot && await ReadAsync(slot, reader, cancellationToken) is { } key && !keys.TryAdd(key.KeyId, key))
                key.Dispose();
        return [.. keys.Values];
    }

    private static async Task<VerificationKey?> ReadAsync(StoredObject slot, ObjectReader reader, CancellationToken cancellationToken)
    {
        if (slot.Bytes > Envelope.MaxBytes) return null;
        try
        {
            var payload = Envelope.Parse(await reader.ReadAllAsync(slot, cancellationToken)).Payload;
            return ManifestReader.Parse(payload).Start is { } start ? VerificationKey.FromSpki(start.PublicKey) : null;
        }
        catch (FormatException)
        {
            return null; // what is no start names no key
        }
    }
}
