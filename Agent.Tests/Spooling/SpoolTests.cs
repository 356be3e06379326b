using NUnit.Framework;
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
}
