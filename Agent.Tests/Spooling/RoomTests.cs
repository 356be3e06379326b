using System.Diagnostics;
using NUnit.Framework;
using Sealtail.Files;
using Sealtail.Spooling;

namespace Sealtail.Tests.Spooling;

/// <summary>Law 4: full means wait; nothing is dropped; recovery needs no hand; shipping needs no free space.</summary>
internal sealed class RoomTests : IDisposable
{
    private const int NoSpace = 28;

    private readonly World world = new();

    public void Dispose() => world.Dispose();

    [Test]
    public void A_spool_over_its_quota_waits_until_an_entry_is_shipped_and_says_why()
    {
        world.Write(20);
        using var run = world.Start(options: world.Options with { MaxSize = 250 });
        run.Ingest(300);
        run.Ingest(300);
        Assert.That(run.Spool.Bytes, Is.InRange(150, 250));
        Assert.That(run.Spool.HasRoom(100), Is.False);
        Assert.That(run.Spool.FullReason, Does.Contain(world.State).And.EndsWith("."));

        run.Ship();
        Assert.That(run.Spool.HasRoom(100));
        Assert.That(run.Spool.FullReason, Is.Null);
    }

    [Test]
    public void An_empty_spool_takes_one_entry_that_is_larger_than_the_quota()
    {
        using var run = world.Start(options: world.Options with { MaxSize = 10 });
        Assert.That(run.Spool.HasRoom(1000), Is.True);
    }

    [Test]
    public void Too_little_free_space_on_the_node_is_waited_for()
    {
        using var run = world.Start(options: world.Options with { MinFree = long.MaxValue / 2 });
        Assert.That(run.Spool.HasRoom(1), Is.False);
        Assert.That(run.Spool.FullReason, Does.Contain("must stay free"));
    }

    [Test]
    public void When_the_disk_is_full_nothing_is_committed_and_reading_goes_on_by_itself_when_there_is_room(
        [Values(DurableStep.Open, DurableStep.Write, DurableStep.Sync, DurableStep.Rename, DurableStep.SyncDirectory)] DurableStep step)
    {
        var full = false;
        world.Write(10);
        using (var run = world.Start((at, after, path) =>
        {
            if (full && (at == step || at == DurableStep.Preallocate) && !after && path.StartsWith(world.State, StringComparison.Ordinal))
                throw new IOException("No space left on device", NoSpace);
        }))
        {
            run.Ingest(200);
            full = true;
            var position = run.Offset;
            var failure = Assert.Catch(() => run.Ingest(200));
            Assert.That(failure is IOException or SpoolException { Fault: SpoolFault.NotCommitted }, Is.True, $"{failure}");
            Assert.That((run.Offset, run.Spool.Count), Is.EqualTo((position, 1)));

            Assert.That(run.Spool.HasRoom(1), Is.False);
            Assert.That(run.Spool.FullReason, Does.Contain("No space left"));
            world.Time.Advance(TimeSpan.FromSeconds(3));
            Assert.That(run.Spool.HasRoom(1), Is.False, "still full");
            full = false;
            world.Time.Advance(TimeSpan.FromSeconds(3));
            Assert.That(run.Spool.HasRoom(1));
            run.Drain();
        }

        new Auditor(world).AssertComplete("after a full disk");
    }

    [Test]
    public void A_real_file_system_without_a_free_byte_stops_reading_and_not_shipping()
    {
        var mount = Path.Combine(world.Root, "small");
        Directory.CreateDirectory(mount);
        if (!Environment.IsPrivilegedProcess || Call("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", mount) != 0) Assert.Ignore("Mounting a small file system needs root.");
        try
        {
            world.State = Path.Combine(mount, "audit");
            world.Write(40);
            using (var run = world.Start())
            {
                for (var i = 0; i < 3; i++) run.Ingest(300);
                Fill(Path.Combine(mount, "filler"));

                var failure = Assert.Catch(() => run.Ingest(300));
                Assert.That(failure is IOException or SpoolException { Fault: SpoolFault.NotCommitted }, Is.True, $"{failure}");
                while (run.Ship())
                {
                }

                run.Heartbeat();
                Assert.That(run.Spool.Count, Is.Zero);
                File.Delete(Path.Combine(mount, "filler"));
                run.Drain();
            }

            new Auditor(world).AssertComplete("a full tmpfs");
        }
        finally
        {
            Call("umount", mount);
        }
    }

    private static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var piece = 65536; piece > 0;)
            try
            {
                file.Write(new byte[piece]);
            }
            catch (IOException)
            {
                piece /= 2;
            }
    }

    private static int Call(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!; // a program that exists
        process.WaitForExit();
        return process.ExitCode;
    }
}
