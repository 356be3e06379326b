using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using NUnit.Framework;
using Sealtail.Tests.Faults;

namespace Sealtail.Tests.EndToEnd;

/// <summary>The bucket cannot be reached, the spool is full, and the logs rotate away all the same: what nobody can keep becomes a signed gap.</summary>
internal sealed class FullSpoolTests
{
    private const int FileBytes = 1 << 20;
    private const int Most = 40 * FileBytes; // far more than the spool takes

    [Test]
    public async Task What_rotates_away_behind_a_full_spool_is_a_gap_and_nothing_waits_for_ever([Values] bool isStoppedMeanwhile)
    {
        using var small = SmallDisk.TryMount("size=6m");
        if (small is null) Assert.Ignore("Mounting a small file system needs root.");
        using var bed = new AgentBed(http: AgentBed.FreePort());
        Configure(bed, small.Path);
        File.WriteAllText(bed.Bucket, "a file where the bucket's directory should be");
        using var log = new LumberjackWriter(bed.LogPath) { MaxBackups = 2 };
        var random = new Random(Campaign.Seed());
        var agent = bed.Start();
        long written = 0;
        while (written < Most && bed.Reasons?.Contains("spool-full") != true)
        {
            written += await RotateAsync(bed, agent, log, random);
            await bed.UntilAsync(() => Lag(bed) == 0 || bed.Reasons?.Contains("spool-full") == true, "it reads what there is, or says why not");
        }

        await bed.UntilAsync(() => bed.Reasons is { } reasons && reasons.Contains("spool-full") && reasons.Contains("parked"), "it names both causes");
        for (var i = 0; i < 8; i++) written += await RotateAsync(bed, agent, log, random);
        Assert.That(bed.Ask("/healthz")?.Status, Is.EqualTo(HttpStatusCode.OK), "it is no reason to be started again");
        if (isStoppedMeanwhile)
        {
            StateTests.Terminate(agent);
            Assert.That(agent.ExitCode, Is.Zero);
        }

        File.Delete(bed.Bucket);
        if (isStoppedMeanwhile)
        {
            bed.Forget(agent);
            agent = bed.Start();
        }

        await bed.UntilAsync(() => Payloads(bed).Any(manifest => manifest.GetProperty("kind").GetString() == "heartbeat"), "all is shipped, and the chain says that it is alive");
        await bed.UntilAsync(() => bed.Reasons is [], "it is ready again");
        StateTests.Terminate(agent);

        var verdict = bed.Verify();
        var gaps = Payloads(bed).SelectMany(manifest => manifest.GetProperty("gaps").EnumerateArray()).ToList();
        var context = string.Join('\n', gaps);
        Assert.That(verdict.FindingIds, Does.Not.Contain("CHAIN_BROKEN").And.Not.Contain("MANIFEST_MISSING"), context);
        Assert.That(verdict.Report.GetProperty("findings").EnumerateArray().Where(finding => finding.GetProperty("severity").GetString() == "error"), Is.Empty, context);
        Assert.That(gaps.Select(gap => gap.GetProperty("cause").GetString()), Does.Contain("rotated-away").And.All.AnyOf("rotated-away", "continuity-unproven"), context);
        // While it lives it holds each file: every loss has its exact extent. What goes while it is down has none.
        var lost = gaps.Sum(gap => gap.GetProperty("to").ValueKind == JsonValueKind.Number ? gap.GetProperty("to").GetInt64() - gap.GetProperty("from").GetInt64() : 0);
        if (!isStoppedMeanwhile) Assert.That(verdict.Bytes + lost, Is.EqualTo(written), context);
        else Assert.That(verdict.Bytes + lost, Is.LessThanOrEqualTo(written), context);
    }

    // Each file is held before it goes: what is lost then is known to the byte.
    private static async Task<int> RotateAsync(AgentBed bed, Process agent, LumberjackWriter log, Random random)
    {
        var written = Fill(log, random);
        await bed.UntilAsync(() => bed.IsFollowed(agent), "it has the live file open");
        log.Rotate();
        log.Mill(compress: false);
        return written;
    }

    private static long Lag(AgentBed bed) =>
        bed.Ask("/metrics")?.Body.Split('\n').FirstOrDefault(line => line.StartsWith("sealtail_lag_bytes{", StringComparison.Ordinal)) is { } line ? long.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture) : -1;

    private static void Configure(AgentBed bed, string state)
    {
        var text = File.ReadAllText(bed.WriteConfiguration("sealtail.yaml", state, "max_size: 256KiB, max_age: 1s, max_silence: 4s"));
        text = text.Replace("min_free: 64MiB", "min_free: 1B", StringComparison.Ordinal).Replace("poll_interval: 50ms", "poll_interval: 50ms, max_held: 3MiB", StringComparison.Ordinal);
        File.WriteAllText(bed.Configuration, text);
    }

    // Lines that do not get much shorter by compression.
    private static int Fill(LumberjackWriter log, Random random)
    {
        var written = 0;
        var bytes = new byte[3000];
        while (written < FileBytes)
        {
            random.NextBytes(bytes);
            var line = $"{{\"auditID\":\"x\",\"pad\":\"{Convert.ToBase64String(bytes)}\"}}\n";
            log.Write(line);
            written += line.Length;
        }

        return written;
    }

    private static IEnumerable<JsonElement> Payloads(AgentBed bed) => BucketReader.Payloads(bed.Bucket);
}
