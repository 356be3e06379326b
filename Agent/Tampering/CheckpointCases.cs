using Sealtail.Buckets;
using Sealtail.Format;
using Sealtail.Verifying;
using static Sealtail.Tampering.TamperCatalogue;

namespace Sealtail.Tampering;

/// <summary>What checkpoints give away, what gives their removal away, and what is wrong with false ones.</summary>
internal static class CheckpointCases
{
    public static IReadOnlyList<TamperCase> All { get; } =
    [
        Good("checkpoints-unnamed", "has checkpoints that no manifest names, as after a crash", world =>
        {
            Checkpoints.Put(world.Bucket, world.A, 1, 7);
            Checkpoints.Put(world.Bucket, world.A, 2, 5);
        }),
        Store("checkpointed-manifest-deleted", "deletes the newest manifest, which a checkpoint covers", FindingKind.ManifestMissing, world =>
        {
            Checkpoints.Put(world.Bucket, world.A, 2, 5);
            world.Remove(world.A[2, 4].Name);
        }),
        Store("checkpointed-tail-deleted", "deletes the newest manifests, but not the checkpoint that covers the first of them", FindingKind.ManifestMissing,
            world => world.Remove(world.NamesOf(world.A, 2).Where(name => !IsCheckpoint(name)).Skip(3))),
        Store("checkpointed-epoch-deleted", "deletes the whole newest epoch, but not its checkpoint", FindingKind.ManifestMissing, world => world.Remove(world.NamesOf(world.B, 2).Where(name => !IsCheckpoint(name)))),
        Store("checkpointed-stream-deleted", "deletes a whole stream, but not its checkpoints", FindingKind.ManifestMissing, world => world.Remove(world.NamesOf(world.B).Where(name => !IsCheckpoint(name)))),
        Store("checkpoint-deleted", "deletes a checkpoint of a past epoch", FindingKind.CheckpointMissing, world => world.Remove(Named(world, 2, 0))),
        Store("checkpoint-deleted-newest", "deletes the newest checkpoint", FindingKind.CheckpointMissing, world => world.Remove(Named(world, 2, 3))),
        Store("checkpoints-deleted-all", "deletes every checkpoint", FindingKind.CheckpointMissing, world => world.Remove(world.Bucket.Names.Where(IsCheckpoint))),
        Store("checkpoint-bit-root", "flips a bit in a checkpoint's root", FindingKind.CheckpointMissing, world => world.Flip(Named(world, 1, 4), 60)),
        Store("checkpoint-bit-signature", "flips a bit in a checkpoint's signature", FindingKind.CheckpointMissing, world => world.Flip(Named(world, 1, 4), ^20)),
        Store("checkpoint-emptied", "empties a checkpoint", FindingKind.CheckpointMissing, world => world.Rewrite(Named(world, 1, 4), _ => [])),
        Store("checkpoint-extended", "appends a line to a checkpoint", FindingKind.CheckpointMissing, world => world.Rewrite(Named(world, 1, 4), bytes => [.. bytes, .. "more\n"u8])),
        Store("checkpoint-exchanged", "puts another stream's checkpoint in the place of one", FindingKind.CheckpointMissing, world => world.Rewrite(Named(world, 2, 0), _ => world.Bucket[world.B[2, 0].CheckpointName])),
        Store("checkpoint-moved", "moves a checkpoint to another epoch", FindingKind.CheckpointMissing, world =>
        {
            var name = Named(world, 1, 4);
            var bytes = world.Bucket[name];
            world.Remove(name);
            world.Bucket.Replace(name.Replace("/e00000001/", "/e00000002/", StringComparison.Ordinal), bytes);
        }),
        Store("reading-denied-checkpoint", "takes the auditor's permission to read one checkpoint", FindingKind.ObjectUnreadable, world => world.Bucket.Fail(Named(world, 1, 4), BucketFault.Denied)),
        Signer("checkpoint-of-other-history", "signs a checkpoint over another history", FindingKind.CheckpointMismatch,
            world => Checkpoints.Put(world.Bucket, world.A, new Checkpoint(world.A.Stream, 1, 4, Other))),
        Signer("checkpoint-of-future", "signs a checkpoint over more manifests than there are", FindingKind.ManifestMissing,
            world => Checkpoints.Put(world.Bucket, world.A, new Checkpoint(world.A.Stream, 2, 9, Other))),
        Signer("checkpoint-never-stored", "names a checkpoint that was never stored", FindingKind.CheckpointMissing, world => Names(world, new StoredCheckpoint(1, 2, Other))),
        Signer("checkpoint-named-early", "names a checkpoint of manifests to come", FindingKind.ManifestContradictory, world => Names(world, new StoredCheckpoint(1, 6, Other))),
        Signer("past-rewritten-behind-checkpoint", "writes an epoch's past anew and mends all of it, but for a checkpoint of how it was", FindingKind.CheckpointMismatch, world =>
        {
            using var was = new MemoryBucket();
            world.A.WriteTo(was);
            var name = world.A[2, 3].CheckpointName;
            world.A[2, 1].Manifest = world.A[2, 1].Manifest with { Agent = new AgentVersion("other", "1") };
            world.Bucket.Replace(name, was[name], world.A[2, 3].Created);
        }),
        Signer("checkpoint-of-thief", "signs a checkpoint with a key that is known to be stolen", FindingKind.UnsignedObject, world =>
        {
            var bucket = world.Bucket;
            world.A.Wait(TimeSpan.FromMinutes(1));
            Checkpoints.Put(bucket, world.A, new Checkpoint(world.A.Stream, 2, 9, Other));
            world.Trust = new TrustPolicy([TamperWorld.Anchor(world.A.Key) with { CompromisedSince = world.A.Now }, TamperWorld.Anchor(world.B.Key)]);
        }),
        Store("checkpoint-of-stranger", "adds a checkpoint signed with a key of its own", FindingKind.UnsignedObject,
            world => Checkpoints.Put(world.Bucket, world.A, new Checkpoint(world.A.Stream, 1, 4, Other), world.Stranger)),
    ];

    private static Digest Other => Digest.Of("other"u8);

    private static bool IsCheckpoint(string name) => name.StartsWith(CheckpointName.Root, StringComparison.Ordinal);

    private static string Named(TamperWorld world, long epoch, long sequence)
    {
        _ = world.Bucket; // written
        return world.A[epoch, sequence].CheckpointName;
    }

    private static void Names(TamperWorld world, StoredCheckpoint checkpoint) =>
        world.A[1, 4].Change = manifest => manifest with { Checkpoints = [.. manifest.Checkpoints, checkpoint] };
}
