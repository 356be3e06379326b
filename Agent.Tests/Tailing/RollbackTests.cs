using NUnit.Framework;

namespace Sealtail.Tests.Tailing;

internal sealed class RollbackTests : TailFixture
{
    private const int Head = 1500;

    [Test]
    public void A_file_shorter_than_the_position_is_resumed_at_the_newest_boundary_that_holds()
    {
        Write("one\n", "two\n", "three\n");
        Reader.Stop();
        SetLength(Head + 9);
        Append(Log, "REE\n");

        Assert.That(Reader.Restart().Drain().Ranges, Is.EqualTo("1 0-1514 source-rolled-back(1 1508-1514) 2:1 1508-1513"));
        Assert.That(Reader.Text, Is.EqualTo(Beginning + "one\ntwo\nthree\ntREE\n"));
    }

    /// <summary>It was read as another file from its beginning, and what had been taken before counted twice.</summary>
    [Test]
    public void A_live_file_cut_before_every_boundary_is_resumed_at_its_beginning()
    {
        Write("one\n", "two\n");
        SetLength(Head - 100);
        Append(Log, "x\n");

        Assert.That(Reader.Drain().Ranges, Is.EqualTo("1 0-1508 source-rolled-back(1 0-1508) 2:1 0-1402"));
    }

    [Test]
    public void A_tail_that_a_power_cut_zeroed_fails_the_guard()
    {
        Write("one\n", "two\n", "three\n");
        Reader.Stop();
        SetLength(Head + 8);
        SetLength(Head + 14);
        Append(Log, "four\n");

        Assert.That(Reader.Restart().Drain().Text, Is.EqualTo(Beginning + "one\ntwo\nthree\n\0\0\0\0\0\0four\n"));
        Assert.That(Reader.Ranges, Is.EqualTo("1 0-1514 source-rolled-back(1 1508-1514) 2:1 1508-1519"));
    }

    /// <summary>The range before the roll-back was sealed with a fingerprint shorter than what was taken, which the format forbids.</summary>
    [Test]
    public void A_range_keeps_its_fingerprint_when_its_file_is_rolled_back_within_one_chunk()
    {
        Writer.Write("one\n");
        Reader.Drain().Cut();
        Writer.Write("two\n").Close();
        Reader.TakeOne();
        SetLength(6);
        Append(Log, "ree\n");

        Assert.That(Reader.Drain().Ranges, Is.EqualTo("1 0-8 source-rolled-back(1 4-8) 2:1 4-10"));
        var before = Reader.All.First(taken => taken.To == 8).File!; // bytes have a file
        Assert.That(before.TakeFingerprint(), Is.EqualTo(Sealtail.Format.Fingerprint.Of("one\ntwo\n"u8)));
    }

    [Test]
    public void Reading_goes_on_in_the_rolled_back_file_across_its_rotation_and_the_next_restart()
    {
        Write("one\n", "two\n");
        Reader.Stop();
        SetLength(Head + 6);
        Append(Log, "\n");
        Reader.Restart().Drain().Cut().Crash();
        Append(Log, "three\n");
        Reader.Drain().Cut().Crash();
        Writer.Rotate();
        Writer.Write("four\n");

        Assert.That(Reader.Drain().Ranges, Is.EqualTo("1 0-1508 source-rolled-back(1 1504-1508) 2:1 1504-1513. 3 0-5"));
    }

    [Test]
    public void A_file_rolled_back_before_its_first_boundary_begins_anew_as_its_continuation()
    {
        var beginning = new string('x', 1500);
        Writer.Write(beginning + "\none\n").Close();
        Reader.Drain().Cut().Stop();
        SetLength(1503);
        Append(Log, "\n");

        Assert.That(Reader.Restart().Drain().Ranges, Is.EqualTo("1 0-1505 source-rolled-back(1 0-1505) 2:1 0-1504"));
    }

    [Test]
    public void A_finished_backup_that_lost_its_end_has_nothing_new_and_is_not_read_again()
    {
        Writer.Write(new string('x', 1500) + "\n");
        Reader.Drain().Cut();
        Writer.Write("one\n");
        var backup = Writer.Rotate()!; // there was a file
        Writer.Write("two\n").Close();
        Reader.Drain().Cut().Stop();
        using (var file = new FileStream(backup, FileMode.Open)) file.SetLength(1501);

        Assert.That(Reader.Restart().Drain().Ranges, Is.EqualTo("1 0-1505. 2 0-4"));
    }

    private static string Beginning => new string('x', Head - 1) + "\n";

    private void Write(params string[] lines)
    {
        foreach (var line in lines.Prepend(Beginning))
        {
            Writer.Write(line);
            Reader.Drain().Cut();
        }

        Writer.Close();
    }

    private void SetLength(long length)
    {
        using var file = new FileStream(Log, FileMode.Open, FileAccess.Write);
        file.SetLength(length);
    }
}
