using Sealtail.Format;
using Sealtail.Spooling;

namespace Sealtail.Chaining;

/// <content>
/// Checkpoints over the epoch's confirmed manifests. Nothing waits for them, so nothing is kept before one is sent: a crash at any moment leaves it
/// stored or not, and at most one more of the same log is made. They are consistent, because a log of confirmed manifests only grows. The next manifest
/// names what was stored, so that it cannot be taken away unnoticed.
/// </content>
internal sealed partial class Chain
{
    private readonly List<StoredCheckpoint> unnamed = []; // stored, and in no confirmed manifest yet; a crash forgets them, and others are made
    private CheckpointState stored; // what this run has learnt and the head does not hold yet
    private long sinceCheckpoint;   // timestamp from which the age counts
    private TimeSpan ageBefore;     // what had passed already when the run began

    /// <summary>
    /// A checkpoint of all manifests known to be confirmed, if one is due: after so many since the last one, or so long. Before the claim, that is of the
    /// epoch that the run before left behind. Each call signs anew. Null: none is due.
    /// </summary>
    public SignedCheckpoint? DueCheckpoint()
    {
        var head = spool.Head;
        if (head.Newest is not { } newest || head.LogSize - Checkpointed.Size is not (> 0 and var more)) return null;
        if (more < options.CheckpointManifests && ageBefore + time.GetElapsedTime(sinceCheckpoint) < options.CheckpointAge) return null;
        return signer.Sign(new Checkpoint(options.Stream, newest.Epoch, head.LogSize, head.Log().Root()));
    }

    /// <summary>The store has the checkpoint: the next is due so much later. The head says so with the next manifest.</summary>
    public void CheckpointStored(SignedCheckpoint checkpoint)
    {
        unnamed.Add(new StoredCheckpoint(checkpoint.Name.Epoch, checkpoint.Name.Size, checkpoint.Name.Sha256));
        Reach(checkpoint.Checkpoint);
    }

    /// <summary>The checkpoint could not be stored, and is given up for this time: one that covers its manifests too is due as if it had been.</summary>
    public void CheckpointFailed(SignedCheckpoint checkpoint) => Reach(checkpoint.Checkpoint);

    // Of the epoch that the head is in: the later of what the head says and of what was learnt since.
    private CheckpointState Checkpointed =>
        spool.Head is { Newest.Epoch: var epoch } head && stored.Epoch == epoch && stored.Size > head.Checkpointed.Size ? stored
        : spool.Head.Checkpointed;

    // How far the head may say that checkpoints reach, once the manifest is confirmed: as far as manifests name them.
    private CheckpointState Named(Manifest manifest)
    {
        unnamed.RemoveAll(manifest.Checkpoints.Contains);
        var head = spool.Head.Checkpointed;
        foreach (var named in manifest.Checkpoints)
            if (named.Epoch == head.Epoch && named.Size > head.Size)
                head = new CheckpointState(named.Epoch, named.Size, stored.Epoch == named.Epoch && stored.Size == named.Size ? stored.At : Now());
        return unnamed.Exists(waiting => waiting.Epoch == stored.Epoch && waiting.Size == stored.Size) || Checkpointed.Size < head.Size ? head : Checkpointed;
    }

    private void Reach(Checkpoint checkpoint)
    {
        stored = new CheckpointState(checkpoint.Epoch, checkpoint.Size, Timestamp.Truncate(time.GetUtcNow()));
        BeginCheckpointAge(TimeSpan.Zero);
    }

    private void BeginCheckpointAge(TimeSpan before) => (sinceCheckpoint, ageBefore) = (time.GetTimestamp(), before);
}
