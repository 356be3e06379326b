using NUnit.Framework;
using Sealtail.Buckets;
using Sealtail.FakeGcs;
using Sealtail.FakeGcs.Identity;
using Sealtail.FakeGcs.Storage;

namespace Sealtail.Tests.EndToEnd;

/// <summary>A bucket that does not keep what it is given as long as required: uploads go on, or wait where that is asked for, and it shows.</summary>
internal sealed class GcsRetentionTests
{
    private const string Stop = "{ require: locked, minimum: 365d, on_violation: stop }";
    private const string GoOn = "{ require: locked, minimum: 365d }";

    [TestCase(400, false)]
    [TestCase(30, true)]
    [TestCase(null, false)]
    public async Task A_bucket_that_is_not_as_required_gets_its_copy_and_is_told(int? days, bool locked)
    {
        await using var world = await StartAsync(days, locked);
        world.Write(100);

        var agent = world.Follow(retention: GoOn);
        await world.UntilShippedAsync();
        await world.UntilAsync(() => agent.Retention.Status.State == RetentionState.Violated, "the violation is told");
        await agent.StopAsync();

        await world.AssertProvenAsync();
    }

    [TestCase(400, false)]
    [TestCase(30, true)]
    [TestCase(null, false)]
    public async Task With_stop_nothing_leaves_until_the_bucket_is_as_required(int? days, bool locked)
    {
        await using var world = await StartAsync(days, locked);
        world.Write(100);
        var agent = world.Follow(retention: Stop);
        await world.UntilAsync(() => agent.Trouble is not null, "uploads wait");
        Assert.That(world.Stored.Objects, Is.Empty);

        world.Change(state => state with { RetentionSeconds = 400 * 86_400, Locked = true });
        await world.UntilShippedAsync();
        await agent.StopAsync();

        Assert.That(agent.Retention.Status.State, Is.EqualTo(RetentionState.Ok));
        await world.AssertProvenAsync();
    }

    [Test]
    public async Task Retention_that_is_shortened_while_the_agent_runs_shows_with_the_next_upload([Values(GoOn, Stop)] string retention)
    {
        await using var world = await StartAsync(400, locked: false); // a locked one cannot be shortened
        var required = retention.Replace("locked", "policy", StringComparison.Ordinal);
        world.Write(100);
        var agent = world.Follow(retention: required);
        await world.UntilShippedAsync();
        await world.UntilAsync(() => agent.Retention.Status.State == RetentionState.Ok, "all is well");

        world.Change(state => state with { RetentionSeconds = 86_400 });
        world.Write(100);
        await world.UntilAsync(() => agent.Retention.Status.State == RetentionState.Violated, "the violation is told");
        Assert.That(agent.Retention.Status.ViolatingReplies, Is.GreaterThan(0));
        world.Change(state => state with { RetentionSeconds = 400 * 86_400 });
        world.Write(100);
        await world.UntilShippedAsync();
        await world.UntilAsync(() => agent.Retention.Status.State == RetentionState.Ok, "it is mended");
        await agent.StopAsync();

        await world.AssertProvenAsync();
        world.AssertContent();
    }

    // With permission to look at the bucket: without it, a lock is never taken for granted.
    private static async Task<GcsWorld> StartAsync(int? days, bool locked)
    {
        var world = await GcsWorld.StartAsync(new FakeGcsOptions(), new BucketSettings { Retention = days is { } period ? TimeSpan.FromDays(period) : null, Locked = locked });
        world.Shipper.Permissions = new HashSet<string> { Permissions.ObjectsCreate, Permissions.BucketsGet };
        return world;
    }
}
