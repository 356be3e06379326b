using System.Text;
using NUnit.Framework;
using Sealtail.Format;
using Sealtail.Tailing;
using Sealtail.Tests.Support;

namespace Sealtail.Tests.Tailing;

internal sealed class BytesTests : TailFixture
{
    [TestCase("\0\0\0\0\0\n{}\n", TestName = "NUL_runs")]
    [TestCase("one\r\ntwo\r\n\r\n", TestName = "CRLF")]
    [TestCase("\n\n\n", TestName = "Empty_lines")]
    [TestCase("{\"torn\":{\"glued\":1}\n", TestName = "Glued_records")]
    public void Bytes_are_bytes(string text)
    {
        Writer.Write(text);

        Assert.That(Reader.Drain().Text, Is.EqualTo(text));
    }

    [Test]
    public void Invalid_UTF8_is_handed_out_as_it_is()
    {
        byte[] bytes = [0xFF, 0xFE, 0xC0, (byte)'\n', 0x80, (byte)'\n'];
        Writer.Write(bytes);

        Assert.That(Reader.Drain().Bytes, Is.EqualTo(bytes));
    }

    [Test]
    public void A_torn_line_continued_by_a_restarted_apiserver_is_one_record()
    {
        Writer.Write("{\"torn");
        Reader.Drain().Cut();
        Writer.Close();
        Writer.Write("\":1}\n{}\n");

        Assert.That(Reader.Drain().Ranges, Is.EqualTo("1 0-14"));
    }

    [TestCase(1)]
    [TestCase(256 * 1024 - 1)]
    [TestCase(256 * 1024)]
    [TestCase(256 * 1024 + 1)]
    [TestCase(2 * 1024 * 1024)]
    [TestCase(64 * 1024 * 1024)]
    public void A_record_of_any_length_is_handed_out_once_its_line_feed_is_there(int length)
    {
        Writer.Write("before\n");
        var record = new byte[length];
        new Random(length).NextBytes(record);
        record.AsSpan().Replace((byte)'\n', (byte)' ');
        record[^1] = (byte)'\n';
        Writer.Write(record[..^1]);
        Reader.Drain();
        Assert.That(Reader.All.Sum(taken => taken.Bytes.Length), Is.EqualTo(7), "nothing of it before it is complete");
        Assert.That(Reader.Tailer.Status, Is.EqualTo(new SourceStatus(SourceCondition.Idle, 7 + length - 1, length - 1)));
        Writer.Write("\nafter\n");

        var read = Reader.Drain().Bytes;
        Assert.That(read.AsSpan(7, length).SequenceEqual(record));
        Assert.That(Encoding.ASCII.GetString(read.AsSpan(7 + length)), Is.EqualTo("after\n"));
    }

    [Test]
    public void A_long_record_without_a_line_feed_is_handed_out_when_its_file_is_final([Values] bool compress)
    {
        var record = new byte[1_000_000];
        Array.Fill(record, (byte)'x');
        Writer.Write("before\n").Write(record);
        if (!compress) Reader.Drain();
        Writer.Rotate();
        Writer.Mill(compress);
        Writer.Write("after\n");

        Assert.That(Reader.Drain().Ranges, Is.EqualTo("1 0-1000007. 2 0-6"));
        Assert.That(Reader.Bytes.AsSpan(7, record.Length).SequenceEqual(record));
    }

    [Test]
    public void A_long_record_in_a_compressed_backup_ends_where_it_ends()
    {
        Writer.Write(new string('x', 700_000) + "\nshort\n" + new string('y', 300_000) + "\n");
        Writer.Rotate();
        Writer.Mill(compress: true);
        Writer.Write("after\n");

        Assert.That(Reader.Drain().Ranges, Is.EqualTo("1 0-1000008. 2 0-6"));
    }

    [Test]
    public void Empty_files_have_numbers_and_ends()
    {
        Writer.Write("").Rotate();
        Writer.Rotate();
        Writer.Write("one\n");

        Assert.That(Reader.Drain().Ranges, Is.EqualTo("1 0-0. 2 0-0. 3 0-4"));
    }

    [Test]
    public void A_live_file_that_was_never_written_to_has_no_range_until_it_ends()
    {
        Writer.Write("one\n").Rotate();
        Reader.Drain().Cut().Crash();
        Writer.Rotate();
        Writer.Write("two\n");

        Assert.That(Reader.Drain().Ranges, Is.EqualTo("1 0-4. 2 0-0. 3 0-4"));
    }

    [Test]
    public void Ten_thousand_one_line_files_are_read_in_order_with_few_descriptors([Values] bool sameLine)
    {
        const int count = 10_000;
        var expected = new StringBuilder();
        var name = new DateTime(2026, 11, 22, 0, 0, 0, DateTimeKind.Utc);
        for (var i = 0; i < count; i++)
        {
            var line = sameLine ? "same\n" : $"line {i}\n";
            File.WriteAllText(Folder.File($"audit-{name.AddSeconds(i):yyyy-MM-dd'T'HH-mm-ss.fff}.log"), line);
            expected.Append(line);
        }

        Writer.Write("live\n");
        expected.Append("live\n");
        Reader.Dispose();
        Reader = new ReaderHarness(new TailOptions { Path = Log, PollInterval = TimeSpan.FromHours(1) });
        var most = 0;
        for (var step = 0; Reader.TakeOne(); step++)
        {
            if (step % 512 != 511) continue;
            Reader.Cut();
            most = Math.Max(most, OpenDescriptors());
            if (step % 8192 == 8191) Reader.Crash();
        }

        Assert.That(Reader.Text, Is.EqualTo(expected.ToString()));
        Assert.That(Reader.Gaps, Is.Empty);
        Assert.That(most, Is.InRange(1, 1100));
    }

    [Test]
    public void Reading_allocates_nothing_per_record_or_read()
    {
        var line = Encoding.ASCII.GetBytes(new string('x', 700) + "\n");
        var block = Enumerable.Repeat(line, 1500).SelectMany(bytes => bytes).ToArray();
        for (var i = 0; i < 64; i++) Writer.Write(block);
        Reader.Dispose();
        using var tailer = Tailer.Open(Options with { PollInterval = TimeSpan.FromHours(1) }, null, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        Take(tailer, 8 << 20);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var taken = Take(tailer, long.MaxValue);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.That(taken, Is.GreaterThan(50 << 20));
        Assert.That(allocated, Is.LessThan(16 * 1024), "a look at the directory at the end");
        Reader = new ReaderHarness(Options);
    }

    [Test]
    public void An_idle_look_allocates_next_to_nothing()
    {
        Writer.Write("one\n");
        Reader.Dispose();
        Directory.SetLastWriteTimeUtc(Folder.Path, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        using var tailer = Tailer.Open(Options, null, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        Take(tailer, long.MaxValue);
        Take(tailer, long.MaxValue);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) tailer.Read();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.That(allocated / 1000, Is.LessThan(100));
        Reader = new ReaderHarness(Options);
    }

    private int OpenDescriptors() => Directory.EnumerateFileSystemEntries("/proc/self/fd").Count(LeadsHere);

    private bool LeadsHere(string descriptor)
    {
        try
        {
            return File.ResolveLinkTarget(descriptor, returnFinalTarget: false)?.FullName.StartsWith(Folder.Path, StringComparison.Ordinal) == true;
        }
        catch (FileNotFoundException)
        {
            return false; // closed meanwhile by another test
        }
    }

    private static long Take(Tailer tailer, long most)
    {
        long taken = 0;
        while (taken < most && tailer.Read() is { Kind: TailStepKind.Bytes } step)
        {
            tailer.Advance(step.Length);
            taken += step.Length;
        }

        return taken;
    }
}
