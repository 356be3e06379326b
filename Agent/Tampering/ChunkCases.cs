using System.Text;
using Sealtail.Format;
using Sealtail.Verifying;
using static Sealtail.Tampering.TamperCatalogue;

namespace Sealtail.Tampering;

/// <summary>What can be done to stored chunks without a key.</summary>
internal static class ChunkCases
{
    public static IReadOnlyList<TamperCase> All { get; } =
    [
        Store("chunk-bit-header", "flips a bit in a chunk's gzip header", FindingKind.ChunkDigestMismatch, world => world.Flip(Middle(world), 0)),
        Store("chunk-bit-data", "flips a bit in a chunk's data", FindingKind.ChunkDigestMismatch, world => world.Flip(Middle(world), 40, 5)),
        Store("chunk-bit-trailer", "flips the last bit of a chunk", FindingKind.ChunkDigestMismatch, world => world.Flip(Middle(world), ^1, 7)),
        Store("chunk-bit-manifests-only", "flips a bit in a chunk, and only manifests are verified", FindingKind.ChunkCrcMismatch, world =>
        {
            world.Options = world.Options with { ManifestsOnly = true };
            world.Flip(Middle(world), 40);
        }),
        Store("chunk-cut", "cuts a chunk's last byte", FindingKind.ChunkSizeMismatch, world => world.Rewrite(Middle(world), bytes => bytes[..^1])),
        Store("chunk-emptied", "empties a chunk", FindingKind.ChunkSizeMismatch, world => world.Rewrite(Middle(world), _ => [])),
        Store("chunk-extended", "appends a byte to a chunk", FindingKind.ChunkSizeMismatch, world => world.Rewrite(Middle(world), bytes => [.. bytes, 0])),
        Store("chunk-second-member", "appends a second gzip member with another record", FindingKind.ChunkSizeMismatch,
            world => world.Rewrite(Middle(world), bytes => [.. bytes, .. ChainBuilderChunk.Gzip("{\"verb\":\"delete\"}\n"u8.ToArray())])),
        Store("chunk-record-edited", "edits a record in a chunk and compresses it again", FindingKind.ChunkDigestMismatch, world =>
        {
            var plain = Encoding.UTF8.GetString(Written(world, 1, 1).Plain!); // a chunk
            world.Rewrite(Written(world, 1, 1).ChunkName, _ => ChainBuilderChunk.Gzip(Encoding.UTF8.GetBytes(plain.Replace("/pods", "/jobs", StringComparison.Ordinal))));
        }),
        Store("chunk-records-reordered", "exchanges two records in a chunk", FindingKind.ChunkDigestMismatch, world =>
        {
            var records = ChainBuilderChunk.Records(Written(world, 1, 1).Plain!); // a chunk of three records
            world.Rewrite(Written(world, 1, 1).ChunkName, _ => ChainBuilderChunk.Gzip([.. records[1], .. records[0], .. records[2]]));
        }),
        Store("chunk-record-removed", "removes a record from a chunk", FindingKind.ChunkDigestMismatch, world =>
        {
            var records = ChainBuilderChunk.Records(Written(world, 1, 1).Plain!); // a chunk of three records
            world.Rewrite(Written(world, 1, 1).ChunkName, _ => ChainBuilderChunk.Gzip([.. records[0], .. records[2]]));
        }),
        Store("chunk-recompressed", "compresses a chunk's records otherwise", FindingKind.ChunkDigestMismatch,
            world => world.Rewrite(Middle(world), _ => ChainBuilderChunk.Gzip(Written(world, 1, 2).Plain!, System.IO.Compression.CompressionLevel.NoCompression))),
        Store("chunk-bomb", "replaces a chunk by a gzip bomb", FindingKind.ChunkSizeMismatch, world => world.Rewrite(Middle(world), _ => ChainBuilderChunk.Gzip(new byte[8 << 20]))),
        Store("chunks-swapped", "exchanges two chunks of a stream", FindingKind.ChunkDigestMismatch, world => Swap(world, Middle(world), Written(world, 1, 5).ChunkName)),
        Store("chunks-swapped-across-streams", "exchanges chunks of two streams", FindingKind.ChunkDigestMismatch, world =>
        {
            _ = world.Bucket;
            Swap(world, Middle(world), world.B[1, 1].ChunkName);
        }),
        Store("chunk-deleted-first", "deletes the first chunk", FindingKind.ChunkMissing, world => world.Remove(Written(world, 1, 1).ChunkName)),
        Store("chunk-deleted-middle", "deletes a chunk in the middle", FindingKind.ChunkMissing, world => world.Remove(Middle(world))),
        Store("chunk-deleted-newest", "deletes the newest chunk", FindingKind.ChunkMissing, world => world.Remove(Written(world, 2, 3).ChunkName)),
        Store("chunk-deleted-manifests-only", "deletes a chunk, and only manifests are verified", FindingKind.ChunkMissing, world =>
        {
            world.Options = world.Options with { ManifestsOnly = true };
            world.Remove(Middle(world));
        }),
        Store("chunks-deleted-all", "deletes every chunk of a stream", FindingKind.ChunkMissing,
            world => world.Remove(world.NamesOf(world.A).Where(name => name.StartsWith(ChunkName.Root, StringComparison.Ordinal)))),
        Store("chunk-renamed", "moves a chunk to another day", FindingKind.ChunkMissing, world =>
        {
            var name = Middle(world);
            var bytes = world.Bucket[name];
            world.Remove(name);
            world.Bucket.Replace(name.Replace("date=2026-11-22", "date=2026-11-21", StringComparison.Ordinal), bytes);
        }),
        Store("chunk-foreign", "adds a chunk that no manifest names, older than the last manifest", FindingKind.OrphanChunk, world =>
        {
            var bytes = ChainBuilderChunk.Gzip("{\"verb\":\"get\"}\n"u8.ToArray());
            world.Bucket.Replace(new ChunkName(world.A.Stream, world.A.Drafts[0].Created.UtcDateTime, Digest.Of(bytes)).ToString(), bytes, world.A.Drafts[1].Created);
        }),
        Store("name-foreign", "adds an object whose name is none of ours", FindingKind.UnsignedObject, world => world.Bucket.Replace("v1/chunks/readme.txt", [1])),
        Store("name-traversal", "adds an object whose name climbs out of its folder", FindingKind.UnsignedObject,
            world => world.Bucket.Replace($"{ManifestName.Root}prod/cp-1/audit/e00000001/../../../../../etc/passwd", [1])),
        Store("name-control", "adds an object whose name holds terminal escapes", FindingKind.UnsignedObject, world => world.Bucket.Replace("v1/manifests/\u001b[2J\u202eko", [1])),
    ];

    private static ChainBuilderDraft Written(TamperWorld world, long epoch, long sequence)
    {
        _ = world.Bucket;
        return world.A[epoch, sequence];
    }

    private static string Middle(TamperWorld world) => Written(world, 1, 2).ChunkName;

    private static void Swap(TamperWorld world, string one, string other)
    {
        var bytes = world.Bucket[one];
        world.Bucket.Replace(one, world.Bucket[other]);
        world.Bucket.Replace(other, bytes);
    }
}
