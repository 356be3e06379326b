using System.Runtime.CompilerServices;
using Sealtail.Buckets;
using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>Verifies one stream: its epochs' starts, then every manifest in chain order, then what only the whole shows.</summary>
internal sealed class StreamVerifier(IBucket bucket, ObjectReader reader, StreamContext context, IReadOnlyList<VerificationKey> keys, Action<StreamTotals, long> progressed)
{
    private readonly ClockRules clock = new(context);
    private readonly RetentionRules retention = new(context);

    /// <exception cref="BucketException">Listing broke off: what was found so far stands, and <see cref="Report"/> tells it.</exception>
    public async Task VerifyAsync(StreamIndex index, CancellationToken cancellationToken)
    {
        if (keys.Count == 0)
        {
            context.Find(FindingKind.UnsignedObject, null, null, null, $"No trusted key covers the stream: its {index.Manifests} manifests and {index.Chunks} chunks prove nothing.", Severity.Inconclusive);
            if (index.Manifests > 0) context.Find(FindingKind.KeyUnknown, null, null, null, "No key is trusted for the stream.");
            return;
        }

        if (index.Manifests == 0 && index.End is null) context.Find(FindingKind.NoManifests, null, null, null, $"There are {index.Chunks} chunks of the stream and no manifest.");
        var loader = new ManifestLoader(reader, keys);
        context.HasStoreClock = bucket.HasStoreClock && await StoreClock.IsGenuineAsync(bucket, index, loader, cancellationToken);
        if (!context.HasStoreClock)
            context.Find(FindingKind.TimeUnproven, null, null, null, bucket.HasStoreClock
                ? "The bucket is a copy, as receipts show: all times are what the node signed."
                : "The bucket has no store's clock: all times are what the node signed.");
        var map = await EpochMap.ReadAsync(index, loader, context.Options.ReadAhead, cancellationToken);
        var shelf = new ChunkShelf(bucket, index);
        await using var queue = new ChunkQueue(context, reader, bytes => progressed(context.Totals, bytes));
        var tracks = new FileTracks();
        var expiry = new Expiry(context, map);
        await using var checkpoints = new CheckpointWalk(context, ListCheckpointsAsync(index, cancellationToken), name => FindCheckpointAsync(name, cancellationToken), expiry);
        var walk = new ChainWalk(context, map, new ManifestWalk(context, shelf, queue, tracks, expiry, clock, retention), checkpoints, expiry);
        try
        {
            await checkpoints.BeginAsync();
            await WalkAsync(walk, index, loader, cancellationToken);
        }
        catch (BucketException)
        {
            await queue.DrainAsync(cancellationToken); // what was walked counts as covered, so its chunks must be judged
            throw;
        }

        await queue.DrainAsync(cancellationToken);
        var repeats = new Repeats(context, tracks, new TrackReader(bucket, index.Stream, loader, shelf));
        await repeats.FindAsync(cancellationToken);
        LineageRules.Judge(context, walk.Branches, repeats);
        if (index.End is null) // else the tail is not known, nor which chunks the manifests behind it name
        {
            TailRules.Judge(context, walk.Tail);
            await TellOrphansAsync(shelf, walk.Tail, cancellationToken);
        }

        if (walk.Tail is null && index.End is null && index.Manifests > 0 && context.Totals.Manifests == 0)
            context.Find(FindingKind.KeyUnknown, null, null, null, $"No key that is trusted for the stream signed any of its {index.Manifests} manifests.");
        retention.Judge();
        IntervalRules.Judge(context);
    }

    public StreamReport Report() => new()
    {
        Stream = context.Stream.ToString(),
        Epochs = context.Totals.Epochs,
        Manifests = context.Totals.Manifests,
        Chunks = context.Totals.Chunks,
        Records = context.Totals.Records,
        Bytes = context.Totals.Bytes,
        Gaps = context.Totals.Gaps,
        Heartbeats = context.Totals.Heartbeats,
        Covered = context.Coverage.Total().Ranges,
        Requested = context.Requested,
        Uncovered = context.Requested is { } requested ? context.Coverage.Total().Missing(requested) : [],
        Timeline = context.Requested is { } interval ? context.Timeline.Of(interval, context.Coverage.Total().Missing(interval)) : [],
        WidestBracket = clock.Widest,
        ClockSkew = clock.Skew,
    };

    private async Task WalkAsync(ChainWalk walk, StreamIndex index, ManifestLoader loader, CancellationToken cancellationToken)
    {
        var loaded = ListAsync(index, cancellationToken)
            .LoadAhead(context.Options.ReadAhead, (item, token) => loader.LoadAsync(item.Stored, item.Name, token), cancellationToken);
        ManifestGroup? held = null; // one place behind: which of two forked manifests goes on, the next one shows
        await foreach (var group in ManifestGroup.Among(loaded))
        {
            if (held is not null) await walk.TakeAsync(held, group.Epoch == held.Epoch ? group : null, cancellationToken);
            held = group;
            progressed(context.Totals, 0);
        }

        if (held is not null) await walk.TakeAsync(held, null, cancellationToken);
        await walk.EndAsync();
    }

    private IAsyncEnumerable<LoadedCheckpoint> ListCheckpointsAsync(StreamIndex index, CancellationToken cancellationToken)
    {
        var loader = new CheckpointLoader(reader, keys);
        var end = index.UnlistedFrom is { } epoch ? CheckpointName.Prefix(index.Stream, epoch) : null;
        return index.Checkpoints == 0 ? AsyncEnumerable.Empty<LoadedCheckpoint>()
            : bucket.ListAsync(CheckpointName.Prefix(index.Stream), cancellationToken).TakeWhile(stored => end is null || string.CompareOrdinal(stored.Name, end) < 0).LoadAhead(context.Options.ReadAhead, loader.LoadAsync, cancellationToken);
    }

    private async Task<LoadedCheckpoint?> FindCheckpointAsync(CheckpointName name, CancellationToken cancellationToken)
    {
        await foreach (var stored in bucket.ListAsync(name.ToString(), cancellationToken))
            if (stored.Name == name.ToString())
                return await new CheckpointLoader(reader, keys).LoadAsync(stored, cancellationToken);
        return null;
    }

    private async IAsyncEnumerable<(StoredObject Stored, ManifestName Name)> ListAsync(StreamIndex index, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (index.UnlistedFrom == 0) yield break; // nor could it be now
        await foreach (var stored in bucket.ListAsync(ManifestName.Prefix(index.Stream), cancellationToken))
        {
            if (index.End is { } end && string.CompareOrdinal(stored.Name, end) >= 0) yield break;
            if (ManifestName.TryParse(stored.Name, out var name)) // others were told when the bucket was indexed
                yield return (stored, name);
        }
    }

    private async Task TellOrphansAsync(ChunkShelf shelf, BranchState? tail, CancellationToken cancellationToken)
    {
        foreach (var orphan in await shelf.OrphansAsync(cancellationToken))
        {
            // A chunk goes up before its manifest: a newer one only waits for it.
            var isNew = tail is not null && orphan.TimeCreated > tail.Stored?.TimeCreated;
            // But a run that ended cleanly sends no more, and the next one's manifests do not let wait for themselves so long.
            var isLate = isNew && tail is { IsStopped: true } && context.HasStoreClock && context.AsOf - orphan.TimeCreated > tail.MaxSilence;
            context.Find(FindingKind.OrphanChunk, null, null, orphan.Name, isLate
                ? $"No manifest names the chunk, which came at {Timestamp.Print(orphan.TimeCreated!.Value)}, after the last run's end: a later run's manifests are not there." // it is newer, so it has a time
                : isNew ? "No manifest names the chunk yet; it is newer than the last one."
                : "No manifest names the chunk.", isLate ? Severity.Inconclusive : isNew ? Severity.Info : null);
        }
    }
}
