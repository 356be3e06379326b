using NUnit.Framework;
using Sealtail.Files;

namespace Sealtail.Tests.Files;

internal sealed class FileIdentityTests
{
    /// <summary>While an agent resumed, a new live log on the inode number of a deleted one was taken for it, and what lay between was lost without a word.</summary>
    [Test]
    public void A_new_file_on_the_inode_number_of_a_deleted_one_is_another_file()
    {
        using var folder = new TempFolder();
        for (var attempt = 0; attempt < 100; attempt++)
        {
            var first = IdentityOf(folder.Write("log", "first"));
            if (first.Born == 0) Assert.Ignore("This file system keeps no birth times.");
            File.Delete(folder["log"]);
            var second = IdentityOf(folder.Write("log", "second"));
            File.Delete(folder["log"]);
            Assert.That(second, Is.Not.EqualTo(first));
            if (second.Inode == first.Inode) return;
        }

        Assert.Ignore("This file system did not give a number away again.");
    }

    [Test]
    public void A_file_keeps_its_identity_when_it_is_written_and_renamed()
    {
        using var folder = new TempFolder();
        var before = IdentityOf(folder.Write("log", "first"));
        File.AppendAllText(folder["log"], "more");
        File.Move(folder["log"], folder["backup"]);

        Assert.That(IdentityOf(folder["backup"]), Is.EqualTo(before));
    }

    private static FileIdentity IdentityOf(string path)
    {
        Assert.That(LibC.TryStat(path, out var facts), Is.EqualTo(FileAccessOutcome.Done));
        return facts.Identity;
    }
}
