using NUnit.Framework;
using Sealtail.FakeGcs;
using Sealtail.FakeGcs.Faults;
using Sealtail.FakeGcs.Protocol;
using Sealtail.FakeGcs.Storage;

namespace Sealtail.Tests.EndToEnd;

/// <summary>Replies that are lost, and what is said of a name that is there already (docs/format.md, "Writing"), with permission to create and nothing else.</summary>
internal sealed class GcsLostReplyTests
{
    /// <summary>The objects of a run, as globs.</summary>
    internal static readonly IReadOnlyDictionary<string, string> Objects = new Dictionary<string, string>
    {
        ["start"] = "v1/manifests/*/e00000001/000000000000.dsse.json",
        ["chunk"] = "v1/chunks/*",
        ["manifest"] = "v1/manifests/*/000000000001-*",
        ["stop"] = "v1/manifests/*/000000000002-*",
    };

    [Test]
    public async Task A_lost_reply_neither_loses_nor_doubles(
        [Values("start", "chunk", "manifest", "stop")] string what, [Values(FaultKind.Reset, FaultKind.Status, FaultKind.Truncate)] FaultKind kind, [Values] FaultForm form)
    {
        await using var world = await GcsWorld.StartAsync();
        world.Write(50);
        world.Server.Faults.Add(new() { Call = GcsCall.ObjectInsert, Name = Objects[what], Kind = kind, Form = form, Body = FaultBody.Html, Count = 1 });

        await world.DrainAsync();

        await AssertOneRunAsync(world, claimWasLost: what == "start" && form == FaultForm.Applied);
    }

    // Sent again after a lost reply; Google has worded this refusal in several ways.
    [TestCase(412, "conditionNotMet", "At least one of the pre-conditions you specified did not hold.")]
    [TestCase(403, "forbidden", "shipper@example.com does not have storage.objects.delete access to the Google Cloud Storage object. Permission 'storage.objects.delete' denied on resource (or it may not exist).")]
    [TestCase(403, "retentionPolicyNotMet", "Object 'audit/x' is subject to bucket's retention policy or object retention and cannot be deleted or overwritten until 2027-09-30T15:58:01.185839-07:00")]
    [TestCase(403, "forbidden", "Object 'audit/x' is subject to bucket's retention policy and cannot be deleted, overwritten or archived until 2027-09-30T15:58:01.185839-07:00")]
    [TestCase(403, "forbidden", "Object 'audit/x' is under active Event-Based hold and cannot be deleted, overwritten or archived until hold is removed.")]
    public async Task A_name_that_is_there_is_understood_for_every_kind_of_object(int status, string reason, string message)
    {
        await using var world = await GcsWorld.StartAsync();
        world.Write(50);
        foreach (var name in Objects.Values)
        {
            world.Server.Faults.Add(new() { Call = GcsCall.ObjectInsert, Name = name, Kind = FaultKind.Reset, Form = FaultForm.Applied, Count = 1 });
            world.Server.Faults.Add(new() { Call = GcsCall.ObjectInsert, Name = name, Kind = FaultKind.Status, Status = status, Reason = reason, Message = message, Count = 1 });
        }

        await world.DrainAsync();

        Assert.That(world.Server.Faults.Faults.Select(fault => fault.Struck), Is.All.EqualTo(1));
        await AssertOneRunAsync(world, claimWasLost: true);
    }

    [Test]
    public async Task With_permission_to_create_alone_and_every_reply_lost_once_at_random_nothing_is_lost_or_doubled([Values] ExistingNameAnswer answer)
    {
        const int Restarts = 4;
        var seed = TestContext.CurrentContext.Random.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var world = await GcsWorld.StartAsync(new FakeGcsOptions { ExistingName = answer, Seed = seed });
        foreach (var kind in new[] { FaultKind.Reset, FaultKind.Status, FaultKind.Truncate })
            world.Server.Faults.Add(new() { Call = GcsCall.ObjectInsert, Kind = kind, Form = FaultForm.Applied, PerName = true, Count = 1, Probability = 0.25 });
        world.Server.Faults.Add(new() { Call = GcsCall.ObjectInsert, Kind = FaultKind.Reset, PerName = true, Count = 1 });

        for (var run = 0; run < Restarts; run++)
        {
            var agent = world.Follow();
            for (var round = 0; round < 4; round++)
            {
                world.Write(random.Next(1, 400));
                if (random.Next(2) == 0) world.Log.Rotate();
                await Task.Delay(random.Next(100));
            }

            // In turn by a stop signal and without a word. Every run has more than its claim, so that one without is one that was lost.
            await world.UntilAsync(() => agent.Input.Counters.Chunks > 0, "the run has shipped something");
            if (run % 2 == 0) await agent.StopAsync();
            else await agent.CutOffAsync();
        }

        world.Write(1); // the last run, too: one that has nothing to ship claims nothing
        await world.DrainAsync();

        var starts = world.Payloads().Where(payload => payload.GetProperty("kind").GetString() == "epoch-start").ToArray();
        var skipped = starts.SelectMany(start => start.GetProperty("skipped").EnumerateArray()).Select(range => range.GetProperty("why").GetString()).ToArray();
        var lost = world.Server.Faults.Faults.Sum(fault => fault.Struck);
        Assert.That(lost, Is.GreaterThanOrEqualTo(world.Stored.Objects.Count), "every object's reply was lost");
        Assert.That(starts, Has.Length.EqualTo(Restarts + 1 + Orphans(world)), "no epochs but those of real runs and of claims whose reply was lost");
        Assert.That(skipped, Is.All.EqualTo("unconfirmed"));
        await world.AssertProvenAsync();
        world.AssertContent();
    }

    // Claims that were stored, and passed over by the run that made them.
    private static int Orphans(GcsWorld world)
    {
        var payloads = world.Payloads().Select(payload => (Epoch: payload.GetProperty("epoch").GetInt64(), Kind: payload.GetProperty("kind").GetString())).ToArray();
        var alive = payloads.Where(payload => payload.Kind != "epoch-start").Select(payload => payload.Epoch).ToHashSet();
        return payloads.Count(payload => payload.Kind == "epoch-start" && !alive.Contains(payload.Epoch));
    }

    private static async Task AssertOneRunAsync(GcsWorld world, bool claimWasLost)
    {
        string[] run = ["epoch-start", "chunk", "stop"];
        Assert.That(world.Kinds, Is.EqualTo(claimWasLost ? ["epoch-start", .. run] : run));
        Assert.That(world.Stored.Objects, Has.Count.EqualTo(claimWasLost ? 5 : 4), "each object once");
        await world.AssertProvenAsync();
        world.AssertContent();
    }
}
