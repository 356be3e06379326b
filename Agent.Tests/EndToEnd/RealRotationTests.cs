using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using NUnit.Framework;

namespace Sealtail.Tests.EndToEnd;

/// <summary>
/// The rotation library of kube-apiserver itself at 5,000 records a second, 64 KiB files, 5 kept backups, restarts and a torn tail, with the agent
/// following. Needs Go: build the writer with <c>Agent.Tests/EndToEnd/lumberwriter/build</c> and name it in SEALTAIL_LUMBERWRITER (CONTRIBUTING.md).
/// </summary>
[Category("Campaign")]
[NonParallelizable] // the writer leaves a reader 60 ms: beside another run it would measure the machine
internal sealed class RealRotationTests
{
    private static readonly string? Writer = Environment.GetEnvironmentVariable("SEALTAIL_LUMBERWRITER");

    [TestCase(false, 0)]
    [TestCase(true, 0)]
    [TestCase(false, 50)]
    [TestCase(true, 50)]
    public async Task What_the_library_wrote_is_in_the_chain_in_order(bool compress, int kills)
    {
        if (Writer is null) Assert.Ignore("SEALTAIL_LUMBERWRITER names no writer.");
        var random = TestContext.CurrentContext.Random;
        using var bed = new AgentBed("max_age: 1s");
        // While the agent is down, rotation goes on: kept backups must cover that.
        // No restarts of the writer then: a rotation in the same millisecond as a restart makes the library overwrite its own backup.
        var backups = kills == 0 ? 5 : 10_000;
        var input = bed["lines.ndjson"];
        await File.WriteAllLinesAsync(input, Enumerable.Range(0, 4000).Select(i => $"{{\"kind\":\"Event\",\"auditID\":\"x\",\"pad\":\"{new string('p', i * 7 % 2000)}\"}}"));
        await File.WriteAllBytesAsync(bed.LogPath, []);
        var agent = bed.Start();
        await bed.UntilAsync(() => bed.IsFollowed(agent), "the agent follows the log");

        var seconds = kills == 0 ? 10 : kills;
        string[] options = ["-out", bed.LogPath, "-maxsize", "1", "-unit", "65536", "-maxbackup", $"{backups}", $"-compress={(compress ? "true" : "false")}", "-rate", "5000", "-lines", $"{5000 * seconds}", "-restart-every", kills == 0 ? "700" : "0", "-torn", "100", "-manifest", bed["lines.sha256"], input];
        using var writer = Process.Start(new ProcessStartInfo(Writer, options) { RedirectStandardOutput = true })!;
        for (var kill = 0; kill < kills; kill++)
        {
            await Task.Delay(random.Next(200, 1500));
            agent.Kill();
            await agent.WaitForExitAsync();
            agent = bed.Start();
        }

        using var said = JsonDocument.Parse(await writer.StandardOutput.ReadToEndAsync());
        await writer.WaitForExitAsync();
        StateTests.Terminate(agent);
        bed.RunOnce();
        var stored = BucketReader.Snapshot(bed.Bucket);
        bed.RunOnce();

        Assert.That(BucketReader.Snapshot(bed.Bucket), Is.EqualTo(stored), "a second run writes nothing");
        Assert.That(said.RootElement.GetProperty("rejected").GetInt64(), Is.Zero);
        var written = await File.ReadAllLinesAsync(bed["lines.sha256"]);
        Assert.That(LinesOf(bed.Bucket).SequenceEqual(written), Is.True, "the verified records are the lines written, in order");
        var verdict = bed.Verify();
        Assert.That(verdict.FindingIds, Does.Not.Contain("CHAIN_BROKEN").And.Not.Contain("MANIFEST_MISSING"));
        Assert.That(verdict.ExitCode, Is.EqualTo(0).Or.EqualTo(3), string.Join('\n', verdict.Problems)); // 3: continuity that could not be proven under this machine's load
    }

    private static IEnumerable<string> LinesOf(string bucket)
    {
        foreach (var chunk in BucketReader.ChunkBytes(bucket))
        {
            for (var at = 0; at < chunk.Length;)
            {
                var end = chunk.AsSpan(at).IndexOf((byte)'\n') is >= 0 and var lineFeed ? at + lineFeed + 1 : chunk.Length;
                yield return Convert.ToHexStringLower(SHA256.HashData(chunk.AsSpan(at, end - at)));
                at = end;
            }
        }
    }
}
