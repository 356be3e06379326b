using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>Whether what is missing at the beginning of the chain may be gone because its retention ended (design §3.5).</summary>
internal sealed class ExpiredPrefix(StreamContext context, EpochMap map)
{
    private static readonly TimeSpan DefaultSilence = TimeSpan.FromMinutes(10);

    private (long Epoch, long Sequence) first;
    private bool isOld;
    private bool isTold;

    /// <summary>Objects created before this may be gone by now; null if no retention is known.</summary>
    public DateTimeOffset? Cutoff { get; private set; }

    /// <summary>Takes the first manifest that is there; later ones change nothing.</summary>
    public void Begin(LoadedManifest loaded)
    {
        if (first != default) return;
        first = (loaded.Name.Epoch, loaded.Name.Sequence);
        // The one before it is at most one silence older. A receipt says exactly when its retention ended.
        var receipt = loaded.Manifest?.Receipts.LastOrDefault(item => item is { Object: ReceiptObject.Manifest, RetentionExpirationTime: not null });
        if (Retention(loaded.Manifest) is { } retention && retention < context.AsOf - DateTimeOffset.UnixEpoch) Cutoff = context.AsOf - retention + DefaultSilence;
        isOld = receipt?.RetentionExpirationTime is { } expires ? expires <= context.AsOf : loaded.Manifest is not null && context.TimeOf(loaded) <= Cutoff;
    }

    /// <summary>Whether the manifest lies in a missing beginning that is older than the retention.</summary>
    public bool Covers(long epoch, long sequence) => isOld && (epoch, sequence).CompareTo(first) < 0;

    public void Tell(string message)
    {
        if (isTold) return;
        isTold = true;
        context.Find(FindingKind.Expired, first.Epoch, first.Sequence, null, $"{message} That time is not covered.");
    }

    private TimeSpan? Retention(Manifest? manifest)
    {
        var retention = map.Retention;
        foreach (var receipt in manifest?.Receipts ?? [])
            if (receipt is { TimeCreated: { } created, RetentionExpirationTime: { } expires } && (retention is null || expires - created > retention))
                retention = expires - created;
        return retention;
    }
}
