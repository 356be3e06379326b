using System.Diagnostics;
using System.Net;
using NUnit.Framework;
using Sealtail.Tests.Faults;

namespace Sealtail.Tests.EndToEnd;

/// <summary>The real program where the node has little to give: descriptors, room, inodes, turns on the CPU.</summary>
internal sealed class ResourceTests
{
    /// <summary>The reader kept waiting backups open until no descriptor was left to write a chunk with, for ever.</summary>
    [Test]
    public async Task A_backlog_of_more_backups_than_there_are_descriptors_is_read()
    {
        using var bed = new AgentBed("max_size: 64KiB, max_age: 1s");
        long bytes = 0;
        using (var log = new LumberjackWriter(bed.LogPath))
        {
            for (var i = 0; i < 300; i++)
            {
                log.Write($"{{\"auditID\":\"{i:x8}\",\"pad\":\"{new string('p', 3000)}\"}}\n");
                log.Rotate();
            }

            log.Write("{\"auditID\":\"last\"}\n");
            bytes = Directory.GetFiles(bed.LogFolder).Sum(path => new FileInfo(path).Length);
        }

        // The framework-dependent program holds two for each assembly, about 160, before it reads a byte.
        var agent = bed.StartBehind($"ulimit -n {(SealtailProgram.Published is null ? 256 : 64)}");
        await bed.UntilAsync(() => BucketReader.Content(bed.Bucket).Bytes == bytes, "all is shipped");
        StateTests.Terminate(agent);
        var verdict = bed.Verify();
        Assert.That(verdict.Problems.Where(problem => !problem.Contains("TAIL_STALE", StringComparison.Ordinal)), Is.Empty);
        Assert.That(verdict.Bytes, Is.EqualTo(bytes));
    }

    [TestCase("size=3m")]
    [TestCase("size=64m,nr_inodes=16")]
    [NonParallelizable]
    public async Task A_state_directory_without_room_stops_reading_says_so_and_goes_on_when_there_is_room(string limit)
    {
        using var small = SmallDisk.TryMount(limit);
        if (small is null) Assert.Ignore("Mounting a small file system needs root.");
        using var bed = new AgentBed("max_size: 64KiB, max_age: 1s", http: AgentBed.FreePort());
        var configuration = bed.WriteConfiguration("small.yaml", small.Path, "max_size: 64KiB, max_age: 1s");
        File.WriteAllText(configuration, File.ReadAllText(configuration).Replace("min_free: 64MiB", "min_free: 1B", StringComparison.Ordinal));
        StateTests.Append(bed, 100);
        var agent = bed.Start(configuration);
        await bed.UntilAsync(() => BucketReader.Content(bed.Bucket).Bytes > 0, "the first entry is shipped");

        small.Fill();
        StateTests.Append(bed, 100, from: 100);
        await bed.UntilAsync(() => bed.Reasons?.Contains("spool-full") == true, "it says that there is no room");
        Assert.That(bed.Ask("/healthz")?.Status, Is.EqualTo(HttpStatusCode.OK), "it is no reason to be started again");
        small.Free();
        await bed.UntilAsync(() => BucketReader.Content(bed.Bucket).Bytes == new FileInfo(bed.LogPath).Length, "it goes on by itself");
        await bed.UntilAsync(() => bed.Reasons is [], "it is ready again");

        StateTests.Terminate(agent);
        Assert.That(bed.Verify().ExitCode, Is.Zero);
    }

    [Test]
    public async Task An_agent_that_is_stopped_and_continued_at_random_loses_nothing()
    {
        using var bed = new AgentBed("max_size: 64KiB, max_age: 1s");
        using var log = new LumberjackWriter(bed.LogPath);
        var random = new Random(Campaign.Seed());
        long bytes = 0;
        var agent = bed.Start();
        for (var i = 0; i < 12; i++)
        {
            Signal(agent, "STOP");
            for (var line = 0; line < 50; line++)
            {
                var text = $"{{\"auditID\":\"{i:x4}{line:x4}\",\"pad\":\"{new string('p', line * 13)}\"}}\n";
                log.Write(text);
                bytes += text.Length;
            }

            if (random.Next(2) == 0) log.Rotate();
            await Task.Delay(random.Next(30));
            Signal(agent, "CONT");
            await Task.Delay(random.Next(150));
        }

        await bed.UntilAsync(() => BucketReader.Content(bed.Bucket).Bytes == bytes, "all is shipped");
        StateTests.Terminate(agent);
        var verdict = bed.Verify();
        Assert.That(verdict.Problems, Is.Empty);
        Assert.That(verdict.Report.GetProperty("streams")[0].GetProperty("gaps").GetInt64(), Is.Zero);
    }

    private static void Signal(Process agent, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{agent.Id}"]);
        kill.WaitForExit();
    }
}
