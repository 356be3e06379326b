using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using Sealtail.Files;
using Sealtail.Format;
using Sealtail.Spooling;

namespace Sealtail.Tests.Spooling;

internal sealed class SpoolTests : IDisposable
{
    private readonly World world = new();

    public void Dispose() => world.Dispose();

    [Test]
    public void What_is_ingested_and_shipped_over_several_runs_is_proven_once()
    {
        for (var i = 0; i < 3; i++)
        {
            world.Write(20);
            using var run = world.Start();
            run.Drain();
            run.Heartbeat();
            world.Write(3);
            world.Rotate();
            world.Write(5);
            run.Drain();
            if (i == 1) run.Stop();
        }

        var auditor = new Auditor(world);
        auditor.AssertComplete("three runs");
        Assert.That(auditor.Starts.Select(start => start.Start!.Cause), Is.EqualTo(new[] { StartCause.FirstStart, StartCause.Restart, StartCause.Restart }));
        Assert.That(auditor.Astray, Is.Empty);
    }

    /// <summary>Each record has the reader's whole state. A start behind 900 entries, of 450 log files each, took 600 MB.</summary>
    [Test]
    public void Of_many_entries_a_start_keeps_only_the_newest_reader_s_state()
    {
        world.Write(20);
        using (var run = world.Start())
            for (var i = 0; i < 5; i++)
                run.Ingest(100);

        var records = DirectoryContents.Read(world.State, new Binding(World.Stream, World.BucketLocation)).Records;

        Assert.That(records.Values.Count(record => record!.Facts is not null), Is.GreaterThan(3));
        Assert.That(records.Where(record => record.Value!.ReaderState is not null).Select(record => record.Key), Is.EqualTo(new[] { records.Keys.Max() }));
        world.Write(5);
        using (var run = world.Start()) run.Drain();
        new Auditor(world).AssertComplete("after the start");
    }

    [Test]
    public void A_second_agent_is_refused_with_a_sentence_that_names_the_directory()
    {
        using var first = world.Start();

        var refused = Assert.Throws<SpoolException>(() => world.Start());

        Assert.That(refused.Fault, Is.EqualTo(SpoolFault.InUse));
        Assert.That(refused.Message, Does.Contain(world.State).And.EndsWith("."));
    }

    [Test]
    public void The_lock_is_free_again_after_the_first_agent_and_after_a_refused_start()
    {
        using (world.Start()) Assert.Throws<SpoolException>(() => world.Start());
        using var again = world.Start();
        Assert.That(again.Spool.Count, Is.Zero);
    }

    [TestCase("prod-eu1/cp-2/audit", World.BucketLocation)]
    [TestCase("prod-eu1/cp-1/audit", "gs://another")]
    public void A_directory_of_another_stream_or_bucket_is_refused_even_if_the_head_is_lost(string stream, string bucket)
    {
        world.Write(3);
        using (var run = world.Start()) run.Ingest();

        Assert.That(Refused(), Is.EqualTo(SpoolFault.BoundElsewhere));
        File.Delete(Path.Combine(world.State, ChainFile.Name));
        Assert.That(Refused(), Is.EqualTo(SpoolFault.BoundElsewhere));

        SpoolFault Refused()
        {
            Assert.That(StreamName.TryParse(stream, out var name), Is.True);
            return Assert.Throws<SpoolException>(() => Spool.Open(world.Options, name!, bucket, new DurableFiles(), world.Time, NullLogger.Instance)).Fault; // parsed above
        }
    }

    [TestCase("head 0")]
    [TestCase("head 1")]
    [TestCase("in flight")]
    [TestCase("record")]
    public void A_newer_version_is_refused_and_nothing_is_changed(string where)
    {
        world.Write(8);
        using (var run = world.Start())
        {
            run.Ingest(200);
            run.Ship();
            run.Ingest(200);
        }

        MakeNewer(where);
        File.WriteAllBytes(Path.Combine(world.State, "chunk-9.tmp"), [1]);
        var before = Contents();

        Assert.That(Assert.Throws<SpoolException>(() => world.Start()).Fault, Is.EqualTo(SpoolFault.NewerVersion));

        Assert.That(Contents(), Is.EqualTo(before));
    }

    /// <summary>It came back as an empty state, which the reader takes for a damaged one: an agent killed before its first entry did not start again.</summary>
    [Test]
    public void Before_anything_was_read_there_is_no_reader_state_also_after_a_restart([Values(1, 2)] int starts)
    {
        for (var start = 1; start < starts; start++) world.Start().Dispose();
        using var run = world.Start();

        Assert.That(run.Spool.ReaderState.HasValue, Is.False);
    }

    [Test]
    public void A_file_system_that_forgets_is_refused_unless_allowed()
    {
        if (!Directory.Exists("/dev/shm") || new DriveInfo("/dev/shm").DriveFormat != "tmpfs") Assert.Ignore("There is no tmpfs at /dev/shm.");
        using var volatileWorld = World.InMemory();

        var refused = Assert.Throws<SpoolException>(() => volatileWorld.Start(options: volatileWorld.Options with { AllowVolatile = false }));
        using var allowed = volatileWorld.Start();

        Assert.That(refused.Fault, Is.EqualTo(SpoolFault.Volatile));
        Assert.That(refused.Message, Does.Contain("tmpfs").And.Contain(volatileWorld.State));
    }

    [Test]
    public void Numbers_are_not_reused_after_a_damaged_newest_entry_was_dropped_and_its_bytes_are_read_again()
    {
        world.Write(12);
        using (var run = world.Start())
        {
            run.Ingest(200);
            run.Ingest(200);
        }

        File.WriteAllBytes(Path.Combine(world.State, new EntryFile(2, EntryPart.Record).ToString()), [0]);
        using (var run = world.Start())
        {
            var again = run.Ingest()!; // there is more
            Assert.That((again.First, again.Number), Is.EqualTo((2, 3)));
            while (run.Ship())
            {
            }
        }

        new Auditor(world).AssertComplete("the newest was dropped");
    }

    [Test]
    public void A_lost_entry_is_put_back_when_the_source_still_has_it([Values] bool record, [Values] bool restart)
    {
        world.Write(12);
        using (var run = world.Start())
        {
            run.Ingest(200);
            run.Ingest(200);
            run.Ingest();
        }

        File.Delete(Path.Combine(world.State, new EntryFile(2, record ? EntryPart.Record : EntryPart.Chunk).ToString()));
        var reopened = world.Start();
        try
        {
            var damaged = reopened.Spool.Next(1)!; // the second of three
            Assert.That(damaged.Damage?.Lost, Has.Count.EqualTo(1));
            var range = damaged.Damage!.Lost![0];
            var plain = world.Log[0][(int)range.From..(int)range.To];
            var chunk = reopened.Seal([range], plain, [], out var facts);
            reopened.Spool.Replace(damaged, facts, chunk);
            if (restart)
            {
                reopened.Dispose();
                reopened = world.Start();
            }

            while (reopened.Ship())
            {
            }
        }
        finally
        {
            reopened.Dispose();
        }

        var auditor = new Auditor(world);
        auditor.AssertComplete("put back");
        Assert.That(auditor.Gaps, Is.Empty);
    }

    [Test]
    public void A_hole_over_several_files_names_every_file_that_it_may_have_held()
    {
        world.Write(5);
        using (var run = world.Start())
        {
            run.Ingest(100);
            for (var i = 0; i < 3; i++)
            {
                world.Rotate();
                world.Write(5);
            }

            run.Ingest(700);
            run.Ingest();
        }

        File.Delete(Path.Combine(world.State, new EntryFile(2, EntryPart.Record).ToString()));
        using (var run = world.Start())
            while (run.Ship())
            {
            }

        var gaps = new Auditor(world).Gaps.ToArray();
        Assert.That(gaps.Select(gap => gap.File), Is.EqualTo(new long?[] { 1, 2, 3, 4 }));
        Assert.That(gaps.Select(gap => gap.Cause), Is.All.EqualTo(GapCause.SpoolDamaged));
        Assert.That((gaps[0].From, gaps[0].To, gaps[3].From), Is.EqualTo((100L, (long?)null, 0L)));
    }

    [Test]
    public void An_entry_that_the_head_does_not_confirm_cannot_be_removed()
    {
        world.Write(3);
        using var run = world.Start();
        var entry = run.Ingest()!; // three records
        Assert.That(() => run.Spool.Remove(entry), Throws.InvalidOperationException);
    }

    [Test]
    public async Task Waiting_for_entries_ends_with_one_with_time_or_with_the_run()
    {
        world.Write(3);
        using var run = world.Start();
        var waiting = run.Spool.OldestAsync(CancellationToken.None);
        var entry = run.Ingest();
        Assert.That(await waiting, Is.EqualTo(entry));
        Assert.That(await run.Spool.NextAsync(entry!.Number, TimeSpan.Zero, CancellationToken.None), Is.Null); // ingested above

        var later = run.Spool.NextAsync(entry.Number, TimeSpan.FromMinutes(5), CancellationToken.None);
        world.Time.Advance(TimeSpan.FromMinutes(6));
        Assert.That(await later, Is.Null);

        var last = run.Spool.NextAsync(entry.Number, Timeout.InfiniteTimeSpan, CancellationToken.None);
        run.Spool.CompleteAdding();
        Assert.That(await last, Is.Null);
        Assert.That(await run.Spool.OldestAsync(CancellationToken.None), Is.EqualTo(entry), "what is left is still handed out");
    }

    [Test]
    public void Directories_of_inputs_that_no_longer_exist_are_found_while_they_hold_entries()
    {
        world.Write(3);
        var parent = Path.GetDirectoryName(world.State)!; // a directory in a directory
        using (var run = world.Start()) Assert.That(Spool.FindUnowned(parent, []), Is.Empty);
        using (var run = world.Start())
        {
            run.Ingest();
            Assert.That(Spool.FindUnowned(parent, []), Is.EqualTo(new[] { world.State }));
            Assert.That(Spool.FindUnowned(parent, [world.State + "/"]), Is.Empty);
            run.Drain();
            Assert.That(Spool.FindUnowned(parent, []), Is.Empty);
            run.Ingest(0, new Gap(1, null, GapCause.Unreadable, run.Offset, null, "an entry without a chunk"));
            Assert.That(Spool.FindUnowned(parent, []), Is.EqualTo(new[] { world.State }));
        }
    }

    private Dictionary<string, string> Contents() =>
        Directory.GetFiles(world.State).ToDictionary(path => Path.GetFileName(path), path => Convert.ToHexString(File.ReadAllBytes(path)));

    private void MakeNewer(string where)
    {
        var path = where == "record" ? Directory.GetFiles(world.State, "*.entry")[0] : Path.Combine(world.State, ChainFile.Name);
        var bytes = File.ReadAllBytes(path);
        var (kind, offset) = where switch
        {
            "head 0" => (FrameKind.Head, ChainFile.OffsetOfHead(0)),
            "head 1" => (FrameKind.Head, ChainFile.OffsetOfHead(1)),
            "in flight" => (FrameKind.InFlight, ChainFile.OffsetOfInFlight(1)),
            _ => (FrameKind.Entry, 0L),
        };
        var newer = (Frame.Parse(bytes.AsSpan((int)offset), kind)! with { Version = Frame.CurrentVersion + 1, Payload = Encoding.UTF8.GetBytes("what nobody here can read") }).ToBytes(); // whole until now
        newer.CopyTo(bytes, offset);
        File.WriteAllBytes(path, bytes);
    }
}
