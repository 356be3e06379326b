using System.Text;
using NUnit.Framework;
using Sealtail.Files;

namespace Sealtail.Tests.Faults;

/// <summary>A disk that refuses writes from any step on, for a while: full, failing, or without descriptors. The agent goes on by itself when it takes them again.</summary>
internal sealed class DiskFaultTests
{
    /// <summary>The agent died of a failed write of the head or of a manifest, and of a commit that could not be undone.</summary>
    [TestCase(28, "No space left on device", 1)]
    [TestCase(28, "No space left on device", 6)]
    [TestCase(122, "Disk quota exceeded", 2)]
    [TestCase(5, "Input/output error", 2)]
    [TestCase(24, "Too many open files", 3)]
    public async Task A_disk_that_refuses_for_a_while_from_any_step_on_costs_nothing(int error, string message, int refusals)
    {
        var (steps, _) = await LiveAsync(0, refusals, error, message);
        Assert.That(steps, Is.GreaterThan(10));
        var refused = 0;
        for (var step = 1; step <= steps; step++) refused += (await LiveAsync(step, refusals, error, message)).Refused > 0 ? 1 : 0;
        Assert.That(refused, Is.GreaterThan(steps / 2), "a life has more steps or fewer, as its chunks are cut by age; most reached the step");
    }

    // Returns the number of steps of the agent's life once it has started, and of those that the disk refused.
    private static async Task<(int Steps, int Refused)> LiveAsync(int refuseFrom, int refusals, int error, string message)
    {
        using var node = new Node { Seal = new() { MaxSize = 600, MaxAge = TimeSpan.FromSeconds(2) } };
        var bucket = new MemoryBucket { HasStoreClock = false };
        node.Write(6);
        await node.OnceAsync(bucket);
        for (var i = 0; i < 2; i++)
        {
            node.Write(7);
            node.Log.Rotate();
        }

        node.Write(7);
        var (steps, left, isUp) = (0, refusals, false);
        using var stop = new CancellationTokenSource();
        var following = node.FollowAsync(bucket, new ScaledTime(200), Hook, stop.Token);
        var since = TimeProvider.System.GetTimestamp();
        while (!following.IsCompleted && NodeRecord.BytesIn(bucket) < node.Written.Length && TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromMinutes(1)) await Task.Delay(2);
        await stop.CancelAsync();
        await following;

        var record = await NodeRecord.ReadAsync(node, bucket, bucket.Names.ToDictionary(name => name, name => bucket[name]));
        var context = $"{message}, {refusals} times from step {refuseFrom} on\n{record}";
        Assert.That(record.Report.ExitCode(strict: false), Is.Zero, context);
        Assert.That(record.Gaps, Is.Empty, context);
        Assert.That(string.Concat(record.Files.Select(Encoding.UTF8.GetString)), Is.EqualTo(node.Written.ToString()), context);
        return (steps, refusals - left);

        // Removing a name needs no room and no descriptor; opening needs both.
        void Hook(DurableStep step, bool after, string path)
        {
            isUp |= step == DurableStep.Open && after; // a start that finds the disk full ends with a sentence, and is the supervisor's to repeat
            if (after || !isUp || step is DurableStep.Unlink || (error == 24 && step is not (DurableStep.Open or DurableStep.SyncDirectory))) return;
            if (++steps >= refuseFrom && refuseFrom > 0 && left > 0)
            {
                left--;
                throw new IOException($"{message} : '{path}'", error);
            }
        }
    }
}
