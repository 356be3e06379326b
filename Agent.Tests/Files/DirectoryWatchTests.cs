using NUnit.Framework;
using Sealtail.Files;
using Sealtail.Tests.Support;

namespace Sealtail.Tests.Files;

internal sealed class DirectoryWatchTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Test]
    public void Each_way_a_name_comes_or_goes_is_told()
    {
        using var folder = new TempFolder();
        using var told = new AutoResetEvent(false);
        using var watch = DirectoryWatch.TryStart(folder.Path, _ => told.Set());
        var acts = new Action[]
        {
            () => File.WriteAllText(folder["one"], ""),
            () => File.Move(folder["one"], folder["two"]),
            () => File.CreateSymbolicLink(folder["three"], "two"),
            () => File.Delete(folder["two"]),
        };
        foreach (var act in acts)
        {
            act();
            Assert.That(told.WaitOne(Patience));
        }

        Assert.That(watch, Is.Not.Null);
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
        var instances = int.Parse(File.ReadAllText("/proc/sys/fs/inotify/max_user_instances"));
        using (new Denied(folder.Path))
        {
            for (var i = 0; i <= instances; i++) Assert.That(DirectoryWatch.TryStart(folder.Path, _ => { }), Is.Null);
        }

        Assert.That(DirectoryWatch.TryStart(folder["missing"], _ => { }), Is.Null);
        using var watch = DirectoryWatch.TryStart(folder.Path, _ => { });
        Assert.That(watch, Is.Not.Null);
    }
}
