using System.Security.Cryptography;
using System.Text;
using Sealtail.Format;

namespace Sealtail.Tests.Support;

/// <summary>Makes checkpoints over a <see cref="ChainBuilder"/>'s written chain, true or not, independently of the agent's own code.</summary>
internal static class Checkpoints
{
    /// <summary>The root over the epoch's first manifests. To be asked after the chain was written.</summary>
    public static Digest RootOf(ChainBuilder chain, long epoch, long size)
    {
        var tree = new MerkleTree();
        for (var sequence = 0; sequence < size; sequence++) tree.Append(MerkleTree.LeafHash(chain[epoch, sequence].Payload));
        return tree.Root();
    }

    public static byte[] Sign(Checkpoint checkpoint, ECDsa key)
    {
        using var known = VerificationKey.FromSpki(key.ExportSubjectPublicKeyInfo());
        var signature = key.SignData(Encoding.UTF8.GetBytes(checkpoint.Text), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return new SignedNote(checkpoint.Text, [new NoteSignature(checkpoint.Origin, SignedNote.KeyHashOf(known), signature)]).ToBytes();
    }

    /// <summary>Puts a checkpoint into the bucket and returns its name.</summary>
    public static string Put(MemoryBucket bucket, ChainBuilder chain, Checkpoint checkpoint, ECDsa? key = null)
    {
        var bytes = Sign(checkpoint, key ?? chain.Key);
        var name = new CheckpointName(checkpoint.Stream, checkpoint.Epoch, checkpoint.Size, Digest.Of(bytes)).ToString();
        bucket.Replace(name, bytes, chain.Now);
        return name;
    }

    /// <summary>Puts a true one.</summary>
    public static string Put(MemoryBucket bucket, ChainBuilder chain, long epoch, long size) =>
        Put(bucket, chain, new Checkpoint(chain.Stream, epoch, size, RootOf(chain, epoch, size)));
}
