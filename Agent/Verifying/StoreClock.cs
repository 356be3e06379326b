using Sealtail.Buckets;
using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>
/// Whether the times that a bucket shows are those at which the agent's objects were created. In a copy they are the copy's: signed receipts give it away.
/// </summary>
internal static class StoreClock
{
    private const int MaxEpochs = 3;
    private const int MaxManifests = 8; // of one epoch: the second's receipt tells the first's creation, and so on

    /// <summary>False if receipts are there and none of a sample agrees with the listing.</summary>
    public static async Task<bool> IsGenuineAsync(IBucket bucket, StreamIndex index, ManifestLoader loader, CancellationToken cancellationToken)
    {
        var hasReceipt = false;
        foreach (var epoch in index.Epochs.Reverse().Take(MaxEpochs))
        {
            var sample = new Dictionary<long, StoredObject>();
            await foreach (var stored in bucket.ListAsync(ManifestName.Prefix(index.Stream, epoch.Number), cancellationToken))
            {
                if (sample.Count == MaxManifests) break;
                if (!ManifestName.TryParse(stored.Name, out var name) || await loader.LoadAsync(stored, name, cancellationToken) is not { Manifest: { } manifest }) continue;
                foreach (var receipt in manifest.Receipts.Where(item => item.Object == ReceiptObject.Manifest && item.Epoch == epoch.Number))
                {
                    if (!sample.TryGetValue(receipt.Sequence, out var earlier) || !Tells(receipt)) continue;
                    if (Agrees(receipt, earlier)) return true;
                    hasReceipt = true;
                }

                sample[name.Sequence] = stored;
            }
        }

        return !hasReceipt;
    }

    /// <summary>Whether the listed object is the one that the receipt was given for, as far as both tell.</summary>
    public static bool Agrees(Receipt receipt, StoredObject stored) =>
        (receipt.Generation is null || stored.Generation is null || receipt.Generation == stored.Generation)
        && (receipt.TimeCreated is not { } created || stored.TimeCreated is not { } listed || created == Timestamp.Truncate(listed));

    private static bool Tells(Receipt receipt) => receipt.Generation is not null || receipt.TimeCreated is not null;
}
