using System.Security.Cryptography;
using System.Text;
using NUnit.Framework;
using Sealtail.Tests.Support;

namespace Sealtail.Tests.EndToEnd;

/// <summary>SIGKILL at random moments while the log is written and rotated; the agent is started again each time, by nobody's hand but the supervisor's.</summary>
internal sealed class KillTests
{
    private const int RotateAt = 256 * 1024;

    [TestCase(6, false)]
    [TestCase(6, true)]
    [TestCase(50, false, Explicit = true, Category = "Campaign")]
    [TestCase(50, true, Explicit = true, Category = "Campaign")]
    public async Task Nothing_is_lost_or_doubled_by_killing_the_agent(int kills, bool compress)
    {
        var random = TestContext.CurrentContext.Random;
        using var bed = new AgentBed("max_size: 64KiB, max_age: 1s");
        using var written = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long bytes = 0;
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(async () =>
        {
            using var log = new LumberjackWriter(bed.LogPath);
            long size = 0;
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                var line = Encoding.UTF8.GetBytes($"{{\"auditID\":\"{i:x8}\",\"pad\":\"{new string('p', i % 700)}\"}}\n");
                if (size + line.Length > RotateAt)
                {
                    log.Rotate();
                    log.Mill(compress);
                    size = 0;
                }

                log.Write(line);
                size += line.Length;
                written.AppendData(line);
                bytes += line.Length;
                if (i % 20 == 19) await Task.Delay(4);
            }
        });

        for (var kill = 0; kill < kills; kill++)
        {
            var agent = bed.Start();
            await Task.Delay(random.Next(100, 2500));
            Assert.That(agent.HasExited, Is.False, "it must not end by itself");
            agent.Kill();
            await agent.WaitForExitAsync();
        }

        await stop.CancelAsync();
        await writer;
        bed.RunOnce();

        Assert.That(BucketReader.Content(bed.Bucket), Is.EqualTo((Convert.ToHexStringLower(written.GetHashAndReset()), bytes)));
        var verdict = bed.Verify();
        Assert.That(verdict.Problems, Is.Empty);
        Assert.That(verdict.ExitCode, Is.Zero);
        Assert.That(verdict.Report.GetProperty("streams")[0].GetProperty("gaps").GetInt64(), Is.Zero);
    }
}
