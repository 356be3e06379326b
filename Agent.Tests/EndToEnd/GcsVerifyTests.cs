using NUnit.Framework;
using Sealtail.FakeGcs.Faults;
using Sealtail.FakeGcs.Protocol;
using Sealtail.Verifying;

namespace Sealtail.Tests.EndToEnd;

/// <summary>Verifying from a store that fails, refuses, or shows other objects than those that receipts were given for.</summary>
internal sealed class GcsVerifyTests : IAsyncDisposable
{
    private GcsWorld world = null!; // set before each test

    [SetUp]
    public async Task SetUpAsync()
    {
        world = await GcsWorld.StartAsync();
        for (var run = 0; run < 2; run++)
        {
            world.Write(1000); // several chunks
            await world.DrainAsync();
        }
    }

    public async ValueTask DisposeAsync() => await world.DisposeAsync();

    [Test]
    public async Task Failures_that_pass_are_read_over()
    {
        var struck = new List<ScriptedFault>();
        foreach (var call in new[] { GcsCall.ObjectDownload, GcsCall.ObjectGet, GcsCall.ObjectList })
        {
            struck.Add(world.Server.Faults.Add(new() { Call = call, Kind = FaultKind.Reset, PerName = true, Count = 1, Probability = 0.5 }));
            struck.Add(world.Server.Faults.Add(new() { Call = call, Kind = FaultKind.Truncate, Form = FaultForm.Applied, AfterBytes = 100, PerName = true, Count = 1 }));
            struck.Add(world.Server.Faults.Add(new() { Call = call, Kind = FaultKind.Status, Status = 429, RetryAfter = "0", PerName = true, Count = 1, Probability = 0.5 }));
        }

        await world.AssertProvenAsync();

        Assert.That(struck.Sum(fault => fault.Struck), Is.GreaterThan(world.Stored.Objects.Count));
    }

    [TestCase("v1/chunks/*.gz", "OBJECT_UNREADABLE")]
    [TestCase("v1/manifests/*/e00000002/000000000001-*", "OBJECT_UNREADABLE")]
    public async Task What_may_not_be_read_is_not_concluded_and_the_rest_is_told(string name, string expected)
    {
        var whole = (await world.VerifyAsync()).Streams.Single();
        world.Server.Faults.Add(new() { Method = "GET", Name = name, Kind = FaultKind.Status, Status = 403, Reason = "forbidden", Message = "auditor@example.com does not have storage.objects.get access." });

        var report = await world.VerifyAsync();

        Assert.That(report.ExitCode(strict: false), Is.EqualTo(3));
        Assert.That(report.Findings.Select(finding => finding.Kind.Id), Does.Contain(expected));
        Assert.That(report.Findings.Select(finding => finding.Message), Has.Some.Contains("403"));
        Assert.That(report.Streams.Single().Bytes, Is.LessThan(whole.Bytes));
        Assert.That(Covered(report.Streams.Single()), Is.LessThan(Covered(whole)).And.GreaterThan(TimeSpan.Zero));
    }

    [Test]
    public async Task Who_may_not_list_hears_that_nothing_can_be_concluded()
    {
        world.Server.Faults.Add(new() { Call = GcsCall.ObjectList, Kind = FaultKind.Status, Status = 403, Reason = "forbidden", Message = "auditor@example.com does not have storage.objects.list access." });

        var report = await world.VerifyAsync();

        Assert.That(report.ExitCode(strict: false), Is.EqualTo(3));
        Assert.That(report.Findings.Select(finding => finding.Kind.Id), Does.Contain("BUCKET_UNREADABLE"));
    }

    [Test]
    public async Task An_object_that_is_not_the_one_its_receipt_was_given_for_is_found([Values("chunk", "manifest")] string what, [Values("time", "recreated")] string change)
    {
        var name = world.Stored.Objects.Select(stored => stored.Name).Last(name => name.StartsWith(what == "chunk" ? "v1/chunks/" : "v1/manifests/", StringComparison.Ordinal) && (what == "chunk" || name.Contains("/000000000001-", StringComparison.Ordinal)));
        var bytes = world.Stored.Get(name, null).ReadBytes();
        switch (change)
        {
            case "time":
                world.Stored.Tampering.Change(name, stored => stored with { TimeCreated = stored.TimeCreated - TimeSpan.FromSeconds(1) });
                break;
            default:
                world.Stored.Tampering.Delete(name);
                world.Stored.Put(name, bytes);
                break;
        }

        var report = await world.VerifyAsync();

        // An older manifest makes its chunk look younger than it, too.
        var found = report.Findings.Where(finding => finding.Kind == FindingKind.ObjectReplaced && finding.ObjectName == name).ToArray();
        Assert.That(found.Single().Message, Does.Contain("has a receipt of generation").And.Contain("the bucket shows generation"));
    }

    private static TimeSpan Covered(StreamReport stream) => stream.Covered.Aggregate(TimeSpan.Zero, (sum, range) => sum + (range.To - range.From));
}
