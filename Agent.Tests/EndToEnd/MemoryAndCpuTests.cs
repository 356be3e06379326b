using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using NUnit.Framework;
using Sealtail.Tests.Faults;

namespace Sealtail.Tests.EndToEnd;

/// <summary>The real program in a control group that gives it little memory, or few turns on the CPU.</summary>
internal sealed class MemoryAndCpuTests
{
    private const int FileBytes = 16 << 20;

    // The published program lives in half of what the framework-dependent one needs.
    private static readonly long MemoryLimit = (SealtailProgram.Published is null ? 160L : 64L) << 20;

    [Test]
    public Task A_backlog_larger_than_the_memory_limit_is_read_within_it() => ReadWithinAsync(12);

    [Test]
    [Explicit]
    [Category(Campaign.Category)]
    public async Task A_backlog_of_4_GiB_is_read_within_the_memory_limit()
    {
        var most = await ReadWithinAsync(256);
        Campaign.Tell($"a backlog of 4 GiB within a memory limit of {MemoryLimit >> 20} MiB: all verified, at most {most >> 10} MiB resident");
    }

    [Test]
    public async Task An_agent_that_gets_a_twentieth_of_a_core_falls_behind_stays_alive_and_loses_nothing()
    {
        using var group = ControlGroup.TryLimitCpu(5);
        if (group is null) Assert.Ignore("Control groups need root, and the controller cpu.");
        using var bed = new AgentBed("max_size: 64KiB, max_age: 1s", http: AgentBed.FreePort());
        using var log = new LumberjackWriter(bed.LogPath);
        log.Write("{}\n");
        long bytes = 3;
        var agent = bed.Start();
        await bed.UntilAsync(() => BucketReader.Content(bed.Bucket).Bytes == bytes, "it follows");
        group.Take(agent.Id);
        for (var i = 0; i < 30; i++)
        {
            var text = string.Concat(Enumerable.Range(0, 100).Select(line => $"{{\"auditID\":\"{i:x4}{line:x4}\",\"pad\":\"{new string('p', line * 7)}\"}}\n"));
            log.Write(text);
            bytes += text.Length;
            if (i % 5 == 4) log.Rotate();
        }

        await bed.UntilAsync(IsShipped, "all is shipped");
        await bed.UntilAsync(() => bed.Reasons is [], "it is ready");
        group.Release(agent.Id); // how long a stop takes is not the question
        StateTests.Terminate(agent);
        var verdict = bed.Verify();
        Assert.That(verdict.Problems, Is.Empty);
        Assert.That(verdict.Bytes, Is.EqualTo(bytes));
        Assert.That(verdict.Report.GetProperty("streams")[0].GetProperty("gaps").GetInt64(), Is.Zero);

        bool IsShipped()
        {
            Assert.That(bed.Ask("/healthz")?.Status, Is.EqualTo(HttpStatusCode.OK), "slow is not dead");
            return BucketReader.Content(bed.Bucket).Bytes == bytes;
        }
    }

    // Returns the most that was resident, in KiB.
    private static async Task<long> ReadWithinAsync(int files)
    {
        using var group = ControlGroup.TryLimitMemory(MemoryLimit);
        if (group is null) Assert.Ignore("Control groups need root, and the controller memory.");
        using var bed = new AgentBed("max_age: 1s");
        var bytes = WriteBacklog(bed.LogPath, files);
        var agent = bed.StartBehind(group.Enter);
        long most = 0;
        var began = TimeProvider.System.GetTimestamp();
        while (BytesIn(bed.Bucket) < bytes)
        {
            Assert.That(agent.HasExited, Is.False, "it was not killed for its memory");
            Assert.That(TimeProvider.System.GetElapsedTime(began), Is.LessThan(TimeSpan.FromMinutes(20)));
            most = Math.Max(most, MostResident(agent));
            await Task.Delay(50);
        }

        StateTests.Terminate(agent);
        Assert.That(agent.ExitCode, Is.Zero);
        TestContext.Out.WriteLine($"{bytes} bytes, at most {most} KiB resident within {MemoryLimit >> 10} KiB");
        var verdict = bed.Verify();
        Assert.That(verdict.Problems, Is.Empty);
        Assert.That(verdict.Bytes, Is.EqualTo(bytes));
        return most;
    }

    // Backups of 16 MiB, each third compressed, as after an outage of the agent.
    private static long WriteBacklog(string path, int files)
    {
        using var log = new LumberjackWriter(path);
        var random = new Random(4);
        var block = new StringBuilder();
        while (block.Length < 1 << 20) block.Append(CultureInfo.InvariantCulture, $"{{\"kind\":\"Event\",\"auditID\":\"{random.NextInt64():x16}\",\"pad\":\"{new string('p', random.Next(1500))}\"}}\n");
        var lines = Encoding.UTF8.GetBytes(block.ToString());
        long bytes = 0;
        for (var file = 0; file < files; file++)
        {
            var first = Encoding.UTF8.GetBytes($"{{\"kind\":\"Event\",\"auditID\":\"first of {file}\"}}\n");
            log.Write(first);
            bytes += first.Length;
            for (var size = 0; size < FileBytes; size += lines.Length, bytes += lines.Length) log.Write(lines);
            if (log.Rotate() is { } backup && file % 3 == 0) LumberjackWriter.Compress(backup);
        }

        return bytes;
    }

    // By the newest manifest alone: the chunks are too many to be read again and again.
    private static long BytesIn(string bucket)
    {
        var newest = BucketReader.Payloads(bucket).LastOrDefault();
        return newest.ValueKind == System.Text.Json.JsonValueKind.Undefined ? 0 : newest.GetProperty("totals").GetProperty("bytes").GetInt64();
    }

    private static long MostResident(Process agent)
    {
        try
        {
            return long.Parse(File.ReadLines($"/proc/{agent.Id}/status").First(line => line.StartsWith("VmHWM", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            return 0; // it has just ended: the caller sees that
        }
    }
}
