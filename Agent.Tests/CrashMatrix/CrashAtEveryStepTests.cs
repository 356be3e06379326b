using NUnit.Framework;
using Sealtail.Format;
using Sealtail.Tests.Spooling;

namespace Sealtail.Tests.CrashMatrix;

/// <summary>
/// The laws of the spool (docs/reliability.md, "Laws") with a crash before and after every durable step that an operation makes, found by running it once. After each
/// crash the agent starts again, ships all, and an auditor reads the store.
/// </summary>
internal sealed class CrashAtEveryStepTests
{
    // What the world is like before the run that crashes, and what that run does.
    private static readonly Dictionary<string, (Action<World> Before, Action<World, Run> Operation)> Operations = new()
    {
        ["first start"] = (_ => { }, (_, _) => { }
        ),
        ["first entry"] = (world => world.Write(10), (_, run) => run.Ingest(300)),
        ["first claim and shipping"] = (world => world.Write(10), (_, run) => run.Drain()),
        ["entry after entry"] = (world => { Shipped(world); world.Write(15); }, (_, run) => { run.Ingest(200); run.Ingest(200); }
        ),
        ["entry with a rotation"] = (world => { Shipped(world); world.Rotate(); world.Write(5); }, (_, run) => run.Ingest()),
        ["shipping"] = (Spooled, (_, run) => { while (run.Ship()) { } }
        ),
        ["a claim that misses"] = (world => { Spooled(world); Taken(world, 2); Taken(world, 3); }, (_, run) => { while (run.Ship()) { } }
        ),
        ["a gap"] = (Shipped, (world, run) => { run.Ingest(0, new Gap(1, null, GapCause.Unreadable, run.Offset, null, "gone")); run.Drain(); }
        ),
        ["heartbeat and stop"] = (Shipped, (_, run) => { run.Heartbeat(); run.Heartbeat(); run.Stop(); }
        ),
        ["checkpoints"] = (Spooled, (_, run) => { run.Checkpoint(); run.Drain(); run.Heartbeat(); run.Checkpoint(); run.Stop(); }
        ),
        ["a whole life"] = (Spooled, (world, run) => { run.Drain(); run.Heartbeat(); world.Rotate(); world.Write(9); run.Drain(); run.Stop(); }
        ),
    };

    private static IEnumerable<TestCaseData> Cases =>
        from name in Operations.Keys
        from ending in Enum.GetValues<Ending>()
        select new TestCaseData(name, ending);

    [TestCaseSource(nameof(Cases))]
    public void After_a_crash_at_every_step_nothing_is_lost_or_doubled(string name, Ending ending)
    {
        var points = Crash(name, ending, crashAt: 0);
        Assert.That(points, Is.GreaterThan(10));
        for (var point = 1; point <= points; point++) Crash(name, ending, point);
    }

    [TestCase(Ending.Kill)]
    [TestCase(Ending.PowerCut)]
    [TestCase(Ending.TornWrite)]
    public void After_a_crash_at_every_step_of_the_recovery_from_a_crash_at_every_step_nothing_is_lost_or_doubled(Ending ending)
    {
        const string name = "entry after entry";
        var points = Crash(name, ending, crashAt: 0);
        for (var point = 1; point <= points; point++)
            for (var second = 1; Crash(name, ending, point, second) >= second; second++)
            {
            }
    }

    // Returns the points that the last crashing run had: of the operation, or of the recovery if that crashes too.
    private static int Crash(string name, Ending ending, int crashAt, int? crashRecoveryAt = null)
    {
        var (before, operation) = Operations[name];
        using var world = World.InMemory();
        before(world);
        var points = CrashingRun(world, ending, crashAt, operation, out var where);
        if (crashRecoveryAt is { } second)
        {
            points = CrashingRun(world, ending, second, (_, _) => { }, out var again);
            where += ", then " + again;
        }

        var committed = world.Committed();
        using (var run = world.Start())
        {
            // Law 1: what was committed is not read again.
            Assert.That((run.File, run.Offset), Is.GreaterThanOrEqualTo(committed), where);
            world.Write(4);
            run.Drain();
            run.Heartbeat();
        }

        var auditor = new Auditor(world);
        auditor.AssertComplete($"{name}, {ending} {where}");
        Assert.That(auditor.Astray, Is.Empty, where);
        Assert.That(auditor.Starts.Skip(1).Select(start => start.Start!.Cause), Is.All.EqualTo(StartCause.Restart), where); // starts: of their kind
        Assert.That(auditor.Starts.First().Start!.Cause, Is.AnyOf(StartCause.FirstStart, StartCause.Restart), where);
        Assert.That(world.EntryFiles(), Is.EqualTo(new[] { "done", "record" }), $"{where}: all is shipped, and the newest record stays");
        return points;
    }

    private static int CrashingRun(World world, Ending ending, int crashAt, Action<World, Run> operation, out string where)
    {
        var disk = new Disk(world.State, ending, crashAt);
        Run? run = null;
        try
        {
            run = world.Start(disk.Hook);
            operation(world, run);
        }
        catch (CrashException)
        {
            // The dead process's memory is gone; what it had on disk is left as the ending says.
        }

        run?.Dispose();
        where = disk.Where;
        if (crashAt > 0 && disk.Points >= crashAt) disk.End();
        return disk.Points;
    }

    private static void Shipped(World world)
    {
        world.Write(10);
        using var run = world.Start();
        run.Drain();
    }

    private static void Spooled(World world)
    {
        Shipped(world);
        world.Write(15);
        using var run = world.Start();
        while (run.Ingest(250) is not null)
        {
        }
    }

    // Another agent with the same key and stream has this epoch: a clone of the node.
    private static void Taken(World world, long epoch) => world.Put(ManifestName.Slot(World.Stream, epoch).ToString(), world.ForeignStart(epoch));
}
