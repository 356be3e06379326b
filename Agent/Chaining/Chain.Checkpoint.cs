using Sealtail.Format;
using Sealtail.Spooling;

namespace Sealtail.Chaining;

/// <content>
/// Checkpoints over the epoch's confirmed manifests. Nothing else depends on them, so nothing is kept before one is sent: a crash at any moment leaves it
/// stored or not, and at most one more of the same log is made. They are consistent, because a log of confirmed manifests only grows.
/// </content>
internal sealed partial class Chain
{
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
    public void CheckpointStored(SignedCheckpoint checkpoint) => Reach(checkpoint.Checkpoint);

    /// <summary>The checkpoint could not be stored, and is given up for this time: one that covers its manifests too is due as if it had been.</summary>
    public void CheckpointFailed(SignedCheckpoint checkpoint) => Reach(checkpoint.Checkpoint);

    // Of the epoch that the head is in: the later of what the head says and of what was learnt since.
    private CheckpointState Checkpointed =>
        spool.Head is { Newest.Epoch: var epoch } head && stored.Epoch == epoch && stored.Size > head.Checkpointed.Size ? stored
        : spool.Head.Checkpointed;

    private void Reach(Checkpoint checkpoint)
    {
        stored = new CheckpointState(checkpoint.Epoch, checkpoint.Size, Timestamp.Truncate(time.GetUtcNow()));
        BeginCheckpointAge(TimeSpan.Zero);
    }

    private void BeginCheckpointAge(TimeSpan before) => (sinceCheckpoint, ageBefore) = (time.GetTimestamp(), before);
}
