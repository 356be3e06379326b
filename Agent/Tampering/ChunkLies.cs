using Sealtail.Format;
using Sealtail.Verifying;
using static Sealtail.Tampering.TamperCatalogue;

namespace Sealtail.Tampering;

/// <summary>What whoever holds the node's key can sign of a chunk that is not so. Everything after it is signed anew.</summary>
internal static class ChunkLies
{
    public static IReadOnlyList<TamperCase> All { get; } =
    [
        Framing("signed-second-member", "signs a chunk of two gzip members", gzip => [.. gzip, .. ChainBuilderChunk.Gzip([])]),
        Framing("signed-trailing-byte", "signs a chunk with a byte after its gzip member", gzip => [.. gzip, 0]),
        Framing("signed-cut-member", "signs a chunk whose gzip member ends early", gzip => gzip[..^9]),
        Framing("signed-gzip-flags", "signs a chunk whose gzip header has a comment", gzip => With(gzip, 3, 16)),
        Framing("signed-gzip-time", "signs a chunk whose gzip header has a time", gzip => With(gzip, 4, 1)),
        Framing("signed-gzip-crc", "signs a chunk with a wrong CRC-32", gzip => With(gzip, gzip.Length - 8, (byte)(gzip[^8] ^ 1))),
        Framing("signed-gzip-size", "signs a chunk with a wrong ISIZE", gzip => With(gzip, gzip.Length - 4, (byte)(gzip[^4] ^ 1))),
        Framing("signed-plain", "signs a chunk that is not compressed", _ => "{\"verb\":\"get\"}\n"u8.ToArray()),
        Signer("signed-bomb", "signs a chunk that unpacks to more than it says", FindingKind.ContentSizeMismatch, world => world.A[1, 2].Stored = ChainBuilderChunk.Gzip(new byte[64 << 20])),
        Signer("signed-other-records", "signs one chunk's facts over another's bytes", FindingKind.ContentDigestMismatch,
            world => world.A[1, 2].Stored = ChainBuilderChunk.Gzip([.. world.A[1, 2].Plain!.Reverse()])), // a chunk
        Content("signed-content-size", "states another size of the records", FindingKind.ContentSizeMismatch, content => content with { Bytes = content.Bytes + 1 }),
        Content("signed-content-hash", "states another hash of the records", FindingKind.ContentDigestMismatch, content => content with { Sha256 = Other }),
        Content("signed-record-count", "states another number of records", FindingKind.RecordCountMismatch, content => content with { Records = content.Records + 1 }),
        Content("signed-malformed-count", "states another number of malformed records", FindingKind.MalformedCountMismatch, content => content with { Malformed = 1 }),
        Content("signed-merkle-root", "states another Merkle root over the records", FindingKind.MerkleRootMismatch, content => content with { MerkleRoot = Other }),
        Lie("signed-first", "says something else of the first record", FindingKind.RecordSummaryMismatch, facts => facts with { First = facts.First! with { AuditId = "other" } }), // records are JSON here
        Lie("signed-last", "says something else of the last record", FindingKind.RecordSummaryMismatch, facts => facts with { Last = facts.Last! with { Timestamp = null } }), // so here
        Lie("signed-last-left-out", "says nothing of the last record", FindingKind.RecordSummaryMismatch, facts => facts with { Last = null }),
        Lie("signed-chunk-crc", "states another CRC-32C of a chunk", FindingKind.ChunkCrcMismatch, facts => facts with { Object = facts.Object! with { Crc32C = new Crc32C(7) } }), // a chunk
        Lie("signed-chunk-name", "names a chunk otherwise than its facts do", FindingKind.ChunkNameMismatch, facts => facts with { Object = facts.Object! with { Name = facts.Object.Name.Replace("/date=2026-11-22/", "/date=2026-11-23/", StringComparison.Ordinal) } }),
        Lie("signed-chunk-traversal", "names a chunk by a path out of the bucket", FindingKind.ChunkNameMismatch, facts => facts with { Object = facts.Object! with { Name = "../../../../etc/shadow" } }),
        Lie("signed-chunk-of-other-stream", "names another stream's chunk as its own", FindingKind.ChunkNameMismatch, facts => facts with { Object = facts.Object! with { Name = facts.Object.Name.Replace("node=cp-1", "node=cp-2", StringComparison.Ordinal) } }),
        Lie("signed-chunk-size", "states another size of a chunk", FindingKind.ChunkSizeMismatch, facts => facts with { Object = facts.Object! with { Bytes = facts.Object.Bytes - 1 } }),
        Lie("signed-fingerprint", "states another beginning of the log file", FindingKind.FingerprintMismatch, facts => facts with { Sources = [facts.Sources[0] with { Fingerprint = facts.Sources[0].Fingerprint with { Sha256 = Other } }] }, sequence: 1),
        Lie("signed-fingerprint-short", "states a fingerprint of fewer bytes than were read", FindingKind.ManifestContradictory, facts => facts with { Sources = [facts.Sources[0] with { Fingerprint = Fingerprint.None }] }, sequence: 1),
        Lie("signed-ranges-short", "states ranges that do not add up to the records", FindingKind.ManifestContradictory, facts => facts with { Sources = [facts.Sources[0] with { To = facts.Sources[0].To - 1 }] }),
        Signer("signed-subject", "makes its statement about something else", FindingKind.ManifestContradictory,
            world => world.A[1, 2].Change = manifest => manifest with { Subject = manifest.Subject with { Sha256 = Other } }),
    ];

    private static Digest Other => Digest.Of("other"u8);

    private static TamperCase Framing(string id, string does, Func<byte[], byte[]> change) =>
        Signer(id, does, FindingKind.ChunkFraming, world => world.A[1, 2].Stored = change(ChainBuilderChunk.Gzip(world.A[1, 2].Plain!))); // a chunk

    private static TamperCase Content(string id, string does, FindingKind finding, Func<ChunkContent, ChunkContent> change) =>
        Lie(id, does, finding, facts => facts with { Content = change(facts.Content!.Value) }); // of a chunk

    private static TamperCase Lie(string id, string does, FindingKind finding, Func<EntryFacts, EntryFacts> change, long sequence = 2) =>
        Signer(id, does, finding, world => world.A[1, sequence].Change = manifest => manifest with { Entry = change(manifest.Entry) });

    private static byte[] With(byte[] bytes, int at, byte value)
    {
        bytes[at] = value;
        return bytes;
    }
}
