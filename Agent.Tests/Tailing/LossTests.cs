using NUnit.Framework;
using Sealtail.Format;
using Sealtail.Tests.Support;

namespace Sealtail.Tests.Tailing;

internal sealed class LossTests : TailFixture
{
    [Test]
    public void The_file_that_held_the_position_was_deleted_while_down()
    {
        Writer.Write("one\n");
        Reader.Drain().Cut().Stop();
        Writer.Write("lost\n");
        File.Delete(Writer.Rotate()!); // there was a file
        Writer.Write("three\n");

        Assert.That(Reader.Restart().Drain().Ranges, Is.EqualTo("1 0-4 rotated-away(1 4-) 2 0-6"));
        Assert.That(Reader.Gaps.Single().Fingerprint, Is.EqualTo(Fingerprint.Of("one\n"u8)));
        Assert.That(Reader.Text, Is.EqualTo("one\nthree\n"));
    }

    [Test]
    public void Nothing_is_concluded_while_the_directory_is_gone_and_nothing_was_lost()
    {
        Writer.Write("one\n").Close();
        Reader.Drain().Cut().Stop();
        Directory.Move(Folder.Path, Folder.Path + ".away");
        Reader.Restart().Drain();
        Assert.That(Reader.Tailer.Status.State, Is.EqualTo(SourceCondition.Missing));
        Directory.CreateDirectory(Folder.Path);
        Assert.That(Reader.Drain().Gaps, Is.Empty, "an empty mount point proves nothing");
        Directory.Delete(Folder.Path);
        Directory.Move(Folder.Path + ".away", Folder.Path);
        Writer.Write("two\n");

        Assert.That(Reader.Drain().Ranges, Is.EqualTo("1 0-8"));
    }

    [Test]
    public void A_finished_file_that_is_gone_leaves_its_successor_unproven()
    {
        Writer.Write("one\n").Rotate();
        Writer.Write("two\n").Rotate();
        Reader.TakeOne();
        Reader.TakeOne();
        Reader.Cut().Stop();
        Assert.That(Reader.Ranges, Is.EqualTo("1 0-4."));
        File.Delete(Writer.Backups[0]);
        File.Delete(Writer.Backups[0]);
        Writer.Write("three\n");

        Assert.That(Reader.Restart().Drain().Ranges, Is.EqualTo("1 0-4. continuity-unproven(1 4-) 2 0-6"));
    }

    [Test]
    public void A_gap_that_was_declared_is_not_declared_again_after_a_restart()
    {
        Writer.Write("one\n");
        Reader.Drain().Cut().Stop();
        File.Delete(Writer.Rotate()!); // there was a file
        Writer.Write("part");
        Reader.Restart().Drain().Cut().Crash();
        Writer.Write("ial\n");

        Assert.That(Reader.Drain().Ranges, Is.EqualTo("1 0-4 rotated-away(1 4-) 2 0-8"));
    }

    [Test]
    public void Copytruncate_loses_what_was_not_read_and_says_so()
    {
        Writer.Write("one\n").Close();
        Reader.Drain();
        Append(Log, "lost\n");
        Truncate(0);
        Append(Log, "new\n");

        Assert.That(Reader.Drain().Ranges, Is.EqualTo("1 0-4 truncated(1 4-) 2 0-4"));
        Assert.That(Reader.Text, Is.EqualTo("one\nnew\n"));
    }

    [Test]
    public void A_truncated_file_that_outgrew_its_old_size_is_not_taken_for_the_old_one()
    {
        Writer.Write("one\n").Close();
        Reader.Drain();
        Truncate(0);
        Append(Log, "something longer\n");

        Assert.That(Reader.Drain().Ranges, Is.EqualTo("1 0-4 truncated(1 4-) 2 0-17"));
    }

    /// <summary>Bytes from the position on were handed out as the old file's, and then all of them a second time as the new one's.</summary>
    [Test]
    public void A_file_truncated_between_two_reads_that_outgrew_the_position_is_not_read_on()
    {
        Writer.Write("one\n").Close();
        Reader.TakeOne();
        Truncate(0);
        Append(Log, "something longer\n");

        Assert.That(Reader.Drain().Ranges, Is.EqualTo("1 0-4 truncated(1 4-) 2 0-17"));
        Assert.That(Reader.Text, Is.EqualTo("one\nsomething longer\n"));
    }

    /// <summary>What was written after the truncation was lost without a word.</summary>
    [Test]
    public void A_file_truncated_between_two_reads_and_as_long_again_is_read_anew()
    {
        Writer.Write("one\n").Close();
        Reader.TakeOne();
        Truncate(0);
        Append(Log, "two\n");
        Writer.Rotate();

        Assert.That(Reader.Drain().Ranges, Is.EqualTo("1 0-4 truncated(1 4-) 2 0-4."));
    }

    [Test]
    public void An_outside_truncation_leaves_a_run_of_NULs_that_is_read_as_it_is()
    {
        Writer.Write("one\n").Rotate();
        Writer.Write("two\n"); // a file that the rotator created is not opened for appending
        Reader.Drain();
        Truncate(0);
        Writer.Write("three\n");

        Assert.That(Reader.Drain().Text, Is.EqualTo("one\ntwo\n\0\0\0\0three\n"));
        Assert.That(Reader.Ranges, Is.EqualTo("1 0-4. 2 0-4 truncated(2 4-) 3 0-10"));
    }

    [Test]
    public void A_partial_line_that_was_cut_off_is_declared_and_what_was_taken_is_not_read_twice()
    {
        Writer.Write("one\n").Close();
        Append(Log, "part");
        Reader.Drain();
        Truncate(4);
        Append(Log, "x\n");

        Reader.Drain();
        Truncate(4);
        Assert.That(Reader.Drain().Text, Does.StartWith("one\nx\n"));
    }

    [Test]
    public void A_partial_line_that_was_cut_off_is_declared()
    {
        Writer.Write("one\n").Close();
        Append(Log, "part");
        Reader.Drain();
        Truncate(4);
        Reader.Drain();
        Append(Log, "two\n");

        Assert.That(Reader.Drain().Ranges, Is.EqualTo("1 0-4 truncated(1 4-) 2:1 4-8"));
    }

    [Test]
    public void An_unlinked_live_file_is_read_on_and_then_the_new_one()
    {
        Writer.Write("one\n");
        Reader.Drain();
        File.Delete(Log);
        Writer.Write("two\n");
        Assert.That(Reader.Drain().Text, Is.EqualTo("one\ntwo\n"));
        Assert.That(Reader.Tailer.Status.State, Is.EqualTo(SourceCondition.Missing));
        Writer.Write("three\n");
        Writer.Rotate();
        Writer.Write("four\n");

        Assert.That(Reader.Drain().Ranges, Is.EqualTo("1 0-14. continuity-unproven(1 14-) 2 0-5"));
        Assert.That(Reader.Text, Is.EqualTo("one\ntwo\nthree\nfour\n"));
    }

    [Test]
    public void A_file_replaced_by_another_is_read_to_its_end_from_the_descriptor()
    {
        Writer.Write("one\n");
        Reader.Drain();
        Writer.Write("two\n").Close();
        File.WriteAllText(Folder.File("other"), "three\n");
        File.Move(Folder.File("other"), Log, overwrite: true);

        Assert.That(Reader.Drain().Ranges, Is.EqualTo("1 0-8. continuity-unproven(1 8-) 2 0-6"));
    }

    [Test]
    public void A_backup_overwritten_by_one_of_the_same_name_is_still_read_from_its_descriptor()
    {
        Writer.Write("one\n");
        Reader.Drain();
        var backup = Writer.Rotate();
        Writer.Write("two\n");
        Reader.Tailer.Look();
        Writer.Step(TimeSpan.FromMilliseconds(-1));
        Assert.That(Writer.Rotate(), Is.EqualTo(backup));
        Writer.Write("three\n");

        Assert.That(Reader.Drain().Text, Is.EqualTo("one\ntwo\nthree\n"));
        Assert.That(Reader.Ranges, Is.EqualTo("1 0-4. 2 0-4. 3 0-6"));
    }

    [Test]
    public void Unread_backups_are_found_by_identity_also_when_the_clock_stepped_back()
    {
        Writer.Write("one\n");
        Reader.Drain();
        Writer.Rotate();
        Writer.Write("two\n");
        Writer.Step(TimeSpan.FromHours(-1));
        Writer.Rotate();
        Writer.Write("three\n");

        Assert.That(Reader.Drain().Text, Is.EqualTo("one\ntwo\nthree\n"));
        Assert.That(Reader.Ranges, Is.EqualTo("1 0-4. continuity-unproven(1 4-) 2 0-4. 3 0-6"), "that none was deleted between them cannot be known");
    }

    [Test]
    public void A_single_rotation_after_the_clock_stepped_back_is_proven()
    {
        Writer.Write("one\n").Rotate();
        Writer.Write("two\n");
        Reader.Drain();
        Writer.Step(TimeSpan.FromHours(-1));
        Writer.Rotate();
        Writer.Write("three\n");

        Assert.That(Reader.Drain().Ranges, Is.EqualTo("1 0-4. 2 0-4. 3 0-6"));
    }

    [Test]
    public void Two_files_that_fit_the_position_leave_continuity_unproven()
    {
        Writer.Write("same\n");
        Reader.Drain().Cut().Stop();
        Writer.Rotate();
        Writer.Write("same\n").Rotate();
        Writer.Mill(compress: true);
        Writer.Write("new\n");

        Assert.That(Reader.Restart().Drain().Ranges, Is.EqualTo("1 0-5 continuity-unproven(1 5-) 2:1 5-5. 3 0-5. 4 0-4"));
    }

    [Test]
    public void Two_files_with_equal_beginnings_are_told_apart_by_the_guard()
    {
        var beginning = new string('x', 2000);
        Writer.Write($"{beginning}\none\n");
        Reader.Drain().Cut().Stop();
        Writer.Rotate();
        Writer.Write($"{beginning}\ntwo\n").Rotate();
        Writer.Mill(compress: true);
        Writer.Write("three\n");

        Assert.That(Reader.Restart().Drain().Text, Is.EqualTo($"{beginning}\none\n{beginning}\ntwo\nthree\n"));
        Assert.That(Reader.Ranges, Is.EqualTo("1 0-2005. 2 0-2005. 3 0-6"));
    }

    [Test]
    public void An_equal_beginning_alone_is_another_file()
    {
        var beginning = new string('x', 2000);
        Writer.Write($"{beginning}\none\n");
        Reader.Drain().Cut().Stop();
        var backup = Writer.Rotate()!; // there was a file
        Writer.Write($"{beginning}\nsomething else\n");
        File.Delete(backup);

        Assert.That(Reader.Restart().Drain().Ranges, Is.EqualTo("1 0-2005 rotated-away(1 2005-) 2 0-2016"));
    }

    private void Truncate(long length)
    {
        using var file = new FileStream(Log, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.SetLength(length);
    }
}
