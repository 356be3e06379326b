using NUnit.Framework;
using Sealtail.Format;
using Sealtail.Tests.Support;

namespace Sealtail.Tests.Tailing;

internal sealed class CompressedTests : TailFixture
{
    private const string Older = "audit-2026-11-22T08-00-00.000.log";
    private const string Newer = "audit-2026-11-22T08-30-00.000.log";

    [Test]
    public void A_compressed_backup_is_ignored_while_its_plain_twin_lives()
    {
        File.WriteAllText(Folder.File(Older), "one\n");
        File.WriteAllBytes(Folder.File(Older + ".gz"), LumberjackWriter.Gzip("one\n"u8.ToArray())[..12]);
        Writer.Write("two\n");

        Assert.That(Reader.Drain().Ranges, Is.EqualTo("1 0-4. 2 0-4"));
        LumberjackWriter.Compress(Folder.File(Older));
        Assert.That(Reader.Drain().Ranges, Is.EqualTo("1 0-4. 2 0-4"));
    }

    [Test]
    public void A_compressed_backup_that_is_not_whole_is_waited_for()
    {
        var whole = LumberjackWriter.Gzip("one\n"u8.ToArray());
        File.WriteAllBytes(Folder.File(Older + ".gz"), whole[..^3]);
        Writer.Write("two\n");

        Assert.That(Reader.Drain().Ranges, Is.Empty);
        Assert.That(Reader.Tailer.Status.State, Is.EqualTo(SourceCondition.Blocked));
        File.WriteAllBytes(Folder.File(Older + ".gz"), whole);
        Assert.That(Reader.Drain().Ranges, Is.EqualTo("1 0-4. 2 0-4"));
    }

    [Test]
    public void An_empty_copy_does_not_tell_what_became_of_an_empty_file()
    {
        Writer.Write("");
        Reader.Drain();
        File.Delete(Writer.Path); // as its backup, between two looks, and what followed it
        WriteOld(Older + ".gz", LumberjackWriter.Gzip("one\n"u8.ToArray()));
        WriteOld(Newer + ".gz", LumberjackWriter.Gzip([]));
        File.WriteAllText(Writer.Path, "two\n");

        Assert.That(Reader.Drain().Ranges, Is.EqualTo("1 0-0. continuity-unproven(1 0-) 2 0-4. 3 0-0. 4 0-4"));
    }

    [Test]
    public void An_empty_file_compressed_between_two_looks_is_known_by_the_name_it_had()
    {
        Writer.Write("");
        Reader.Drain();
        Writer.Rotate();
        var backup = Directory.GetFiles(Folder.Path, "audit-*").Single();
        LumberjackWriter.Compress(backup);
        Writer.Write("one\n");

        Assert.That(Reader.Drain().Ranges, Is.EqualTo("1 0-0. 2 0-4"));
    }

    /// <summary>Its copy was taken for another file: the late bytes came once from the descriptor and once from the copy.</summary>
    [Test]
    public void A_file_finished_empty_that_grew_before_it_was_compressed_is_read_once()
    {
        Writer.Rotate();
        var backup = Writer.Rotate()!; // there was a file
        Reader.Drain();
        File.AppendAllText(backup, "late\n");
        LumberjackWriter.Compress(backup);
        Reader.Drain();
        Writer.Write("two\n").Rotate();

        Assert.That(Reader.Drain().Text, Is.EqualTo("late\ntwo\n"));
        Assert.That(Reader.Gaps, Is.Empty);
    }

    [TestCase(0, TestName = "A_damaged_header_is_a_gap")]
    [TestCase(14, TestName = "A_damaged_body_is_a_gap")]
    [TestCase(-6, TestName = "A_damaged_checksum_is_a_gap")]
    [TestCase(-2, TestName = "A_damaged_length_is_a_gap")]
    public void Of_a_damaged_backup_nothing_is_salvaged(int offset)
    {
        var bytes = LumberjackWriter.Gzip(System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 500).Select(i => $"line {i}\n"))));
        bytes[offset < 0 ? bytes.Length + offset : offset] ^= 0x55;
        WriteOld(Older + ".gz", bytes);
        WriteOld(Newer + ".gz", LumberjackWriter.Gzip("one\n"u8.ToArray()));
        Writer.Write("two\n");

        Assert.That(Reader.Drain().Ranges, Is.EqualTo("compressed-damaged(1 0-) 2 0-4. 3 0-4"));
    }

    [Test]
    public void A_backup_cut_in_half_is_a_gap_once_it_stood_still()
    {
        var bytes = LumberjackWriter.Gzip(System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 500).Select(i => $"line {i}\n"))));
        WriteOld(Older + ".gz", bytes[..(bytes.Length / 2)]);
        Writer.Write("two\n");

        Assert.That(Reader.Drain().Ranges, Is.EqualTo("compressed-damaged(1 0-) 2 0-4"));
    }

    [Test]
    public void Reading_resumes_inside_a_compressed_backup_after_chunks_and_crashes()
    {
        var text = string.Concat(Enumerable.Range(0, 100_000).Select(i => $"line {i}\n"));
        WriteOld(Older + ".gz", LumberjackWriter.Gzip(System.Text.Encoding.UTF8.GetBytes(text)));
        Writer.Write("live\n");
        Reader.MostAtOnce = 100_003;
        while (Reader.TakeOne()) Reader.Cut().Crash();

        Assert.That(Reader.Text, Is.EqualTo(text + "live\n"));
        Assert.That(Reader.Ranges, Is.EqualTo($"1 0-{text.Length}. 2 0-5"));
    }

    [Test]
    public void A_backup_compressed_while_it_is_read_is_read_on_from_its_descriptor()
    {
        Writer.Write("one\ntwo\n").Rotate();
        Writer.Write("three\n");
        Reader.MostAtOnce = 4;
        Reader.TakeOne();
        Writer.Mill(compress: true);

        Assert.That(Reader.Drain().Ranges, Is.EqualTo("1 0-8. 2 0-6"));
        Reader.Cut().Crash();
        Assert.That(Reader.Drain().Ranges, Is.EqualTo("1 0-8. 2 0-6"));
    }

    [Test]
    public void A_copy_seen_before_it_was_whole_is_not_read_again()
    {
        Writer.Write("one\n");
        Reader.Drain();
        var backup = Writer.Rotate()!; // there was a file
        var whole = LumberjackWriter.Gzip("one\n"u8.ToArray());
        File.WriteAllBytes(backup + ".gz", whole[..^3]);
        File.Delete(backup);
        Writer.Write("two\n");

        Assert.That(Reader.Drain().Text, Is.EqualTo("one\n"));
        Assert.That(Reader.Tailer.Status.State, Is.EqualTo(SourceCondition.Blocked));
        File.WriteAllBytes(backup + ".gz", whole);
        Assert.That(Reader.Drain().Ranges, Is.EqualTo("1 0-4. 2 0-4"));
    }

    [Test]
    public void Another_file_seen_before_it_was_whole_is_read_and_the_doubt_about_it_is_declared()
    {
        Writer.Write("one\n");
        Reader.Drain();
        var backup = Writer.Rotate()!; // there was a file
        var whole = LumberjackWriter.Gzip("uno\n"u8.ToArray());
        File.WriteAllBytes(backup + ".gz", whole[..^3]);
        File.Delete(backup);
        Writer.Write("two\n");
        Reader.Drain();
        File.WriteAllBytes(backup + ".gz", whole);

        Assert.That(Reader.Drain().Ranges, Is.EqualTo("1 0-4. continuity-unproven(1 4-) 2 0-4. 3 0-4"));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void A_backup_named_as_an_empty_one_that_is_gone_is_not_taken_for_it(bool compress)
    {
        Writer.Write("one\n");
        Reader.Drain();
        Writer.Rotate();
        var empty = Writer.Rotate()!; // there was a file
        Writer.Write("two\n");
        Reader.Drain().Cut();
        File.Delete(empty);
        Reader.Drain();
        var name = compress ? empty + ".gz" : empty;
        File.WriteAllBytes(name, compress ? LumberjackWriter.Gzip("three\n"u8.ToArray()) : "three\n"u8.ToArray());
        Reader.Drain();
        Writer.Rotate(); // what appears while a file is written is read after it

        Assert.That(Reader.Drain().Ranges, Is.EqualTo("1 0-4. 2 0-0. 3 0-4. continuity-unproven(3 4-) 4 0-6."));
    }

    private void WriteOld(string name, byte[] bytes)
    {
        File.WriteAllBytes(Folder.File(name), bytes);
        File.SetLastWriteTimeUtc(Folder.File(name), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
    }
}
