using System.Text;
using Sealtail.Format;

namespace Sealtail.Tests.Format;

/// <summary>The bucket of docs/format.md as values: one epoch of a start, a chunk of three records and a stop. Its bytes are the files in Golden.</summary>
internal static class WorkedExample
{
    public const string Lineage = "7d0f6c1e-52a4-4b0a-9d55-3f1f0a7c2b61";
    private const string Path = "/var/log/kubernetes/audit.log";
    private const long RetentionSeconds = 31_536_000;

    public static readonly string[] Records =
    [
        """{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"0e2f3a9c-5a0e-4f56-9d51-6f1c0c2f7a10","stage":"ResponseComplete","verb":"get","user":{"username":"alice"},"requestURI":"/api/v1/namespaces/pay/secrets/db","stageTimestamp":"2026-11-22T09:00:00.123456Z"}""" + "\n",
        """{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"zażółć \u003cb\u003e","stage":"ResponseStarted","verb":"watch","user":{"username":"system:node:cp-1"},"requestURI":"/api/v1/pods?watch=1","stageTimestamp":"2026-11-22T09:00:00.119Z"}""" + "\n",
        """{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"91b3c2d4-0f57-4c8e-8a44-2b1d7e6f5c03","stage":"ResponseComplete","verb":"create","user":{"username":"bob"},"requestURI":"/api/v1/namespaces/pay/pods/web-0/exec?command=sh","stageTimestamp":"2026-11-22T09:00:02.5Z"}""" + "\n",
    ];

    public static string Folder => System.IO.Path.Combine(Repository.Root, "Agent.Tests", "Format", "Golden");

    public static string Bucket => System.IO.Path.Combine(Folder, "bucket");

    public static StreamName Stream { get; } = StreamName.Create("prod-eu1", "cp-1", "audit");

    public static byte[] Plain => Encoding.UTF8.GetBytes(string.Concat(Records));

    /// <summary>The three manifests that bind the chunk object <paramref name="chunk"/> under <paramref name="key"/>.</summary>
    public static Manifest[] Manifests(VerificationKey key, byte[] chunk)
    {
        var start = Start(key);
        var startPayload = ManifestWriter.ToPayload(start);
        var bound = Chunk(startPayload, chunk);
        return [start, bound, Stop(startPayload, ManifestWriter.ToPayload(bound), bound)];
    }

    public static ChunkName NameOf(byte[] chunk) => new(Stream, new DateTime(2026, 11, 22, 9, 0, 0, DateTimeKind.Utc), Digest.Of(chunk));

    private static Manifest Start(VerificationKey key) => new()
    {
        Subject = new Subject("key", key.KeyId),
        Stream = Stream,
        Lineage = Guid.Parse(Lineage),
        Epoch = 1,
        Sequence = 0,
        Kind = ManifestKind.EpochStart,
        Log = new LogState(0, MerkleTree.EmptyRoot),
        Signed = At("09:00:30.250118"),
        Entry = new EntryFacts { Sealed = At("09:00:30.250118"), Sources = [], Gaps = [] },
        Totals = new Totals(0, 0, 0),
        Receipts = [],
        Agent = new AgentVersion("sealtail", "0.1.0"),
        Start = new EpochStart
        {
            Cause = StartCause.FirstStart,
            PreviousEpoch = null,
            Skipped = [],
            PublicKey = key.Spki,
            Policy = new EpochPolicy(600, 30, 16_777_216, RetentionSeconds),
            Host = new HostIdentity("3b1f0c7e5a9d2846ce0b7f13d5a8e2946170cb3fd82e9a54b6f7c1083d2e5a91", "2f6a1b1c-93a0-4d0e-8f3c-6a1d2b7c9e05"),
        },
    };

    private static Manifest Chunk(byte[] startPayload, byte[] chunk)
    {
        var tree = new MerkleTree();
        foreach (var record in Records) tree.Append(MerkleTree.LeafHash(Encoding.UTF8.GetBytes(record)));
        return new Manifest
        {
            Subject = new Subject(NameOf(chunk).ToString(), Digest.Of(chunk)),
            Stream = Stream,
            Lineage = Guid.Parse(Lineage),
            Epoch = 1,
            Sequence = 1,
            Kind = ManifestKind.Chunk,
            Previous = Digest.Of(startPayload),
            Log = new LogState(1, MerkleTree.LeafHash(startPayload)),
            Signed = At("09:00:30.402551"),
            Entry = new EntryFacts
            {
                Sealed = At("09:00:30.181204"),
                Reason = CutReason.Age,
                Object = new ChunkObject(NameOf(chunk).ToString(), chunk.Length, Digest.Of(chunk), Crc32C.Of(chunk)),
                Content = new ChunkContent(Plain.Length, Digest.Of(Plain), 3, 0, tree.Root()),
                First = new RecordSummary("0e2f3a9c-5a0e-4f56-9d51-6f1c0c2f7a10", "ResponseComplete", "2026-11-22T09:00:00.123456Z"),
                Last = new RecordSummary("91b3c2d4-0f57-4c8e-8a44-2b1d7e6f5c03", "ResponseComplete", "2026-11-22T09:00:02.5Z"),
                Sources = [Range(0, Plain.Length)],
                Gaps = [],
            },
            Totals = new Totals(1, 3, Plain.Length),
            Receipts = [Created(0, ReceiptObject.Manifest, "1795338030338904", "09:00:30.338"), Created(1, ReceiptObject.Chunk, "1795338030311207", "09:00:30.311")],
            Agent = new AgentVersion("sealtail", "0.1.0"),
        };
    }

    private static Manifest Stop(byte[] startPayload, byte[] chunkPayload, Manifest bound) => bound with
    {
        Subject = new Subject("previous", Digest.Of(chunkPayload)),
        Sequence = 2,
        Kind = ManifestKind.Stop,
        Previous = Digest.Of(chunkPayload),
        Log = new LogState(2, MerkleTree.NodeHash(MerkleTree.LeafHash(startPayload), MerkleTree.LeafHash(chunkPayload))),
        Signed = At("09:00:47.903112"),
        Entry = new EntryFacts { Sealed = At("09:00:47.903112"), Sources = [Range(Plain.Length, Plain.Length)], Gaps = [] },
        Receipts = [Created(1, ReceiptObject.Manifest, "1795338030497311", "09:00:30.497")],
    };

    private static SourceRange Range(long from, long to) => new()
    {
        File = 1,
        Path = Path,
        Device = 2049,
        Inode = 131_099,
        Fingerprint = Fingerprint.Of(Plain),
        From = from,
        To = to,
        Final = false,
    };

    private static Receipt Created(long sequence, ReceiptObject kind, string generation, string time) =>
        new(1, sequence, kind, PutResult.Created, generation, At(time), At(time).AddSeconds(RetentionSeconds));

    private static DateTimeOffset At(string time) =>
        Timestamp.TryParse($"2026-11-22T{time}Z", out var value) ? value : throw new FormatException($"'{time}' is no time.");
}
