using Sealtail.Format;

namespace Sealtail.Tests.Format;

/// <summary>One manifest of each kind with every member that it can have. Golden/payloads holds their bytes.</summary>
internal static class GoldenPayloads
{
    private static readonly Digest Zeros = Digest.Parse(new string('0', 64));
    private static readonly Digest Ones = Digest.Parse(new string('1', 64));

    public static IReadOnlyList<(string Name, Manifest Value)> All { get; } =
        [("chunk", Chunk()), ("gap", Gap()), ("heartbeat", Heartbeat()), ("restart", Restart()), ("start", Start()), ("stop", Stop())];

    public static IEnumerable<string> Names => All.Select(payload => payload.Name);

    public static Manifest Get(string name) => All.Single(payload => payload.Name == name).Value;

    private static Manifest Chunk() => Common(ManifestKind.Chunk, 41) with
    {
        Subject = new Subject("v1/chunks/cluster=c/node=n.example/source=audit/date=2026-11-22/085959-" + Ones + ".ndjson.gz", Ones),
        Entry = new EntryFacts
        {
            Sealed = At(0),
            Reason = CutReason.Ranges,
            Object = new ChunkObject("v1/chunks/cluster=c/node=n.example/source=audit/date=2026-11-22/085959-" + Ones + ".ndjson.gz", 173, Ones, new Crc32C(0x1020_3040)),
            Content = new ChunkContent(472, Zeros, 3, 1, Ones),
            First = new RecordSummary("<b>\"quoted\"\\ + / & 漢😀\u2028\0", "ResponseComplete", "2026-11-22T08:59:59.000000Z"),
            Last = new RecordSummary("x", "Panic", "2026-11-22T08:59:58Z"),
            Sources =
            [
                new SourceRange { File = 3, Path = "/var/log/audit.log", Device = 2049, Inode = ulong.MaxValue, Fingerprint = new Fingerprint(1024, Zeros), From = 104_857, To = 105_229, Final = true },
                new SourceRange { File = 4, Continues = 2, Path = "/var/log/audit-2026-11-22T08-00-00.000.log", Device = 0, Inode = 0, Fingerprint = new Fingerprint(100, Ones), From = 100, To = 200, Final = false },
            ],
            Gaps = [new Gap(2, new Fingerprint(100, Ones), GapCause.SourceRolledBack, 100, 4096, "resumed at the chunk boundary at 100")],
        },
        Receipts = [new Receipt(1, 40, ReceiptObject.Manifest, PutResult.Created, "1795351302123456", At(1), At(86_401)), new Receipt(1, 41, ReceiptObject.Chunk, PutResult.Exists, null, null, null)],
    };

    private static Manifest Gap() => Common(ManifestKind.Gap, 42) with
    {
        Entry = new EntryFacts
        {
            Sealed = At(0),
            Sources = [Position(5, 0)],
            Gaps =
            [
                new Gap(4, new Fingerprint(100, Ones), GapCause.RotatedAway, 200, 4096, "unlinked before it was read"),
                new Gap(null, null, GapCause.ContinuityUnproven, 0, null, ""),
            ],
        },
    };

    private static Manifest Heartbeat() => Common(ManifestKind.Heartbeat, 43) with
    {
        Entry = new EntryFacts { Sealed = At(0), Sources = [Position(5, 77)], Gaps = [] },
        Source = new SourceStatus(SourceCondition.Idle, 90, 13),
        Checkpoints = [new StoredCheckpoint(1, 40, Ones), new StoredCheckpoint(7, 43, Zeros)],
    };

    private static Manifest Stop() => Common(ManifestKind.Stop, 44) with
    {
        Entry = new EntryFacts { Sealed = At(0), Sources = [Position(5, 77)], Gaps = [] },
        Receipts = [new Receipt(1, 43, ReceiptObject.Manifest, PutResult.Created, "1795351302123457", At(2), null)],
    };

    private static Manifest Start() => Common(ManifestKind.EpochStart, 0) with
    {
        Subject = new Subject("key", Zeros),
        Previous = null,
        Log = new LogState(0, MerkleTree.EmptyRoot),
        Totals = default,
        Start = new EpochStart
        {
            Cause = StartCause.FirstStart,
            PreviousEpoch = null,
            Skipped = [],
            PublicKey = [0xfb, 0xff, 0xbf],
            Policy = new EpochPolicy(600, 30, 16_777_216, null),
            Host = new HostIdentity(Zeros.ToString(), "2f6a1b1c-93a0-4d0e-8f3c-6a1d2b7c9e05"),
        },
    };

    private static Manifest Restart() => Start() with
    {
        Epoch = 9,
        Entry = new EntryFacts { Sealed = At(0), Sources = [Position(5, 77)], Gaps = [] },
        Start = Start().Start! with // a start has it
        {
            Cause = StartCause.Restart,
            PreviousEpoch = new ManifestLink(4, 44, Ones),
            Skipped = [new SkippedEpochs(5, 7, SkipReason.Taken), new SkippedEpochs(8, 8, SkipReason.Unconfirmed)],
        },
    };

    private static Manifest Common(ManifestKind kind, long sequence) => new()
    {
        Subject = new Subject("previous", Zeros),
        Stream = StreamName.Create("c", "n.example", "audit"),
        Lineage = Guid.Parse("7d0f6c1e-52a4-4b0a-9d55-3f1f0a7c2b61"),
        Epoch = 1,
        Sequence = sequence,
        Kind = kind,
        Previous = Zeros,
        Log = new LogState(sequence, Ones),
        Signed = At(0.1),
        Entry = new EntryFacts { Sealed = At(0), Sources = [], Gaps = [] },
        Totals = new Totals(38, 5_012_345, (1L << 53) - 1),
        Receipts = [],
        Agent = new AgentVersion("sealtail", "0.1.0+0123abc"),
    };

    private static SourceRange Position(long file, long at) =>
        new() { File = file, Path = "/var/log/audit.log", Device = 2049, Inode = 131_099, Fingerprint = new Fingerprint(77, Ones), From = at, To = at, Final = false };

    private static DateTimeOffset At(double seconds) => new DateTimeOffset(2026, 11, 22, 9, 0, 0, TimeSpan.Zero).AddSeconds(seconds);
}
