using NUnit.Framework;
using Sealtail.Format;

namespace Sealtail.Tests.Tailing;

internal sealed class RotationTests : TailFixture
{
    [Test]
    public void Lines_are_handed_out_as_they_are_written()
    {
        Writer.Write("one\n");
        Reader.Drain();
        Writer.Write("two\nthree\n");
        Reader.Drain();

        Assert.That(Reader.Text, Is.EqualTo("one\ntwo\nthree\n"));
        Assert.That(Reader.Ranges, Is.EqualTo("1 0-14"));
    }

    [Test]
    public void A_partial_last_line_waits_for_its_line_feed()
    {
        Writer.Write("one\ntw");
        Reader.Drain();
        Assert.That(Reader.Text, Is.EqualTo("one\n"));
        Assert.That(Reader.Tailer.Status, Is.EqualTo(new SourceStatus(SourceCondition.Idle, 6, 2)));

        Writer.Write("o\n");
        Assert.That(Reader.Drain().Text, Is.EqualTo("one\ntwo\n"));
    }

    [Test]
    public void A_partial_last_line_is_handed_out_as_it_is_once_its_file_is_final()
    {
        Writer.Write("one\ntw");
        Reader.Drain();
        Writer.Rotate();
        Writer.Write("three\n");

        Assert.That(Reader.Drain().Text, Is.EqualTo("one\ntwthree\n"));
        Assert.That(Reader.Ranges, Is.EqualTo("1 0-6. 2 0-6"));
    }

    [Test]
    public void A_rotated_file_is_read_to_its_end_before_the_new_one()
    {
        Writer.Write("one\n");
        Reader.Drain();
        Writer.Write("two\n");
        Writer.Rotate();
        Writer.Write("three\n");

        Assert.That(Reader.Drain().Text, Is.EqualTo("one\ntwo\nthree\n"));
        Assert.That(Reader.Ranges, Is.EqualTo("1 0-8. 2 0-6"));
    }

    [Test]
    public void Several_rotations_between_two_looks_are_read_in_order([Values] bool compress)
    {
        Writer.Write("one\n");
        Reader.Drain();
        Writer.Write("two\n").Rotate();
        Writer.Write("three\n").Rotate();
        Writer.Write("four\n").Rotate();
        Writer.Mill(compress);
        Writer.Write("five\n");

        Assert.That(Reader.Drain().Text, Is.EqualTo("one\ntwo\nthree\nfour\nfive\n"));
        Assert.That(Reader.Ranges, Is.EqualTo("1 0-8. 2 0-6. 3 0-5. 4 0-5"));
    }

    [Test]
    public void Rotated_while_down_the_backup_is_resumed_at_the_position([Values] bool compress)
    {
        Writer.Write("one\n");
        Reader.Drain().Cut().Stop();
        Writer.Write("two\n").Rotate();
        Writer.Mill(compress);
        Writer.Write("three\n");

        Assert.That(Reader.Restart().Drain().Text, Is.EqualTo("one\ntwo\nthree\n"));
        Assert.That(Reader.Ranges, Is.EqualTo("1 0-8. 2 0-6"));
    }

    [Test]
    public void What_was_not_committed_is_read_again_after_a_crash()
    {
        Writer.Write("one\n");
        Reader.Drain().Cut();
        Writer.Write("two\n").Rotate();
        Writer.Write("three\n");
        Reader.Drain().Crash();

        Assert.That(Reader.Drain().Text, Is.EqualTo("one\ntwo\nthree\n"));
        Assert.That(Reader.Ranges, Is.EqualTo("1 0-8. 2 0-6"));
    }
}
