using System.IO.Compression;
using System.Text;
using Sealtail.Chaining;
using Sealtail.Format;

namespace Sealtail.Benchmarks;

/// <summary>A directory bucket of one long epoch: a start, chunks of one record each, a clean stop. As the agent writes it, but for the time that it takes to sync.</summary>
internal static class ManifestCorpus
{
    private static readonly StreamName Stream = StreamName.Create("bench", "cp-1", "audit");
    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Makes the bucket and returns the path of its public key.</summary>
    public static string Make(string bucket, int manifests)
    {
        Directory.CreateDirectory(bucket);
        using var key = SigningKey.Generate(bucket + ".pem");
        var tree = new MerkleTree();
        Digest? previous = null;
        var totals = default(Totals);
        var position = 0L;
        for (var sequence = 0; sequence < manifests; sequence++)
        {
            var time = Begin.AddSeconds(30L * sequence);
            var kind = sequence == 0 ? ManifestKind.EpochStart : sequence == manifests - 1 ? ManifestKind.Stop : ManifestKind.Chunk;
            var plain = kind == ManifestKind.Chunk ? Encoding.UTF8.GetBytes($"{{\"auditID\":\"{sequence}\",\"stage\":\"ResponseComplete\",\"stageTimestamp\":\"{Timestamp.Print(time)}\",\"pad\":\"{new string('x', 1100)}\"}}\n") : [];
            var entry = kind == ManifestKind.Chunk ? Chunk(bucket, plain, position, time, sequence) : new EntryFacts { Sealed = time, Sources = sequence == 0 ? [] : [Range(position, position)], Gaps = [] };
            position += plain.Length;
            if (plain.Length > 0) totals = new Totals(totals.Chunks + 1, totals.Records + 1, totals.Bytes + plain.Length);
            var payload = ManifestWriter.ToPayload(new Manifest
            {
                Subject = sequence == 0 ? new Subject("key", key.Public.KeyId) : entry.Object is { } chunk ? new Subject(chunk.Name, chunk.Sha256) : new Subject("previous", previous!.Value), // not the first
                Stream = Stream,
                Lineage = Guid.Parse("7d0f6c1e-52a4-4b0a-9d55-3f1f0a7c2b61"),
                Epoch = 1,
                Sequence = sequence,
                Kind = kind,
                Previous = previous,
                Log = new LogState(tree.Size, tree.Root()),
                Signed = time,
                Entry = entry,
                Totals = totals,
                Receipts = Receipts(sequence, time, kind),
                Agent = new AgentVersion("bench", "1"),
                Start = sequence > 0 ? null : new EpochStart
                {
                    Cause = StartCause.FirstStart,
                    PreviousEpoch = null,
                    Skipped = [],
                    PublicKey = key.Public.Spki,
                    Policy = new EpochPolicy(600, 30, 16 << 20, null),
                    Host = new HostIdentity("aa", "bb"),
                },
            });
            tree.Append(MerkleTree.LeafHash(payload));
            previous = Digest.Of(payload);
            var envelope = new Envelope(payload, [new EnvelopeSignature(key.Public.KeyId.ToString(), key.Sign(payload))]).ToBytes();
            Write(bucket, new ManifestName(Stream, 1, sequence, sequence == 0 ? null : Digest.Of(envelope)).ToString(), envelope);
        }

        return bucket + ".pem.pub";
    }

    private static EntryFacts Chunk(string bucket, byte[] plain, long position, DateTimeOffset time, int sequence)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(plain);
        var stored = packed.ToArray();
        stored[9] = 0xff; // the operating system: unknown, as the agent writes it
        var name = new ChunkName(Stream, ChunkName.Date(Timestamp.Print(time), time), Digest.Of(stored)).ToString();
        Write(bucket, name, stored);
        var summary = new RecordSummary($"{sequence}", "ResponseComplete", Timestamp.Print(time));
        return new EntryFacts
        {
            Sealed = time,
            Reason = CutReason.Age,
            Object = new ChunkObject(name, stored.Length, Digest.Of(stored), Crc32C.Of(stored)),
            Content = new ChunkContent(plain.Length, Digest.Of(plain), 1, 0, MerkleTree.LeafHash(plain)),
            First = summary,
            Last = summary,
            Sources = [Range(position, position + plain.Length)],
            Gaps = [],
        };
    }

    private static SourceRange Range(long from, long to) => new()
    {
        File = 1,
        Path = "/var/log/kubernetes/audit.log",
        Device = 2049,
        Inode = 131_099,
        Fingerprint = new Fingerprint(Fingerprint.MaxBytes, Digest.Of("the first bytes"u8)),
        From = from,
        To = to,
        Final = false,
    };

    private static Receipt[] Receipts(int sequence, DateTimeOffset time, ManifestKind kind) =>
    [
        .. sequence == 0 ? Array.Empty<Receipt>() : [new Receipt(1, sequence - 1, ReceiptObject.Manifest, PutResult.Created, "1795338030497311", time.AddSeconds(-30), time.AddDays(365))],
        .. kind == ManifestKind.Chunk ? [new Receipt(1, sequence, ReceiptObject.Chunk, PutResult.Created, "1795338030497311", time, time.AddDays(365))] : Array.Empty<Receipt>(),
    ];

    private static void Write(string bucket, string name, byte[] bytes)
    {
        var path = Path.Combine(bucket, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!); // an object's path has a folder
        File.WriteAllBytes(path, bytes);
    }
}
