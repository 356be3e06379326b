using System.Security.Cryptography;
using Sealtail.Format;
using Sealtail.Verifying;

namespace Sealtail.Tampering;

/// <summary>
/// A good bucket of two streams as the agent leaves it (two epochs each, rotations, heartbeats, checkpoints, a clean stop and a crash, optionally a declared gap), with
/// what an auditor holds. A case first changes drafts as whoever holds the node's key can (everything after the change is signed anew, chain, log roots and
/// sums mended), then the stored objects as whoever can write to the bucket can.
/// </summary>
internal sealed class TamperWorld : IDisposable
{
    private static readonly StreamGlob Everything = StreamGlob.Parse("*");

    private readonly List<IDisposable> owned = [];
    private MemoryBucket? bucket;

    public TamperWorld(bool hasGap)
    {
        A = Own(new ChainBuilder("prod/cp-1/audit"));
        B = Own(new ChainBuilder("prod/cp-2/audit"));
        Stranger = Own(ECDsa.Create(ECCurve.NamedCurves.nistP256));
        A.Start().Read().Read().Chunk().Chunk().Read().Rotate().Chunk().Checkpoint().Heartbeat().Chunk().Stop();
        A.Checkpoint().Start().Chunk().Heartbeat().Checkpoint().Read().Chunk();
        B.Start().Chunk().Read().Rotate().Chunk().Heartbeat();
        B.Checkpoint().Start().Chunk();
        if (hasGap) B.Lose(GapCause.Unreadable, B.File.Number, B.File.Position, B.File.Position + Lost).Skip(Lost).TellGaps();
        B.Chunk();
        B.Checkpoint();
        // Both end at one moment, so that the silence after either weighs alike.
        A.Now = B.Now = A.Now > B.Now ? A.Now : B.Now;
        A.Heartbeat();
        B.Heartbeat();
        Now = A.Now + TimeSpan.FromSeconds(A.Policy.MaxSilenceSeconds);
        Trust = new TrustPolicy([Anchor(A.Key), Anchor(B.Key)]);
    }

    /// <summary>Bytes that the declared gap leaves out.</summary>
    public const int Lost = 100;

    /// <summary>
    /// Epoch 1: 0 start, 1 chunk of 3 records, 2 chunk, 3 chunk over a rotation, 4 heartbeat, 5 chunk, 6 stop. Epoch 2: 0 start, 1 chunk, 2 heartbeat, 3 chunk of 2 records, 4 heartbeat.
    /// Checkpoints of 4 and 7 manifests of the one, 3 of the other, named by 1/4, 2/0 and 2/3.
    /// </summary>
    public ChainBuilder A { get; }

    /// <summary>Epoch 1: 0 start, 1 chunk, 2 chunk over a rotation, 3 heartbeat, and a crash. Epoch 2: 0 start, 1 chunk, (2 gap,) then chunk and heartbeat, which the newest of two checkpoints does not cover.</summary>
    public ChainBuilder B { get; }

    /// <summary>A key that nobody trusts.</summary>
    public ECDsa Stranger { get; }

    /// <summary>Whom the auditor believes. Replaced by cases about trust.</summary>
    public TrustPolicy Trust
    {
        get;
        set => field = Own(value);
    }

    public VerifyOptions Options { get; set; } = new();

    /// <summary>When the auditor looks: as late as the agents' promises allow without anything new.</summary>
    public DateTimeOffset Now { get; set; }

    /// <summary>The bucket; from the first look at it on, drafts are written.</summary>
    public MemoryBucket Bucket
    {
        get
        {
            if (bucket is not null) return bucket;
            bucket = Own(new MemoryBucket());
            A.WriteTo(bucket);
            B.WriteTo(bucket);
            return bucket;
        }
    }

    public T Own<T>(T thing) where T : IDisposable
    {
        owned.Add(thing);
        return thing;
    }

    public static TrustAnchor Anchor(ECDsa key, StreamGlob? streams = null) =>
        new(streams ?? Everything, VerificationKey.FromSpki(key.ExportSubjectPublicKeyInfo()), "catalogue");

    /// <summary>Gives an object other bytes.</summary>
    public void Rewrite(string name, Func<byte[], byte[]> change) => Bucket.Replace(name, change([.. Bucket[name]]));

    public void Flip(string name, Index at, int bit = 0) => Rewrite(name, bytes =>
    {
        bytes[at] ^= (byte)(1 << bit);
        return bytes;
    });

    public void Remove(params IEnumerable<string> names)
    {
        foreach (var name in names.ToArray()) Bucket.Remove(name);
    }

    /// <summary>The stream's objects, or those of one of its epochs: manifests with their chunks, then checkpoints.</summary>
    public IEnumerable<string> NamesOf(ChainBuilder chain, long? epoch = null) =>
        Written(chain).Where(draft => epoch is null || draft.Manifest.Epoch == epoch).SelectMany(draft => draft.ChunkName.Length > 0 ? new[] { draft.Name, draft.ChunkName } : [draft.Name])
            .Concat(Bucket.Names.Where(name => CheckpointName.TryParse(name, out var checkpoint) && checkpoint.Stream == chain.Stream && (epoch is null || checkpoint.Epoch == epoch)));

    /// <summary>Puts a manifest object at a place of the chain, named by its bytes.</summary>
    public void Put(ChainBuilder chain, long epoch, long sequence, byte[] envelope) =>
        Bucket.Replace(new ManifestName(chain.Stream, epoch, sequence, sequence == 0 ? null : Digest.Of(envelope)).ToString(), envelope, Bucket.Now);

    /// <summary>Puts another object where a manifest was, at the same time.</summary>
    public void Supplant(ChainBuilderDraft draft, byte[] envelope)
    {
        _ = Bucket; // written
        Bucket.Remove(draft.Name);
        var manifest = draft.Manifest;
        Bucket.Replace(new ManifestName(manifest.Stream, manifest.Epoch, manifest.Sequence, manifest.Sequence == 0 ? null : Digest.Of(envelope)).ToString(), envelope, draft.Created);
    }

    /// <summary>The manifest with a change, signed anew; what follows it is not mended.</summary>
    public byte[] Resign(ChainBuilderDraft draft, Func<Manifest, Manifest> change, ECDsa? key = null)
    {
        _ = Bucket; // written
        return ChainBuilderWriter.Sign(ManifestWriter.ToPayload(change(draft.Manifest)), key ?? draft.Key);
    }

    public void Dispose()
    {
        foreach (var thing in Enumerable.Reverse(owned)) thing.Dispose();
    }

    private IReadOnlyList<ChainBuilderDraft> Written(ChainBuilder chain)
    {
        _ = Bucket;
        return chain.Drafts;
    }
}
