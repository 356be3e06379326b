using System.IO.Compression;
using System.Text;
using NUnit.Framework;
using Sealtail.Files;
using Sealtail.Format;
using Sealtail.Sealing;
using Sealtail.Tailing;
using Sealtail.Tests.Format;
using Sealtail.Tests.Support;
using Sealtail.Verifying;

namespace Sealtail.Tests.Sealing;

internal sealed class ChunkBuilderTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 9, 0, 0, TimeSpan.Zero);
    private static readonly StreamName Stream = StreamName.Create("test", "cp-1", "audit");

    private readonly TempFolder folder = new();
    private readonly FakeFile file = new() { Number = 1, Device = 1, Inode = 2, Path = "/var/log/audit.log" };
    private int chunks;

    public void Dispose() => folder.Dispose();

    [Test]
    public void A_chunk_is_one_gzip_member_without_time_or_flags_and_holds_the_bytes()
    {
        var text = "{\"auditID\":\"a\",\"stage\":\"ResponseComplete\",\"stageTimestamp\":\"2026-11-22T08:59:59.123456Z\"}\n{\"auditID\":\"b\"}\r\nno json\n";

        var (facts, bytes) = SealAll(Encoding.UTF8.GetBytes(text), 1 << 20);

        Assert.Multiple(() =>
        {
            Assert.That(bytes.AsSpan(0, 4).ToArray(), Is.EqualTo(new byte[] { 0x1f, 0x8b, 8, 0 }));
            Assert.That(BitConverter.ToUInt32(bytes, 4), Is.Zero, "MTIME");
            Assert.That(Gunzip(bytes), Is.EqualTo(text));
            Assert.That(facts.Object!.Bytes, Is.EqualTo(bytes.Length));
            Assert.That(facts.Object.Sha256, Is.EqualTo(Digest.Of(bytes)));
            Assert.That(facts.Object.Crc32C, Is.EqualTo(Crc32C.Of(bytes)));
            Assert.That(facts.Object.Name, Is.EqualTo($"v1/chunks/cluster=test/node=cp-1/source=audit/date=2026-11-22/085959-{Digest.Of(bytes)}.ndjson.gz"));
            Assert.That(facts.Content, Is.EqualTo(new ChunkContent(text.Length, Digest.Of(Encoding.UTF8.GetBytes(text)), 3, 1, NaiveRoot(text))));
            Assert.That(facts.First, Is.EqualTo(new RecordSummary("a", "ResponseComplete", "2026-11-22T08:59:59.123456Z")));
            Assert.That(facts.Last, Is.Null, "the last record is no JSON");
        });
    }

    /// <summary>However the reader cuts the bytes into steps, the facts are those of the bytes.</summary>
    [Test]
    public void Facts_do_not_depend_on_how_the_bytes_arrive([Range(1, 40)] int seed)
    {
        var random = new Random(seed);
        var text = RandomLines(random);
        var bytes = Encoding.UTF8.GetBytes(text);

        var whole = SealAll(bytes, bytes.Length).Facts;
        var pieces = SealAll(bytes, random.Next(1, 50)).Facts;

        Assert.That(pieces.Content, Is.EqualTo(whole.Content));
        Assert.That(pieces.First, Is.EqualTo(whole.First));
        Assert.That(pieces.Last, Is.EqualTo(whole.Last));
        Assert.That(whole.Content!.Value.MerkleRoot, Is.EqualTo(NaiveRoot(text)));
        Assert.That(whole.Content.Value.Malformed, Is.EqualTo(NaiveRecords(text).Count(IsMalformed)));
    }

    /// <summary>Enough records, of lengths enough, that they are hashed in batches and beside each other.</summary>
    [Test]
    public void Facts_of_many_records_of_any_length([Range(1, 6)] int seed)
    {
        var random = new Random(seed);
        int[] mosts = [3, 100, 1500, 1500, 5000, 70_000];
        var lines = Enumerable.Range(0, 1000).Select(i => (i % 3 == 0 ? "{" : "") + new string((char)('a' + (i % 26)), random.Next(mosts[random.Next(i % 50 == 0 ? mosts.Length : 4)])) + "}\n");
        var text = string.Concat(lines);

        var content = SealAll(Encoding.UTF8.GetBytes(text), 256 * 1024).Facts.Content;

        Assert.That(content!.Value.MerkleRoot, Is.EqualTo(NaiveRoot(text)));
        Assert.That(content.Value.Records, Is.EqualTo(1000));
        Assert.That(content.Value.Malformed, Is.EqualTo(NaiveRecords(text).Count(IsMalformed)));
    }

    [Test]
    public void The_bytes_of_a_step_are_only_read()
    {
        var bytes = Encoding.UTF8.GetBytes(RandomLines(new Random(5)));
        var step = Step(bytes, 0, continues: false);
        var before = step.Buffer!.ToArray();
        using var builder = NewBuilder(maxSize: 1 << 20);

        builder.Add(step, Now);

        Assert.That(step.Buffer, Is.EqualTo(before));
    }

    [Test]
    public void A_chunk_is_cut_before_the_record_that_would_make_it_too_large()
    {
        using var builder = NewBuilder(maxSize: 10);
        var step = Step("12345678\n12\n"u8.ToArray(), 0, continues: false);

        Assert.That(builder.MustCutBefore(step), Is.Null);
        Assert.That(builder.Add(step, Now), Is.EqualTo(9));
        Assert.That(builder.MustCutBefore(Step("12\n"u8.ToArray(), 9, continues: false)), Is.EqualTo(CutReason.Size));
    }

    [Test]
    public void A_single_longer_record_makes_a_larger_chunk()
    {
        using var builder = NewBuilder(maxSize: 10);
        builder.Add(Step("1234567"u8.ToArray(), 0, continues: true), Now);
        var rest = Step("890123456\n"u8.ToArray(), 7, continues: false);

        Assert.That(builder.MustCutBefore(rest), Is.Null, "a record is never split");
        Assert.That(builder.Add(rest, Now), Is.EqualTo(10));
        Assert.That(builder.MustCutBefore(Step("x\n"u8.ToArray(), 17, continues: false)), Is.EqualTo(CutReason.Size));
    }

    [Test]
    public void A_record_without_line_feed_ends_its_chunk()
    {
        using var builder = NewBuilder(maxSize: 100);
        builder.Add(Step("{\"torn\":"u8.ToArray(), 0, continues: false), Now);
        var end = new TailStep { Kind = TailStepKind.FileEnd, File = file, From = 8 };
        Assert.That(builder.MustCutBefore(end), Is.Null, "the end belongs to the same range");
        builder.EndFile(end);

        var next = new FakeFile { Number = 2, Device = 1, Inode = 3, Path = "/var/log/audit.log" };
        Assert.That(builder.MustCutBefore(Step("x\n"u8.ToArray(), 0, continues: false, next)), Is.EqualTo(CutReason.Final));
        var facts = Seal(builder, CutReason.Final).Facts;
        Assert.That(facts.Sources.Single(), Is.EqualTo(new SourceRange { File = 1, Path = file.Path, Device = 1, Inode = 2, Fingerprint = file.TakeFingerprint(), From = 0, To = 8, Final = true }));
    }

    [Test]
    public void A_chunk_spans_at_most_256_files()
    {
        using var builder = NewBuilder(maxSize: 1 << 20);
        for (var number = 1; number <= 257; number++)
        {
            var one = new FakeFile { Number = number, Device = 1, Inode = (ulong)number, Path = "/a" };
            var step = Step("x\n"u8.ToArray(), 0, continues: false, one);
            Assert.That(builder.MustCutBefore(step), Is.EqualTo(number == 257 ? CutReason.Ranges : null), $"file {number}");
            if (number == 257) break;
            builder.Add(step, Now);
            builder.EndFile(new TailStep { Kind = TailStepKind.FileEnd, File = one, From = 2 });
        }

        Assert.That(Seal(builder, CutReason.Ranges).Facts.Sources, Has.Count.EqualTo(256));
    }

    [Test]
    public void A_gap_alone_makes_no_chunk_and_states_the_end_of_the_file_before_it()
    {
        using var builder = NewBuilder(maxSize: 100);
        builder.EndFile(new TailStep { Kind = TailStepKind.FileEnd, File = file, From = 77 });
        builder.AddGap(new Gap(null, null, GapCause.ContinuityUnproven, 0, null, "why"), Now);

        var (facts, chunk) = builder.Seal(CutReason.Age, Now);

        Assert.That(chunk, Is.Null);
        Assert.That(facts.Object, Is.Null);
        Assert.That(facts.Gaps.Single().Cause, Is.EqualTo(GapCause.ContinuityUnproven));
        Assert.That(facts.Sources.Single() is { From: 77, To: 77, Final: true }, Is.True);
    }

    [TestCase(1_048_576, true)]
    [TestCase(1_048_577, false)]
    public void A_first_record_beyond_1_MiB_is_not_summarized(int length, bool summarized)
    {
        var record = "{\"auditID\":\"" + new string('x', length - 15) + "\"}\n";
        Assert.That(record, Has.Length.EqualTo(length));

        var (facts, _) = SealAll(Encoding.UTF8.GetBytes(record), 1000);

        Assert.That(facts.First is not null, Is.EqualTo(summarized));
    }

    [TestCase(63, true, TestName = "Sixty-four levels are read")]
    [TestCase(64, false, TestName = "Sixty-five levels are not")]
    public void Depth(int inner, bool summarized)
    {
        var record = "{\"a\":" + new string('[', inner) + new string(']', inner) + "}\n";

        Assert.That(SealAll(Encoding.UTF8.GetBytes(record), 10).Facts.First is not null, Is.EqualTo(summarized));
    }

    [Test]
    public void A_chunk_of_no_bytes_is_a_gzip_member_too()
    {
        using var builder = NewBuilder(1 << 20);
        var other = new FakeFile { Number = 2, Device = 1, Inode = 3, Path = "/var/log/audit.log" };
        builder.EndFile(new TailStep { Kind = TailStepKind.FileEnd, File = file, From = 0 });
        builder.EndFile(new TailStep { Kind = TailStepKind.FileEnd, File = other, From = 0 });

        var (facts, bytes) = Seal(builder, CutReason.Age);

        Assert.That(bytes, Has.Length.EqualTo(20).And.Length.EqualTo(facts.Object!.Bytes));
        Assert.That(Gunzip(bytes), Is.Empty);
        Assert.That(ChunkVerifier.Verify(new ChunkJob(null!, facts, facts.Object, facts.Content!.Value), new MemoryStream(bytes), CancellationToken.None).Faults, Is.Empty);
    }

    /// <summary>The tail-seal path allocates nothing per record: ten times the records, the same allocations but for the compressor's own growth.</summary>
    [Test]
    public void Nothing_is_allocated_per_record()
    {
        var line = Encoding.UTF8.GetBytes("{\"auditID\":\"x\",\"stage\":\"ResponseComplete\",\"verb\":\"get\"}\n");
        var buffer = new byte[line.Length * 1000];
        for (var i = 0; i < 1000; i++) line.CopyTo(buffer, i * line.Length);
        using var builder = NewBuilder(maxSize: 1 << 30);
        Feed(10);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Feed(100);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.That(allocated, Is.LessThan(10_000), "bytes for 100,000 records");

        void Feed(int times)
        {
            for (var i = 0; i < times; i++)
                builder.Add(new TailStep { Kind = TailStepKind.Bytes, File = file, Buffer = buffer, Length = buffer.Length }, Now);
        }
    }

    private ChunkBuilder NewBuilder(long maxSize) =>
        new(new SealOptions { MaxSize = maxSize }, Stream, () => new DurableFiles().Create(folder[$"chunk-{chunks++}"]));

    private (EntryFacts Facts, byte[] Bytes) SealAll(byte[] bytes, int pieceLength)
    {
        using var builder = NewBuilder(1L << 40);
        var at = 0;
        while (at < bytes.Length)
        {
            // As the reader does: whole lines where they fit, else a piece of a longer one.
            var end = Math.Min(bytes.Length, at + pieceLength);
            var lineFeed = bytes.AsSpan(at, end - at).LastIndexOf((byte)'\n');
            if (lineFeed >= 0) end = at + lineFeed + 1;
            var step = Step(bytes[at..end], at, continues: lineFeed < 0 && end < bytes.Length);
            Assert.That(builder.MustCutBefore(step), Is.Null);
            at += builder.Add(step, Now);
        }

        return Seal(builder, CutReason.Age);
    }

    private static (EntryFacts Facts, byte[] Bytes) Seal(ChunkBuilder builder, CutReason reason)
    {
        var (facts, chunk) = builder.Seal(reason, Now);
        chunk!.Dispose();
        return (facts, File.ReadAllBytes(chunk.Path));
    }

    private TailStep Step(byte[] bytes, long from, bool continues, TailedFile? of = null) => new()
    {
        Kind = TailStepKind.Bytes,
        File = of ?? file,
        From = from,
        Buffer = [0xEE, .. bytes],
        Start = 1,
        Length = bytes.Length,
        RecordContinues = continues,
        RecordLength = continues ? bytes.Length + 1 : null,
    };

    private static string Gunzip(byte[] bytes)
    {
        using var reader = new StreamReader(new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress));
        return reader.ReadToEnd();
    }

    private static string RandomLines(Random random)
    {
        string[] parts = ["{}", "{\"a\":1}", "}{", "", "\r", "{", "text", "{\"long\":\"" + new string('y', 200) + "\"}"];
        var text = string.Concat(Enumerable.Range(0, random.Next(1, 60)).Select(_ => parts[random.Next(parts.Length)] + (random.Next(4) == 0 ? "\r\n" : "\n")));
        return random.Next(2) == 0 ? text : text + "{\"torn\"";
    }

    private static List<string> NaiveRecords(string text)
    {
        var records = text.Split('\n').Select(line => line + "\n").ToList();
        records[^1] = records[^1][..^1];
        if (records[^1].Length == 0) records.RemoveAt(records.Count - 1);
        return records;
    }

    private static bool IsMalformed(string record)
    {
        var kept = record.EndsWith('\n') ? record[..^1] : record;
        if (record.EndsWith("\r\n", StringComparison.Ordinal)) kept = kept[..^1];
        return !(kept.StartsWith('{') && kept.EndsWith('}'));
    }

    private static Digest NaiveRoot(string text) => MerkleDefinition.Root([.. NaiveRecords(text).Select(record => Encoding.UTF8.GetBytes(record))]);

    private sealed class FakeFile : TailedFile
    {
        public override Fingerprint TakeFingerprint() => Fingerprint.Of("beginning"u8);
    }
}
