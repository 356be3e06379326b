using Sealtail.Buckets;
using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>
/// A stream's epochs by their signed starts, read before anything else: which numbers runs passed over, what each start links to, what retention was
/// promised. A few hundred bytes for an epoch.
/// </summary>
internal sealed class EpochMap
{
    private readonly SortedDictionary<long, ClaimedEpoch> claimed = [];
    private readonly Dictionary<(long Epoch, long Sequence), List<long>> links = [];
    private readonly List<SkippedEpochs> skipped = [];
    private readonly List<(long From, long To)> allowed = []; // numbers that need not be there
    private long passed;

    /// <summary>Epochs whose start a trusted key signed, by number.</summary>
    public IReadOnlyDictionary<long, ClaimedEpoch> Claimed => claimed;

    /// <summary>The last epoch that a trusted key claimed; 0 if none.</summary>
    public long LastClaimed { get; private set; }

    /// <summary>The longest retention that any start states.</summary>
    public TimeSpan? Retention { get; private set; }

    /// <summary>The longest silence that any start allows: what holds where an epoch's own start is gone.</summary>
    public TimeSpan MaxSilence { get; private set; } = TimeSpan.FromMinutes(10);

    public static async Task<EpochMap> ReadAsync(StreamIndex index, ManifestLoader loader, int readAhead, CancellationToken cancellationToken)
    {
        var map = new EpochMap();
        var slots = index.Epochs.Where(epoch => epoch.Slot is not null).ToAsyncEnumerable();
        await foreach (var (epoch, start) in slots.LoadAhead(readAhead, async (epoch, token) => (epoch, await loader.LoadAsync(epoch.Slot!, ManifestName.Slot(index.Stream, epoch.Number), token)), cancellationToken)) // filtered above
            if (start.Manifest is { Start: not null })
                map.Add(epoch, start);
        map.FindOrphans();
        map.FindAllowed(index);
        return map;
    }

    /// <summary>Whether a later signed start says that the number may be missing.</summary>
    public bool IsSkipped(long epoch, SkipReason why) => skipped.Any(range => range.Why == why && range.From <= epoch && epoch <= range.To);

    /// <summary>The epochs whose starts link to that manifest, but for those that were never confirmed and hold nothing else.</summary>
    public IReadOnlyList<long> Successors(long epoch, long sequence) => links.GetValueOrDefault((epoch, sequence)) ?? [];

    /// <summary>Whether the epoch was never confirmed and is nothing but its start.</summary>
    public bool IsOrphan(long epoch) => claimed.TryGetValue(epoch, out var entry) && entry.IsOrphan;

    /// <summary>The numbers below <paramref name="epoch"/>, down to the claimed epoch before it, that should be there and are not; both ends included.</summary>
    public IEnumerable<(long From, long To)> MissingBefore(long epoch)
    {
        // The walk sees epochs in order; one without a signed start was seen, but its number is not claimed.
        var next = passed + 1;
        passed = epoch;
        foreach (var (from, to) in allowed.Where(range => range.To >= next && range.From < epoch).OrderBy(range => range.From))
        {
            if (from > next) yield return (next, from - 1);
            next = Math.Max(next, to + 1);
        }

        if (next < epoch) yield return (next, epoch - 1);
    }

    /// <summary>The creation, by the store's clock, of the earliest claim after the epoch; null if there is none.</summary>
    public DateTimeOffset? NextClaim(long epoch) => claimed.TryGetValue(epoch, out var entry) ? entry.NextClaim : null;

    private void Add(EpochIndex epoch, LoadedManifest start)
    {
        var manifest = start.Manifest!; // the caller looked
        var claim = manifest.Start!;
        claimed.Add(epoch.Number, new ClaimedEpoch(epoch.Number, manifest.Lineage, claim.PreviousEpoch, start.Stored.TimeCreated, epoch.LastSequence));
        skipped.AddRange(claim.Skipped.Where(range => range.To < epoch.Number));
        var silence = Duration.OfSeconds(claim.Policy.MaxSilenceSeconds);
        if (LastClaimed == 0 || silence > MaxSilence) MaxSilence = silence;
        LastClaimed = epoch.Number;
        if (claim.Policy.RetentionSeconds is { } seconds && (Retention is null || seconds > Retention.Value.TotalSeconds))
            Retention = Duration.OfSeconds(seconds);
    }

    // An unconfirmed number may be absent; a taken one was somebody's: at least an object without a signature must be in its slot.
    private void FindAllowed(StreamIndex index)
    {
        foreach (var range in skipped.Where(range => range.Why == SkipReason.Unconfirmed)) allowed.Add((range.From, range.To));
        foreach (var epoch in index.Epochs.Where(epoch => epoch.Slot is not null && !claimed.ContainsKey(epoch.Number) && IsSkipped(epoch.Number, SkipReason.Taken)))
            allowed.Add((epoch.Number, epoch.Number));
    }

    private void FindOrphans()
    {
        var linked = claimed.Values.Select(epoch => epoch.Link?.Epoch).ToHashSet();
        DateTimeOffset? next = null;
        foreach (var epoch in claimed.Values.Reverse())
        {
            epoch.IsOrphan = epoch.LastSequence == 0 && !linked.Contains(epoch.Number) && IsSkipped(epoch.Number, SkipReason.Unconfirmed);
            epoch.NextClaim = next;
            if (!epoch.IsOrphan && epoch.Created is { } created && (next is null || created < next)) next = created;
        }

        foreach (var epoch in claimed.Values.Where(epoch => !epoch.IsOrphan))
        {
            if (epoch.Link is not { } link) continue;
            if (!links.TryGetValue((link.Epoch, link.Sequence), out var followers)) links.Add((link.Epoch, link.Sequence), followers = []);
            followers.Add(epoch.Number);
        }
    }
}

/// <summary>What matters of an epoch's signed start before the walk.</summary>
internal sealed class ClaimedEpoch(long number, Guid lineage, ManifestLink? link, DateTimeOffset? created, long lastSequence)
{
    public long Number => number;

    public Guid Lineage => lineage;

    public ManifestLink? Link => link;

    /// <summary>When the store created the start.</summary>
    public DateTimeOffset? Created => created;

    /// <summary>As listed, whoever wrote it.</summary>
    public long LastSequence => lastSequence;

    /// <summary>A later run says that it never learnt of this claim, and there is nothing but the start.</summary>
    public bool IsOrphan { get; set; }

    public DateTimeOffset? NextClaim { get; set; }
}
