using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>
/// Walks a stream's checkpoints beside its manifests: both are listed in the order in which the log grew, so one of each is held at a time. A checkpoint
/// vouches for a root over an epoch's first manifests, and so that there were so many.
/// </summary>
/// <param name="context">Of the stream.</param>
/// <param name="checkpoints">As listed.</param>
/// <param name="find">Looks for one by itself, as it may have come after the listing; null: it is not there.</param>
/// <param name="expiry">Whether what is missing may have expired.</param>
internal sealed class CheckpointWalk(StreamContext context, IAsyncEnumerable<LoadedCheckpoint> checkpoints, Func<CheckpointName, Task<LoadedCheckpoint?>> find, Expiry expiry) : IAsyncDisposable
{
    private readonly IAsyncEnumerator<LoadedCheckpoint> all = checkpoints.GetAsyncEnumerator();
    private readonly HashSet<StoredCheckpoint> passed = []; // one for some 256 manifests: all of a stream's fit into memory
    private Checkpoint? next;
    private LoadedCheckpoint? loaded;

    /// <summary>Goes to the first checkpoint. To be awaited before all else.</summary>
    public Task BeginAsync() => AdvanceAsync();

    /// <summary>Whether a checkpoint speaks of the first <paramref name="size"/> manifests of the epoch, or of fewer or an earlier one and was not passed.</summary>
    public bool IsAt(long epoch, long size) => next is not null && Place(next).CompareTo((epoch, size)) <= 0;

    /// <summary>Passes what lies up to this place. What speaks of fewer manifests lies in a hole, which is told elsewhere.</summary>
    /// <param name="epoch">The epoch walked.</param>
    /// <param name="size">The manifests of it before this place.</param>
    /// <param name="root">Their root; null if it is not known.</param>
    /// <param name="here">The manifest at this place.</param>
    public async Task PassAsync(long epoch, long size, Digest? root, LoadedManifest here)
    {
        while (next is not null && IsAt(epoch, size))
        {
            if (next.Epoch < epoch) TellMissing(next, 0, here);
            else if (next.Size == size) Compare(next, root);
            await AdvanceAsync();
        }
    }

    /// <summary>The epoch has <paramref name="size"/> manifests and no more.</summary>
    /// <param name="epoch">The epoch walked.</param>
    /// <param name="size">Where the next manifest of it would be.</param>
    /// <param name="root">The root over all; null if it is not known.</param>
    /// <param name="following">The next manifest in chain order; null: there is none.</param>
    public async Task EndAsync(long epoch, long size, Digest? root, LoadedManifest? following)
    {
        while (next is not null && next.Epoch <= epoch)
        {
            if (next.Epoch < epoch) TellMissing(next, 0, following);
            else if (next.Size == size) Compare(next, root);
            else if (next.Size > size) TellMissing(next, size, following);
            await AdvanceAsync();
        }
    }

    /// <summary>Judges the checkpoints that the manifest names, which was reached: they were stored before it.</summary>
    /// <param name="naming">What is believed.</param>
    public async Task JudgeNamedAsync(LoadedManifest naming)
    {
        foreach (var named in naming.Manifest?.Checkpoints ?? [])
        {
            if (named.Epoch > naming.Name.Epoch || passed.Contains(named)) continue; // the former is a contradiction, told elsewhere
            var name = new CheckpointName(context.Stream, named.Epoch, named.Size, named.Sha256);
            var what = $"{name}, which epoch {naming.Name.Epoch} sequence {naming.Name.Sequence} names,";
            if (await find(name) is not { } again)
            {
                if (expiry.ExplainsCheckpoint(context.TimeOf(naming))) expiry.Tell(named.Epoch, named.Size - 1, $"{what} is older than the retention and gone.");
                else context.Find(FindingKind.CheckpointMissing, named.Epoch, named.Size - 1, name.ToString(), $"{what} is not in the bucket.");
            }
            else if (again is { IsIntact: false, IsUnreadable: false })
            {
                context.Find(FindingKind.CheckpointMissing, named.Epoch, named.Size - 1, name.ToString(), $"{what} is there with other bytes: {again.Why}.");
            }
        }
    }

    public ValueTask DisposeAsync() => all.DisposeAsync();

    private static (long Epoch, long Size) Place(Checkpoint checkpoint) => (checkpoint.Epoch, checkpoint.Size);

    private void Compare(Checkpoint checkpoint, Digest? root)
    {
        if (root is { } known && known != checkpoint.Root)
            context.Find(FindingKind.CheckpointMismatch, checkpoint.Epoch, checkpoint.Size - 1, loaded?.Stored.Name, $"The checkpoint states root {checkpoint.Root} over {checkpoint.Size} manifests; theirs is {known}.");
    }

    // The manifests were stored before the checkpoint, so they expire before it.
    private void TellMissing(Checkpoint checkpoint, long size, LoadedManifest? following)
    {
        var what = $"A signed checkpoint names {checkpoint.Size} manifests of epoch {checkpoint.Epoch}; {(size == 0 ? "none" : $"{size}")} of them {(size == 1 ? "is" : "are")} there.";
        if (loaded?.Stored.RetentionExpirationTime <= context.AsOf || (following is not null && expiry.Explains(following, isPrefix: context.Totals.Manifests == 0)))
            expiry.Tell(checkpoint.Epoch, size, what);
        else
            context.Find(FindingKind.ManifestMissing, checkpoint.Epoch, size, loaded?.Stored.Name, what);
    }

    private async Task AdvanceAsync()
    {
        while (await all.MoveNextAsync())
        {
            loaded = all.Current;
            if (loaded is { Name: { } passing } && (loaded.IsIntact || loaded.IsUnreadable)) passed.Add(new StoredCheckpoint(passing.Epoch, passing.Size, passing.Sha256));
            if (loaded.ObjectionOf(context.Trust, context.HasStoreClock, context.AsOf) is { } objection)
            {
                context.Find(FindingKind.UnsignedObject, loaded.Checkpoint!.Epoch, loaded.Checkpoint.Size - 1, loaded.Stored.Name, $"The checkpoint proves nothing: {objection}"); // what is objected to is a checkpoint
                continue;
            }

            if (loaded.Checkpoint is { } checkpoint)
            {
                next = checkpoint;
                return;
            }

            if (loaded.Name is not { } name) continue;
            if (loaded.IsUnreadable) context.Find(FindingKind.ObjectUnreadable, name.Epoch, name.Size - 1, loaded.Stored.Name, $"The checkpoint could not be read: {loaded.Why}");
            else context.Find(FindingKind.UnsignedObject, name.Epoch, name.Size - 1, loaded.Stored.Name, $"The object proves nothing: {loaded.Why}.");
        }

        next = null;
        loaded = null;
    }
}
