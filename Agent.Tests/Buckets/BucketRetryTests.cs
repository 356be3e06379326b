using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using Sealtail.Buckets;

namespace Sealtail.Tests.Buckets;

internal sealed class BucketRetryTests
{
    private readonly FakeTimeProvider time = new();
    private readonly List<TimeSpan> delays = [];

    [Test]
    public async Task It_goes_on_until_it_succeeds()
    {
        var attempts = 0;
        var result = await RunAsync(new BucketRetryOptions(), () => ++attempts < 30 ? throw new BucketException(BucketFault.Transient, "not yet") : "done");

        Assert.That((result, attempts, delays.Count), Is.EqualTo(("done", 30, 29)));
    }

    [Test]
    public async Task Waits_are_anywhere_below_a_ceiling_that_doubles_up_to_a_bound()
    {
        var options = new BucketRetryOptions { FirstDelay = TimeSpan.FromSeconds(1), MaxDelay = TimeSpan.FromSeconds(8) };
        for (var run = 0; run < 40; run++)
        {
            var attempts = 0;
            await RunAsync(options, () => ++attempts < 7 ? throw new BucketException(BucketFault.Transient, "not yet") : "done");
        }

        var byAttempt = delays.Select((delay, index) => (Delay: delay.TotalSeconds, Attempt: index % 6)).ToLookup(item => item.Attempt, item => item.Delay);
        double[] ceilings = [1, 2, 4, 8, 8, 8];
        for (var attempt = 0; attempt < 6; attempt++)
        {
            Assert.That(byAttempt[attempt], Is.All.InRange(0, ceilings[attempt]));
            Assert.That(byAttempt[attempt].Max() - byAttempt[attempt].Min(), Is.GreaterThan(ceilings[attempt] / 4)); // 40 draws in a quarter: one in 4^39
        }
    }

    [Test]
    public async Task What_the_store_asks_for_is_waited_at_least()
    {
        var attempts = 0;
        await RunAsync(new BucketRetryOptions(), () => ++attempts < 2 ? throw new BucketException(BucketFault.Transient, "busy") { RetryAfter = TimeSpan.FromSeconds(77) } : "done");

        Assert.That(delays, Is.EqualTo(new[] { TimeSpan.FromSeconds(77) }));
    }

    [TestCase(BucketFault.Denied)]
    [TestCase(BucketFault.BucketMissing)]
    [TestCase(BucketFault.Refused)]
    public async Task What_an_administrator_must_mend_is_tried_slowly_or_not_at_all(BucketFault fault)
    {
        var attempts = 0;
        await RunAsync(new BucketRetryOptions(), () => ++attempts < 3 ? throw new BucketException(fault, "no") : "done");
        Assert.That(delays, Is.EqualTo(new[] { TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30) }));

        var thrown = await Assert.ThrowsAsync<BucketException>(() => RunAsync(new BucketRetryOptions { WaitsForAdministrator = false }, () => throw new BucketException(fault, "no")));
        Assert.That(thrown!.Fault, Is.EqualTo(fault));
    }

    [TestCase(BucketFault.Damaged)]
    [TestCase(BucketFault.NotFound)]
    public async Task What_no_repetition_mends_is_thrown(BucketFault fault)
    {
        await Assert.ThrowsAsync<BucketException>(() => RunAsync(new BucketRetryOptions(), () => throw new BucketException(fault, "no")));

        Assert.That(delays, Is.Empty);
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(5)]
    public async Task Attempts_are_counted(int max)
    {
        var attempts = 0;
        await Assert.ThrowsAsync<BucketException>(() => RunAsync(new BucketRetryOptions { MaxAttempts = max }, () =>
        {
            attempts++;
            throw new BucketException(BucketFault.Transient, "no");
        }));

        Assert.That(attempts, Is.EqualTo(max));
    }

    [Test]
    public async Task An_attempt_that_takes_too_long_is_ended_and_repeated()
    {
        var faults = new List<BucketException>();
        var pipeline = BucketRetry.Build(new BucketRetryOptions { AttemptTimeout = TimeSpan.FromSeconds(60), FirstDelay = TimeSpan.Zero }, time, (fault, _) => faults.Add(fault));
        var attempts = 0;

        var running = pipeline.ExecuteAsync(async token =>
        {
            if (++attempts == 1) await Task.Delay(Timeout.InfiniteTimeSpan, token);
            return "done";
        }).AsTask();
        while (!running.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(10));
            await Task.Yield();
        }

        Assert.That(await running, Is.EqualTo("done"));
        Assert.That(faults.Single().Fault, Is.EqualTo(BucketFault.Transient));
        Assert.That(faults.Single().Message, Does.Contain("60 s"));
    }

    [Test]
    public async Task Cancelling_ends_the_waiting()
    {
        using var patience = new CancellationTokenSource();
        var pipeline = BucketRetry.Build(new BucketRetryOptions(), time, (_, _) => patience.Cancel());

        await Assert.CatchAsync<OperationCanceledException>(() => pipeline.ExecuteAsync<string>(_ => throw new BucketException(BucketFault.Transient, "no"), patience.Token).AsTask());
    }

    private async Task<string> RunAsync(BucketRetryOptions options, Func<string> attempt)
    {
        var pipeline = BucketRetry.Build(options, time, (_, delay) => delays.Add(delay));
        var running = pipeline.ExecuteAsync(_ => ValueTask.FromResult(attempt())).AsTask();
        while (!running.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        return await running;
    }
}
