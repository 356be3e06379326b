using NUnit.Framework;
using Sealtail.Format;

namespace Sealtail.Tests.Tailing;

/// <summary>Another file with the same bytes where the recorded one was, found after a restart: its inode tells that it is another.</summary>
internal sealed class ReplacedTests : TailFixture
{
    [Test]
    public void A_new_log_that_begins_as_a_deleted_one_did_is_not_taken_for_it_without_a_word()
    {
        Writer.Write("one\n");
        Reader.Drain().Cut().Stop();
        Writer.Write("never read\n");
        Replace("one\nand another\n");

        Assert.That(Reader.Restart().Drain().Ranges, Is.EqualTo("1 0-4 continuity-unproven(1 4-) 2:1 4-16"));
    }

    [Test]
    public void A_new_log_that_begins_as_a_finished_one_did_is_not_taken_for_it_without_a_word()
    {
        Writer.Write("one\n").Rotate();
        Reader.Drain();
        Reader.Cut().Stop();
        File.Delete(Writer.Backups[0]);
        Replace("one\nand another\n");

        Reader.Restart().Drain();
        Assert.That(Reader.Gaps.Select(gap => (gap.Cause, gap.To)), Is.EqualTo(new[] { (GapCause.ContinuityUnproven, (long?)null) }), Reader.Ranges);
    }

    [Test]
    public void A_copy_of_a_log_of_a_whole_fingerprint_and_more_is_the_log()
    {
        var line = new string('x', 1500) + "\n";
        Writer.Write(line);
        Reader.Drain().Cut().Stop();
        Replace(line + "and more\n");

        Assert.That(Reader.Restart().Drain().Ranges, Is.EqualTo("1 0-1510"));
    }

    // As an outsider does: another file under the name.
    private void Replace(string content)
    {
        File.WriteAllText(Folder.File("other"), content);
        File.Move(Folder.File("other"), Log, overwrite: true);
    }
}
