using Sealtail.Format;
using Sealtail.Verifying;
using static Sealtail.Tampering.TamperCatalogue;

namespace Sealtail.Tampering;

/// <summary>What checkpoints give away, and what is wrong with false ones.</summary>
internal static class CheckpointCases
{
    public static IReadOnlyList<TamperCase> All { get; } =
    [
        Good("checkpoints", "has checkpoints over both epochs", world =>
        {
            Checkpoints.Put(world.Bucket, world.A, 1, 7);
            Checkpoints.Put(world.Bucket, world.A, 2, 3);
        }),
        Store("checkpointed-manifest-deleted", "deletes the newest manifest, which a checkpoint covers", FindingKind.ManifestMissing, world =>
        {
            Checkpoints.Put(world.Bucket, world.A, 2, 5);
            world.Remove(world.A[2, 4].Name);
        }),
        Store("checkpointed-epoch-deleted", "deletes the whole newest epoch, but not its checkpoint", FindingKind.ManifestMissing, world =>
        {
            Checkpoints.Put(world.Bucket, world.B, 2, 3);
            world.Remove(world.NamesOf(world.B, 2));
        }),
        Signer("checkpoint-of-other-history", "signs a checkpoint over another history", FindingKind.CheckpointMismatch,
            world => Checkpoints.Put(world.Bucket, world.A, new Checkpoint(world.A.Stream, 1, 4, Digest.Of("other"u8)))),
        Signer("checkpoint-of-future", "signs a checkpoint over more manifests than there are", FindingKind.ManifestMissing,
            world => Checkpoints.Put(world.Bucket, world.A, new Checkpoint(world.A.Stream, 2, 9, Digest.Of("other"u8)))),
        Store("checkpoint-of-stranger", "adds a checkpoint signed with a key of its own", FindingKind.UnsignedObject,
            world => Checkpoints.Put(world.Bucket, world.A, new Checkpoint(world.A.Stream, 1, 4, Digest.Of("other"u8)), world.Stranger)),
    ];
}
