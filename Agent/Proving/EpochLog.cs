using Sealtail.Buckets;
using Sealtail.Chaining;
using Sealtail.Format;
using Sealtail.Verifying;

namespace Sealtail.Proving;

/// <summary>One epoch's manifests as leaves, from sequence 0 to the first one that is missing, and the ways from some of them to a checkpoint.</summary>
internal sealed class EpochLog(StreamName stream, long epoch)
{
    private readonly List<Digest> leaves = [];

    public long Epoch => epoch;

    /// <summary>Manifests known without a hole.</summary>
    public long Size => leaves.Count;

    /// <summary>Takes the next manifest; false: it was taken before, and is here under another signature.</summary>
    public bool Add(long sequence, Digest leaf)
    {
        if (sequence < leaves.Count) return false;
        if (sequence == leaves.Count) leaves.Add(leaf);
        return true;
    }

    /// <summary>
    /// The way of the manifest to the smallest stored checkpoint that covers it and is true, or else to one that <paramref name="prover"/> signs over all
    /// that is there. Null: manifests before it are missing.
    /// </summary>
    public (TlogProof Proof, VerificationKey Key)? Prove(long sequence, IReadOnlyList<(LoadedCheckpoint Loaded, byte[] Bytes, VerificationKey Key)> stored, SigningKey prover)
    {
        if (sequence >= Size) return null;
        foreach (var (loaded, bytes, key) in stored)
            if (loaded.Checkpoint is { } checkpoint && checkpoint.Size > sequence && checkpoint.Size <= Size && Walk(sequence, checkpoint.Size) is var (root, path) && root == checkpoint.Root)
                return (new TlogProof(sequence, path, bytes), key);

        var (all, way) = Walk(sequence, Size);
        return (new TlogProof(sequence, way, SignedCheckpoint.Sign(new Checkpoint(stream, epoch, Size, all), prover).Bytes), prover.Public);
    }

    /// <summary>The checkpoints of the epoch that a trusted key signed, the smallest first. One whose key somebody else may have had by then is none.</summary>
    public async Task<IReadOnlyList<(LoadedCheckpoint Loaded, byte[] Bytes, VerificationKey Key)>> ReadCheckpointsAsync(
        IBucket bucket, ObjectReader reader, IReadOnlyList<VerificationKey> keys, Func<LoadedCheckpoint, bool> isBelieved, CancellationToken cancellationToken)
    {
        var checkpoints = new List<(LoadedCheckpoint, byte[], VerificationKey)>();
        var loader = new CheckpointLoader(reader, keys);
        await foreach (var stored in bucket.ListAsync(CheckpointName.Prefix(stream, epoch), cancellationToken))
        {
            var loaded = await loader.LoadAsync(stored, cancellationToken);
            if (loaded is not { Checkpoint: not null, Bytes: { } bytes } || !isBelieved(loaded)) continue;
            checkpoints.Add((loaded, bytes, keys.First(key => key.KeyId == loaded.Signers[0])));
        }

        return checkpoints;
    }

    private (Digest Root, IReadOnlyList<Digest> Path) Walk(long sequence, long size)
    {
        var tree = new InclusionPaths();
        IReadOnlyList<Digest> path = [];
        for (var i = 0; i < size; i++)
        {
            if (i == sequence) path = tree.AppendMarked(leaves[i]);
            else tree.Append(leaves[i]);
        }

        return (tree.Root(), path);
    }
}
