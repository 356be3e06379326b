using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>
/// Whether something missing may be gone because its retention ended (docs/format.md, "Epochs and links"). That is so for the beginning of the chain, and near its end for
/// single objects too: stores remove what expired one by one, in no order and within days.
/// </summary>
internal sealed class Expiry(StreamContext context, EpochMap map)
{
    private static readonly TimeSpan DefaultSilence = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Straggling = TimeSpan.FromDays(7);

    private bool isTold;
    private bool isReceipted;
    private bool hasSeenChunk;
    private TimeSpan? retention = map.Retention;

    /// <summary>Retention as receipts show it counts like the one that starts state: the longest known is asked for.</summary>
    public void Learn(Manifest manifest)
    {
        foreach (var receipt in manifest.Receipts)
        {
            if (receipt is not { TimeCreated: { } created, RetentionExpirationTime: { } expires }) continue;
            isReceipted = true;
            if (retention is null || expires - created > retention) retention = expires - created;
        }
    }

    /// <summary>Whether the manifests directly before <paramref name="next"/> may have expired.</summary>
    /// <param name="next">The first one that is there.</param>
    /// <param name="isPrefix">Nothing of the stream is there before.</param>
    public bool Explains(LoadedManifest next, bool isPrefix)
    {
        if (next.Manifest is not { } manifest) return false;
        Learn(manifest);
        // The receipt of the missing one says exactly until when it had to stay.
        var receipt = manifest.Receipts.LastOrDefault(item => item is { Object: ReceiptObject.Manifest, RetentionExpirationTime: not null });
        if (receipt?.RetentionExpirationTime is { } expires && expires > context.AsOf) return false;
        return Explain(context.TimeOf(next), (receipt is not null && isPrefix) || IsOld(context.TimeOf(next), isPrefix));
    }

    /// <summary>Whether the chunk that this manifest names may have expired: it was stored before it.</summary>
    public bool ExplainsChunk(DateTimeOffset manifest) => Explain(manifest, IsOld(manifest, !hasSeenChunk));

    /// <summary>Whether a checkpoint that this manifest names may have expired: it was stored before it. No time is less covered without it.</summary>
    public bool ExplainsCheckpoint(DateTimeOffset manifest) => IsOld(manifest, isPrefix: true);

    public void SeeChunk() => hasSeenChunk = true;

    public void Tell(long epoch, long? sequence, string message)
    {
        if (isTold) return;
        isTold = true;
        // Where no store speaks, neither by its clock nor by a receipt, that there was a retention is the signer's word alone.
        if (context.HasStoreClock || isReceipted) context.Find(FindingKind.Expired, epoch, sequence, null, $"{message} That time is not covered.");
        else context.Find(FindingKind.Expired, epoch, sequence, null, $"{message} That time is not covered; and only the node's word says that objects were kept no longer.", Severity.Warning);
    }

    private bool Explain(DateTimeOffset time, bool isExpired)
    {
        // Whoever demands a retention is not told by the bucket that it was shorter.
        isExpired &= !(context.Trust.MinimumRetention is { } minimum && context.AsOf - time + DefaultSilence < minimum);
        if (isExpired) context.Expire(time);
        return isExpired;
    }

    // What is missing is at most one silence older than the time known.
    private bool IsOld(DateTimeOffset time, bool isPrefix) =>
        retention is { } kept && context.AsOf - time + DefaultSilence >= kept && (isPrefix || context.AsOf - time <= kept + Straggling);
}
