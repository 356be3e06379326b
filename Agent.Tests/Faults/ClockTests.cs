using NUnit.Framework;

namespace Sealtail.Tests.Faults;

/// <summary>Somebody sets the node's clock by a day, back or forward, while the agent follows.</summary>
internal sealed class ClockTests
{
    /// <summary>After the clock was set back, an open chunk waited for a day to be cut.</summary>
    [TestCase(-1)]
    [TestCase(1)]
    public async Task What_is_read_is_shipped_within_its_bound_whatever_the_clock_is_set_to(int days)
    {
        using var node = new Node { Seal = new() { MaxAge = TimeSpan.FromSeconds(30) } };
        var bucket = new MemoryBucket { HasStoreClock = false };
        var time = new ScaledTime(60);
        using var stop = new CancellationTokenSource();
        node.Write(3);
        var following = node.FollowAsync(bucket, time, null, stop.Token);
        await UntilAsync(() => Directory.Exists(node.State) && Directory.GetFiles(node.State, "*.tmp").Length > 0, time);
        time.Set(TimeSpan.FromDays(days));

        await UntilAsync(() => bucket.Names.Any(name => name.Contains("/e00000001/000000000001-", StringComparison.Ordinal)), time);
        node.Log.Rotate();
        node.Write(3);
        time.Set(TimeSpan.FromDays(-days));
        await UntilAsync(() => bucket.Names.Any(name => name.Contains("/e00000001/000000000002-", StringComparison.Ordinal)), time);
        await stop.CancelAsync();
        await following;

        var record = await NodeRecord.ReadAsync(node, bucket, bucket.Names.ToDictionary(name => name, name => bucket[name]));
        Assert.That(record.Report.Streams.Single().Bytes, Is.EqualTo(node.Written.Length), record.ToString());
        Assert.That(record.Gaps, Is.Empty, record.ToString());
        Assert.That(record.Report.ExitCode(strict: false), Is.Zero, record.ToString());
    }

    /// <summary>A compressed backup cut short, written before the clock was set back, held the reader up for a day.</summary>
    [Test]
    public async Task A_damaged_backup_from_the_future_holds_nothing_up()
    {
        using var node = new Node();
        node.Write(3);
        var backup = node.Log.Rotate()!; // there was a file
        await File.WriteAllBytesAsync(backup + ".gz", LumberjackWriter.Gzip(await File.ReadAllBytesAsync(backup))[..^9]);
        File.Delete(backup);
        File.SetLastWriteTimeUtc(backup + ".gz", TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(1));
        node.Write(2);
        var bucket = new MemoryBucket { HasStoreClock = false };

        await node.OnceAsync(bucket).WaitAsync(TimeSpan.FromMinutes(1));

        var record = await NodeRecord.ReadAsync(node, bucket, bucket.Names.ToDictionary(name => name, name => bucket[name]));
        Assert.That(record.Gaps.Select(gap => gap.Cause), Is.EqualTo(new[] { Sealtail.Format.GapCause.CompressedDamaged }));
    }

    // At most ten minutes by the agent's clock.
    private static async Task UntilAsync(Func<bool> condition, ScaledTime time)
    {
        var since = time.GetTimestamp();
        while (!condition())
        {
            Assert.That(time.GetElapsedTime(since), Is.LessThan(TimeSpan.FromMinutes(10)), "within its bound");
            await Task.Delay(5);
        }
    }
}
