using System.Text;
using NUnit.Framework;
using Sealtail.Tailing;
using Sealtail.Tests.Support;

namespace Sealtail.Tests.Tailing;

/// <summary>A writer as kube-apiserver's at work on one thread while the reader follows on another. SEALTAIL_TAIL_SECONDS makes it longer than a second.</summary>
internal sealed class FollowTests : TailFixture
{
    protected override TailOptions Options => new() { Path = Log, PollInterval = TimeSpan.FromMilliseconds(20) };

    [Test]
    public async Task A_busy_rotating_log_is_followed_without_loss_or_repeat([Values] bool compress)
    {
        var seconds = double.TryParse(Environment.GetEnvironmentVariable("SEALTAIL_TAIL_SECONDS"), out var asked) ? asked : 1;
        var seed = TestContext.CurrentContext.Random.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        var expected = new StringBuilder();
        var writing = Task.Run(() => Write(new Random(seed), TimeSpan.FromSeconds(seconds), compress, expected));
        var random = new Random(seed + 1);
        while (!writing.IsCompleted)
        {
            for (var i = random.Next(200); i > 0 && Reader.TakeOne(); i--)
            {
            }

            if (random.Next(3) == 0) Reader.Cut();
            if (random.Next(20) == 0) Reader.Abandon();
            if (random.Next(40) == 0) Reader.Crash();
            await Reader.Tailer.WaitAsync(TimeSpan.FromMilliseconds(random.Next(30)), CancellationToken.None);
        }

        await writing;
        Reader.Drain();

        Assert.That(Reader.Gaps, Is.Empty, Reader.Ranges);
        Assert.That(Reader.Text == expected.ToString(), Reader.Ranges);
    }

    private void Write(Random random, TimeSpan duration, bool compress, StringBuilder expected)
    {
        var start = TimeProvider.System.GetTimestamp();
        for (var i = 0; TimeProvider.System.GetElapsedTime(start) < duration; i++)
        {
            var line = $"{i} {new string((char)('a' + random.Next(26)), random.Next(3000))}\n";
            expected.Append(line);
            Writer.Write(line);
            if (random.Next(40) == 0) Writer.Rotate();
            if (random.Next(200) == 0) Writer.Mill(compress);
            if (random.Next(10) == 0) Thread.Yield();
        }
    }
}
