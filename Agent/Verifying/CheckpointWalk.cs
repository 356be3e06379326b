using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>
/// Walks a stream's checkpoints beside its manifests: both are listed in the order in which the log grew, so one of each is held at a time. A checkpoint
/// vouches for a root over an epoch's first manifests, and so that there were so many.
/// </summary>
internal sealed class CheckpointWalk(StreamContext context, IAsyncEnumerable<LoadedCheckpoint> checkpoints, Expiry expiry) : IAsyncDisposable
{
    private readonly IAsyncEnumerator<LoadedCheckpoint> all = checkpoints.GetAsyncEnumerator();
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
