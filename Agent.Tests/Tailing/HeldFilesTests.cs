using NUnit.Framework;
using Sealtail.Format;
using Sealtail.Tailing;

namespace Sealtail.Tests.Tailing;

internal sealed class HeldFilesTests : TailFixture
{
    [Test]
    public void Files_unlinked_while_reading_waits_are_still_read()
    {
        Writer.Write("one\n");
        Reader.Drain().Cut();
        RotateUnderBackPressure();

        Assert.That(Reader.Drain().Text, Is.EqualTo("one\ntwo\nthree\nfour\n"));
        Assert.That(Reader.Gaps.Select(gap => gap.Cause), Is.All.EqualTo(GapCause.ContinuityUnproven).And.Not.Empty, "what was deleted between two looks cannot be known");
    }

    [Test]
    public void An_abandoned_chunk_of_unlinked_files_comes_again_from_their_descriptors()
    {
        Writer.Write("one\n");
        Reader.Drain().Cut();
        Writer.Write("two\n").Rotate();
        Writer.Write("three\n").Rotate();
        Writer.Write("four\n");
        Reader.Drain();
        foreach (var backup in Writer.Backups) File.Delete(backup);
        Reader.Drain().Abandon();

        Assert.That(Reader.Drain().Ranges, Is.EqualTo("1 0-8. 2 0-6. 3 0-5"));
    }

    [Test]
    public void Beyond_the_cap_the_oldest_is_released_with_a_gap_of_exact_extent()
    {
        Reader.Dispose();
        Reader = new ReaderHarness(Options with { MaxHeld = 12, MinFreeShare = 0 });
        Writer.Write("one\n");
        Reader.Drain().Cut();
        RotateUnderBackPressure();

        Reader.Drain();
        Assert.That(Reader.Ranges, Does.StartWith("1 0-4 rotated-away(1 4-8) 1 8-8. "));
        Assert.That(Reader.Text, Is.EqualTo("one\nthree\nfour\n"));
        Assert.That(Reader.Tailer.Counts.Gaps(GapCause.RotatedAway), Is.EqualTo(1));
    }

    [Test]
    public void None_is_held_where_the_disk_is_nearly_full()
    {
        Reader.Dispose();
        Reader = new ReaderHarness(Options with { MinFreeShare = 1.1 });
        Writer.Write("one\n");
        Reader.Drain().Cut();
        RotateUnderBackPressure();

        Reader.Drain();
        Assert.That(Reader.Text, Is.EqualTo("one\nfour\n"));
        Assert.That(Reader.Ranges, Does.StartWith("1 0-4 rotated-away(1 4-8) 1 8-8. ").And.Contain("rotated-away(2 0-6) 2 6-6. "));
    }

    private void RotateUnderBackPressure()
    {
        Writer.Write("two\n").Rotate();
        Writer.Write("three\n");
        Reader.Tailer.Look();
        File.Delete(Writer.Backups[0]);
        Writer.Rotate();
        Writer.Write("four\n");
        Reader.Tailer.Look();
        File.Delete(Writer.Backups[0]);
        Reader.Tailer.Look();
        Assert.That(Reader.Tailer.Status.State, Is.EqualTo(SourceCondition.Blocked));
    }
}
