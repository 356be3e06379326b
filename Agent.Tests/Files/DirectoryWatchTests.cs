using NUnit.Framework;
using Sealtail.Files;
using Sealtail.Tests.Support;

namespace Sealtail.Tests.Files;

internal sealed class DirectoryWatchTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [TestCase("create")]
    [TestCase("move in")]
    [TestCase("move out")]
    [TestCase("link")]
    [TestCase("delete")]
    public void Each_way_a_name_comes_or_goes_is_told(string way)
    {
        using var folder = new TempFolder();
        var log = Directory.CreateDirectory(folder["log"]).FullName;
        File.WriteAllText(Path.Combine(log, "old"), "");
        File.WriteAllText(folder["outside"], "");
        using var told = new ManualResetEventSlim();
        using var watch = DirectoryWatch.TryStart(log, _ => told.Set());
        Action act = way switch
        {
            "create" => () => File.WriteAllText(Path.Combine(log, "new"), ""),
            "move in" => () => File.Move(folder["outside"], Path.Combine(log, "new")),
            "move out" => () => File.Move(Path.Combine(log, "old"), folder["new"]),
            "link" => () => File.CreateSymbolicLink(Path.Combine(log, "new"), "old"),
            _ => () => File.Delete(Path.Combine(log, "old")),
        };
        Assert.That(told.IsSet, Is.False);
        act();

        Assert.That(told.Wait(Patience));
    }

    /// <summary>As many as a user may have of them, one after the other: each gives back what it took.</summary>
    [Test]
    public void What_was_disposed_keeps_nothing()
    {
        using var folder = new TempFolder();
        for (var i = 0; i < Instances; i++)
        {
            using var watch = DirectoryWatch.TryStart(folder.Path, _ => { });
        }

        StartsAgain(folder.Path);
    }

    [Test]
    public void The_last_thing_told_is_that_the_directory_is_gone()
    {
        using var folder = new TempFolder();
        using var gone = new ManualResetEventSlim();
        var directory = Directory.CreateDirectory(folder["log"]).FullName;
        using var watch = DirectoryWatch.TryStart(directory, isLast =>
        {
            if (isLast) gone.Set();
        });
        Directory.Delete(directory);

        Assert.That(gone.Wait(Patience));
    }

    [Test]
    public void What_cannot_be_watched_keeps_nothing()
    {
        using var folder = new TempFolder();
        using (new Denied(folder.Path))
        {
            for (var i = 0; i < Instances; i++) Assert.That(DirectoryWatch.TryStart(folder.Path, _ => { }), Is.Null);
        }

        Assert.That(DirectoryWatch.TryStart(folder["missing"], _ => { }), Is.Null);
        StartsAgain(folder.Path);
    }

    private static int Instances => Math.Min(2000, 1 + int.Parse(File.ReadAllText("/proc/sys/fs/inotify/max_user_instances")));

    // Other tests have instances too.
    private static void StartsAgain(string path)
    {
        DirectoryWatch? watch = null;
        Assert.That(() => (watch = DirectoryWatch.TryStart(path, _ => { })) is not null, Is.True.After(30_000, 100));
        watch!.Dispose(); // it was started
    }
}
