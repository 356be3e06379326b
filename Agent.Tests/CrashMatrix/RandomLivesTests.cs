using NUnit.Framework;
using Sealtail.Format;
using Sealtail.Spooling;
using Sealtail.Tests.Spooling;

namespace Sealtail.Tests.CrashMatrix;

/// <summary>Random lives of an agent, ended by crashes at random steps, against what the log really held.</summary>
internal sealed class RandomLivesTests
{
    [Test]
    [Repeat(20)]
    public void Whatever_happens_every_byte_is_shipped_once_and_the_chain_tiles()
    {
        var seed = TestContext.CurrentContext.Random.Next();
        var random = new Random(seed);
        using var world = World.InMemory();
        for (var life = 0; life < 8; life++)
        {
            var ending = (Ending)random.Next(3);
            var disk = new Disk(world.State, ending, random.Next(4) == 0 ? 0 : 1 + random.Next(80));
            Run? run = null;
            var committed = world.Committed();
            try
            {
                run = world.Start(disk.Hook);
                Assert.That((run.File, run.Offset), Is.GreaterThanOrEqualTo(committed), $"seed {seed}: committed bytes are not read again");
                for (var i = 0; i < 12; i++) Act(world, run, random);
                if (random.Next(2) == 0) run.Stop();
            }
            catch (CrashException)
            {
                run?.Dispose();
                disk.End();
                continue;
            }
            catch (Exception e) when (e is not AssertionException)
            {
                throw new InvalidOperationException($"seed {seed}, life {life}", e);
            }

            run.Dispose();
        }

        world.Write(1);
        using (var last = world.Start())
        {
            last.Drain();
            last.Heartbeat();
        }

        var auditor = new Auditor(world);
        auditor.AssertComplete($"seed {seed}");
        Assert.That(auditor.Astray, Is.Empty, $"seed {seed}");
        Assert.That(auditor.All.Select(manifest => manifest.Start?.Cause).OfType<StartCause>(), Is.All.AnyOf(StartCause.FirstStart, StartCause.Restart), $"seed {seed}");
    }

    private static void Act(World world, Run run, Random random)
    {
        switch (random.Next(8))
        {
            case 0: world.Write(random.Next(6)); break;
            case 1: world.Write(random.Next(3)); world.Rotate(); break;
            case 2 or 3: run.Ingest(1 + random.Next(400)); break;
            case 4 or 5 or 6: run.Ship(); break;
            default: if (run.Spool.Count == 0) run.Heartbeat(); break;
        }
    }
}
