using NUnit.Framework;

namespace Sealtail.Tests.Tailing;

internal sealed class LateWriterTests : TailFixture
{
    [Test]
    public void A_late_writer_ships_under_a_new_number_and_reading_returns_to_the_interrupted_file()
    {
        Writer.Write("one\n");
        Reader.Drain();
        var backup = Writer.Rotate()!; // there was a file
        Writer.Write("two\n");
        Reader.Drain();
        Append(backup, "late\npar");
        Reader.Drain();
        Writer.Write("three\n");
        Reader.Drain();
        Append(backup, "tial\n");
        Reader.Drain();
        Writer.Write("four\n");

        Assert.That(Reader.Drain().Ranges, Is.EqualTo("1 0-4. 2 0-4 3:1 4-9. 4:2 4-10 5:3 9-17. 6:4 10-15"));
        Assert.That(Reader.Text, Is.EqualTo("one\ntwo\nlate\nthree\npartial\nfour\n"));
        Assert.That(Reader.Tailer.Counts.LateWrites, Is.EqualTo(2));
    }

    [Test]
    public void At_the_next_rotation_a_late_writer_gives_all_it_has_also_if_unlinked()
    {
        Writer.Write("one\n");
        Reader.Drain();
        var backup = Writer.Rotate()!; // there was a file
        Writer.Write("two\n");
        Reader.Drain();
        using (var late = new FileStream(backup, FileMode.Append))
        {
            File.Delete(backup);
            late.Write("late"u8);
        }

        Writer.Rotate();
        Writer.Write("three\n");

        Assert.That(Reader.Drain().Ranges, Is.EqualTo("1 0-4. 2 0-4. 3:1 4-8. 4 0-6"));
        Reader.Cut();
    }

    [Test]
    public void A_late_write_while_down_is_found_in_the_plain_or_the_compressed_backup([Values] bool compress)
    {
        Writer.Write("one\n");
        Reader.Drain();
        var backup = Writer.Rotate()!; // there was a file
        Writer.Write("two\n");
        Reader.Drain().Cut().Stop();
        Append(backup, "late\n");
        Writer.Mill(compress);
        Writer.Write("three\n");

        Assert.That(Reader.Restart().Drain().Text, Is.EqualTo("one\ntwo\nthree\nlate\n"));
        Assert.That(Reader.Ranges, Is.EqualTo("1 0-4. 2 0-10 3:1 4-9."));
    }

    [Test]
    public void A_late_write_of_an_abandoned_chunk_comes_again()
    {
        Writer.Write("one\n");
        Reader.Drain();
        var backup = Writer.Rotate()!; // there was a file
        Writer.Write("two\n");
        Reader.Drain().Cut();
        Append(backup, "late\n");
        Reader.Drain().Abandon();

        Assert.That(Reader.Drain().Ranges, Is.EqualTo("1 0-4. 2 0-4 3:1 4-9."));
    }
}
