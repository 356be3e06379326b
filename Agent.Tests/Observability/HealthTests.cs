using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using Sealtail.Observability;

namespace Sealtail.Tests.Observability;

internal sealed class HealthTests
{
    private readonly FakeTimeProvider time = new();

    [Test]
    public void A_loop_that_stops_ticking_is_stuck_after_a_minute_and_named()
    {
        var health = new Health(time);
        var ticking = health.Add("ship a/b/c");
        health.Add("ingest a/b/c");

        time.Advance(Health.Bound);
        ticking.Beat();
        Assert.That(health.IsGood, Is.True, "at the bound");

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(health.IsGood, Is.False);
        Assert.That(health.Stuck, Is.EqualTo(new[] { "The loop ingest a/b/c has not ticked for 61 s." }));
    }

    [Test]
    public void A_loop_that_ticks_again_is_well_again()
    {
        var health = new Health(time);
        var pulse = health.Add("ship");
        time.Advance(Health.Bound * 2);

        pulse.Beat();

        Assert.That(health.IsGood, Is.True);
    }

    [Test]
    public void A_loop_that_came_to_its_end_is_not_stuck()
    {
        var health = new Health(time);
        health.Add("ingest").End();

        time.Advance(TimeSpan.FromDays(1));

        Assert.That(health.IsGood, Is.True);
    }

    [Test]
    public async Task A_loop_that_waits_for_an_upload_ticks_for_as_long_as_it_takes()
    {
        var armed = new TimersArmed();
        var health = new Health(armed);
        var pulse = health.Add("ship");
        var upload = new TaskCompletionSource<int>();
        var waiting = pulse.WaitAsync(upload.Task);

        for (var waited = TimeSpan.Zero; waited < TimeSpan.FromHours(1); waited += Pulse.Interval)
        {
            await armed.NextAsync(); // the clock may not move before the loop waits on it
            armed.Advance(Pulse.Interval);
            Assert.That(health.IsGood, Is.True);
        }

        upload.SetResult(42);
        Assert.That(await waiting, Is.EqualTo(42));
    }

    [Test]
    public void What_is_waited_for_may_fail_and_its_fault_is_seen()
    {
        var pulse = new Health(time).Add("ship");

        Assert.That(async () => await pulse.WaitAsync(Task.FromException<int>(new TimeoutException("its own"))), Throws.TypeOf<TimeoutException>().With.Message.EqualTo("its own"));
    }

    /// <summary>A clock that tells when somebody began to wait on it: the continuation of a timer runs on the pool, a moment after the clock was moved.</summary>
    private sealed class TimersArmed : FakeTimeProvider
    {
        private readonly Channel<bool> created = Channel.CreateUnbounded<bool>();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            created.Writer.TryWrite(true);
            return timer;
        }

        public async Task NextAsync() => await created.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
    }
}
