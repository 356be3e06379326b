using Sealtail.Buckets;
using Sealtail.Format;
using Sealtail.Verifying;
using static Sealtail.Tampering.TamperCatalogue;

namespace Sealtail.Tampering;

/// <summary>What can be done to stored manifests without a key: damage, deletion, exchange, replay, junk.</summary>
internal static class ManifestCases
{
    private static readonly byte[] Junk = "{}"u8.ToArray();

    public static IReadOnlyList<TamperCase> All { get; } =
    [
        Store("manifest-bit-payload", "flips a bit in a manifest's payload", FindingKind.ManifestMissing, world => world.Flip(Written(world, 1, 2).Name, 60)),
        Store("manifest-bit-signature", "flips a bit in a manifest's signature", FindingKind.ManifestMissing, world => world.Flip(Written(world, 1, 2).Name, ^20)),
        Store("manifest-bit-newest", "flips a bit in the newest manifest", FindingKind.UnsignedObject, world => world.Flip(Written(world, 2, 4).Name, 60)) with { Weight = Severity.Inconclusive },
        Store("start-bit-payload", "flips a bit in the payload of an epoch's start", FindingKind.ManifestMissing, world => world.Flip(Written(world, 1, 0).Name, 60)),
        Store("start-bit-signature", "flips a bit in the signature of an epoch's start", FindingKind.ManifestMissing, world => world.Flip(Written(world, 2, 0).Name, ^20)),
        Store("start-bit-keyid", "flips a bit in the key hint of an epoch's start, which nothing else covers", FindingKind.EnvelopeAltered,
            world => world.Rewrite(Written(world, 2, 0).Name, bytes => Flipped(bytes, bytes.AsSpan().IndexOf("\"keyid\":\""u8) + 12))),
        Store("start-bit-keyid-name", "flips a bit in the name of a start's key hint", FindingKind.EnvelopeAltered,
            world => world.Rewrite(Written(world, 2, 0).Name, bytes => Flipped(bytes, bytes.AsSpan().IndexOf("\"keyid\""u8) + 3))),
        Store("start-signature-twice", "adds a start's own signature to it once more", FindingKind.EnvelopeAltered,
            world => world.Rewrite(Written(world, 2, 0).Name, bytes => new Envelope(Envelope.Parse(bytes).Payload, [.. Envelope.Parse(bytes).Signatures, .. Envelope.Parse(bytes).Signatures]).ToBytes())),
        Store("manifest-deleted-middle", "deletes a manifest in the middle", FindingKind.ManifestMissing, world => world.Remove(Written(world, 1, 3).Name)),
        Store("manifest-and-chunk-deleted", "deletes a manifest and its chunk", FindingKind.ManifestMissing, world => world.Remove(Written(world, 1, 2).Name, world.A[1, 2].ChunkName)),
        Store("start-deleted", "deletes an epoch's start", FindingKind.ManifestMissing, world => world.Remove(Written(world, 2, 0).Name)),
        Store("start-deleted-first", "deletes the first start", FindingKind.ManifestMissing, world => world.Remove(Written(world, 1, 0).Name)),
        Store("heartbeat-deleted", "deletes a heartbeat", FindingKind.ManifestMissing, world => world.Remove(Written(world, 1, 4).Name)),
        Store("stop-deleted", "deletes the stop before a restart", FindingKind.ManifestMissing, world => world.Remove(Written(world, 1, 6).Name)),
        Store("manifest-deleted-newest", "deletes the newest manifest", FindingKind.TailStale, world => world.Remove(Written(world, 2, 4).Name)),
        Store("tail-deleted", "deletes the newest manifests and their chunk", FindingKind.TailStale, world => world.Remove(Written(world, 2, 4).Name, world.A[2, 3].Name, world.A[2, 3].ChunkName)),
        Store("epoch-deleted-oldest", "deletes the whole first epoch", FindingKind.ManifestMissing, world => world.Remove(world.NamesOf(world.A, 1))),
        Store("epoch-deleted-newest-after-crash", "deletes the whole newest epoch, which followed a crash", FindingKind.TailStale, world => world.Remove(world.NamesOf(world.B, 2))),
        Store("epoch-deleted-newest-after-stop", "deletes the whole newest epoch, which followed a clean stop, and the auditor asks about now", FindingKind.StoppedBefore, world =>
        {
            world.Options = world.Options with { AsOf = world.Now };
            world.Remove(world.NamesOf(world.A, 2));
        }),
        Store("epoch-deleted-newest-but-chunks", "deletes all manifests of the newest run, which followed a clean stop, and leaves its chunks", FindingKind.OrphanChunk,
            world => world.Remove(world.NamesOf(world.A, 2).Where(name => !name.StartsWith(ChunkName.Root, StringComparison.Ordinal)))) with { Weight = Severity.Inconclusive },
        Store("stream-without-manifests", "deletes every manifest of a stream", FindingKind.ManifestMissing,
            world => world.Remove(world.NamesOf(world.A).Where(name => name.StartsWith(ManifestName.Root, StringComparison.Ordinal)))),
        Store("stream-of-chunks-only", "deletes everything of a stream but its chunks", FindingKind.NoManifests,
            world => world.Remove(world.NamesOf(world.A).Where(name => !name.StartsWith(ChunkName.Root, StringComparison.Ordinal)))),
        Store("everything-deleted", "deletes everything", FindingKind.NothingFound, world => world.Remove(world.Bucket.Names)),
        Store("manifests-swapped", "exchanges two manifests", FindingKind.ManifestMissing, world => Swap(world, Written(world, 1, 2).Name, world.A[1, 3].Name)),
        Store("starts-swapped", "exchanges two starts", FindingKind.ManifestMissing, world => Swap(world, Written(world, 1, 0).Name, world.A[2, 0].Name)),
        Store("replayed-later", "puts an old manifest at the next place of a newer epoch", FindingKind.UnsignedObject,
            world => world.Put(world.A, 2, 5, world.Bucket[Written(world, 1, 5).Name])) with { Weight = Severity.Inconclusive },
        Store("replayed-epoch", "puts an old start into the next slot", FindingKind.UnsignedObject,
            world => world.Put(world.A, 3, 0, world.Bucket[Written(world, 2, 0).Name])) with { Weight = Severity.Inconclusive },
        Store("replayed-across-streams", "puts another stream's start into the next slot", FindingKind.UnsignedObject,
            world => world.Put(world.A, 3, 0, world.Bucket[Written(world.B, world, 2, 0).Name])) with { Weight = Severity.Inconclusive },
        Store("replayed-in-place", "replaces a manifest by another stream's of the same place", FindingKind.ManifestMissing,
            world => world.Supplant(Written(world, 1, 1), world.Bucket[world.B[1, 1].Name])),
        Store("reading-denied", "takes the auditor's permission to read one manifest", FindingKind.ObjectUnreadable, world => world.Bucket.Fail(Written(world, 1, 2).Name, BucketFault.Denied)),
        Store("reading-denied-chunk", "takes the auditor's permission to read one chunk", FindingKind.ObjectUnreadable, world => world.Bucket.Fail(Written(world, 1, 2).ChunkName, BucketFault.Denied)),
        Store("listing-denied", "takes the auditor's permission to list", FindingKind.BucketUnreadable, world => world.Bucket.Fail("v1/", BucketFault.Denied)),
        Store("junk-next-slot", "puts junk into the next slot", FindingKind.UnsignedObject, world => world.Put(world.A, 3, 0, Junk)) with { Weight = Severity.Inconclusive },
        Store("junk-next-place", "puts junk where the next manifest will be", FindingKind.UnsignedObject, world => world.Put(world.A, 2, 5, Junk)) with { Weight = Severity.Inconclusive },
        Store("junk-beside", "puts junk beside a manifest", FindingKind.UnsignedObject, world => world.Put(world.A, 1, 2, Junk)),
        Store("junk-far-ahead", "puts junk far beyond the last manifest", FindingKind.UnsignedObject, world => world.Put(world.A, 2, 900, Junk)),
        Store("start-of-stranger", "replaces a start by one signed with a key of its own", FindingKind.ManifestMissing,
            world => world.Supplant(Written(world, 2, 0), world.Resign(world.A[2, 0], Theirs(world), world.Stranger))),
        Store("epoch-of-stranger", "begins an epoch with a key of its own", FindingKind.UnsignedObject,
            world => world.Put(world.A, 3, 0, world.Resign(world.A[2, 0], manifest => Theirs(world)(manifest) with { Epoch = 3 }, world.Stranger))) with { Weight = Severity.Inconclusive },
    ];

    private static Func<Manifest, Manifest> Theirs(TamperWorld world) => manifest =>
        manifest with { Start = manifest.Start! with { PublicKey = world.Stranger.ExportSubjectPublicKeyInfo() }, Subject = new Subject("key", Digest.Of(world.Stranger.ExportSubjectPublicKeyInfo())) }; // a start

    private static ChainBuilderDraft Written(TamperWorld world, long epoch, long sequence) => Written(world.A, world, epoch, sequence);

    private static ChainBuilderDraft Written(ChainBuilder chain, TamperWorld world, long epoch, long sequence)
    {
        _ = world.Bucket;
        return chain[epoch, sequence];
    }

    private static byte[] Flipped(byte[] bytes, int at)
    {
        bytes[at] ^= 1;
        return bytes;
    }

    private static void Swap(TamperWorld world, string one, string other)
    {
        var bytes = world.Bucket[one];
        world.Bucket.Replace(one, world.Bucket[other]);
        world.Bucket.Replace(other, bytes);
    }
}
