using NUnit.Framework;

namespace Sealtail.Tests.EndToEnd;

/// <summary>The next epoch's slot is somebody else's: junk, a hundred times junk, or a clone of this very agent.</summary>
internal sealed class GcsSlotTests
{
    [TestCase(1)]
    [TestCase(105)] // beyond a hundred, one a second is tried, with an alarm
    public async Task Junk_in_the_next_slots_is_passed_and_said_so(int slots)
    {
        await using var world = await GcsWorld.StartAsync();
        world.Write(100);
        await world.DrainAsync();
        for (var epoch = 2; epoch < 2 + slots; epoch++) world.Stored.Put($"v1/manifests/test/cp-1/audit/e{epoch:D8}/000000000000.dsse.json", "junk"u8);
        world.Write(100);

        await world.DrainAsync();

        var start = world.Payloads().Last(payload => payload.GetProperty("kind").GetString() == "epoch-start");
        Assert.That(start.GetProperty("epoch").GetInt64(), Is.EqualTo(2 + slots));
        Assert.That(start.GetProperty("skipped").GetRawText(), Is.EqualTo($$"""[{"from":2,"to":{{1 + slots}},"why":"taken"}]"""));
        Assert.That(start.GetProperty("cause").GetString(), Is.EqualTo("restart"));
        Assert.That(world.LastLog.Any(line => line.StartsWith("Error", StringComparison.Ordinal) && line.Contains("100 epoch numbers in a row are taken", StringComparison.Ordinal)), Is.EqualTo(slots > 100));
        await world.AssertProvenAsync("UNSIGNED_OBJECT");
        world.AssertContent();
    }

    [Test]
    public async Task Two_clones_at_once_never_fork_the_chain()
    {
        await using var world = await GcsWorld.StartAsync();
        world.Write(100);
        await world.DrainAsync();
        CopyFolder(world["state"], world["clone"]);

        var (original, clone) = (world.Follow("state"), world.Follow("clone"));
        for (var round = 0; round < 4; round++)
        {
            world.Write(50);
            var chunks = 1 + (2 * (round + 1));
            await world.UntilAsync(() => world.Kinds.Count(kind => kind == "chunk") >= chunks, "both ship");
        }

        await original.StopAsync();
        await clone.StopAsync();

        var report = await world.VerifyAsync();
        var ids = report.Findings.Select(finding => finding.Kind.Id).ToHashSet();
        Assert.That(ids, Does.Not.Contain("FORK").And.Not.Contain("CHAIN_BROKEN").And.Not.Contain("MANIFEST_MISSING"));
        Assert.That(ids, Does.Contain("STALE_LINK").And.Contain("CONCURRENT_EPOCHS"));
        Assert.That(report.ExitCode(strict: false), Is.EqualTo(3), "a running clone must not pass for proven");
        Assert.That(report.Streams.Single().Bytes, Is.EqualTo(world.BytesWritten), "each byte counts once");
    }

    private static void CopyFolder(string from, string to)
    {
        foreach (var path in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, path));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!); // a file has a folder
            File.Copy(path, target);
        }
    }
}
