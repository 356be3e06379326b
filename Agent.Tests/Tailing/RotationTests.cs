using NUnit.Framework;
using Sealtail.Format;
using Sealtail.Tests.Support;

namespace Sealtail.Tests.Tailing;

internal sealed class RotationTests
{
    private readonly TempFolder folder = new();
    private LumberjackWriter writer = null!; // SetUp
    private ReaderHarness reader = null!; // SetUp

    [SetUp]
    public void Open()
    {
        writer = new LumberjackWriter(folder.File("audit.log"));
        reader = new ReaderHarness(writer.Path);
    }

    [TearDown]
    public void Close()
    {
        reader.Cut().CheckTiling();
        reader.Dispose();
        writer.Dispose();
        folder.Dispose();
    }

    [Test]
    public void Lines_are_handed_out_as_they_are_written()
    {
        writer.Write("one\n");
        reader.Drain();
        writer.Write("two\nthree\n");
        reader.Drain();

        Assert.That(reader.Text, Is.EqualTo("one\ntwo\nthree\n"));
        Assert.That(reader.Ranges, Is.EqualTo("1 0-14"));
    }

    [Test]
    public void A_partial_last_line_waits_for_its_line_feed()
    {
        writer.Write("one\ntw");
        reader.Drain();
        Assert.That(reader.Text, Is.EqualTo("one\n"));
        Assert.That(reader.Tailer.Status, Is.EqualTo(new SourceStatus(SourceCondition.Idle, 6, 2)));

        writer.Write("o\n");
        Assert.That(reader.Drain().Text, Is.EqualTo("one\ntwo\n"));
    }

    [Test]
    public void A_partial_last_line_is_handed_out_as_it_is_once_its_file_is_final()
    {
        writer.Write("one\ntw");
        reader.Drain();
        writer.Rotate();
        writer.Write("three\n");

        Assert.That(reader.Drain().Text, Is.EqualTo("one\ntwthree\n"));
        Assert.That(reader.Ranges, Is.EqualTo("1 0-6. 2 0-6"));
    }

    [Test]
    public void A_rotated_file_is_read_to_its_end_before_the_new_one()
    {
        writer.Write("one\n");
        reader.Drain();
        writer.Write("two\n");
        writer.Rotate();
        writer.Write("three\n");

        Assert.That(reader.Drain().Text, Is.EqualTo("one\ntwo\nthree\n"));
        Assert.That(reader.Ranges, Is.EqualTo("1 0-8. 2 0-6"));
    }

    [Test]
    public void Several_rotations_between_two_looks_are_read_in_order([Values] bool compress)
    {
        writer.Write("one\n");
        reader.Drain();
        writer.Write("two\n").Rotate();
        writer.Write("three\n").Rotate();
        writer.Write("four\n").Rotate();
        writer.Mill(compress);
        writer.Write("five\n");

        Assert.That(reader.Drain().Text, Is.EqualTo("one\ntwo\nthree\nfour\nfive\n"));
        Assert.That(reader.Ranges, Is.EqualTo("1 0-8. 2 0-6. 3 0-5. 4 0-5"));
    }

    [Test]
    public void Rotated_while_down_the_backup_is_resumed_at_the_position([Values] bool compress)
    {
        writer.Write("one\n");
        reader.Drain().Cut().Stop();
        writer.Write("two\n").Rotate();
        writer.Mill(compress);
        writer.Write("three\n");

        Assert.That(reader.Restart().Drain().Text, Is.EqualTo("one\ntwo\nthree\n"));
        Assert.That(reader.Ranges, Is.EqualTo("1 0-8. 2 0-6"));
    }

    [Test]
    public void What_was_not_committed_is_read_again_after_a_crash()
    {
        writer.Write("one\n");
        reader.Drain().Cut();
        writer.Write("two\n").Rotate();
        writer.Write("three\n");
        reader.Drain().Crash();

        Assert.That(reader.Drain().Text, Is.EqualTo("one\ntwo\nthree\n"));
        Assert.That(reader.Ranges, Is.EqualTo("1 0-8. 2 0-6"));
    }
}
