using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using Sealtail.Observability;

namespace Sealtail.Tests.Observability;

internal sealed class SystemdWatchdogTests : IDisposable
{
    private readonly FakeTimeProvider time = new();
    private readonly Notified notified = new();

    public void Dispose() => notified.Dispose();

    [Test]
    public async Task It_pings_at_half_the_interval_while_the_loops_tick_and_falls_silent_when_one_is_stuck()
    {
        var health = new Health(time);
        var pulse = health.Add("ship");
        using var watchdog = new SystemdWatchdog(notified, health, TimeSpan.FromSeconds(30), time, NullLogger<SystemdWatchdog>.Instance);
        await watchdog.StartAsync(CancellationToken.None);

        await notified.UntilAsync(1);
        for (var ping = 2; ping < 10; ping++)
        {
            time.Advance(TimeSpan.FromSeconds(15));
            pulse.Beat();
            await notified.UntilAsync(ping);
        }

        // Silent for 60 s: four more pings, then none.
        for (var second = 15; second <= 600; second += 15)
        {
            time.Advance(TimeSpan.FromSeconds(15));
            if (second <= 60) await notified.UntilAsync(9 + (second / 15));
        }

        pulse.Beat();
        time.Advance(TimeSpan.FromSeconds(15));
        await notified.UntilAsync(14);
        await watchdog.StopAsync(CancellationToken.None);

        Assert.That(notified.Count, Is.EqualTo(14), "nothing was sent while the loop was stuck");
        Assert.That(notified.States, Is.All.EqualTo("WATCHDOG=1"));
    }

    [TestCase(null, null, ExpectedResult = null)]
    [TestCase("30000000", null, ExpectedResult = 30.0)]
    [TestCase("30000000", "", ExpectedResult = 30.0)]
    [TestCase("30000000", "77", ExpectedResult = 30.0)]
    [TestCase("30000000", "78", ExpectedResult = null)]
    [TestCase("0", null, ExpectedResult = null)]
    [TestCase("-1", null, ExpectedResult = null)]
    [TestCase("soon", null, ExpectedResult = null)]
    [TestCase("18446744073709551615", null, ExpectedResult = null)]
    [TestCase("9223372036854775807", null, ExpectedResult = 86400.0)]
    public double? The_interval_is_what_systemd_asks_of_this_process(string? microseconds, string? process) =>
        SystemdWatchdog.IntervalOf(name => name switch { "WATCHDOG_USEC" => microseconds, "WATCHDOG_PID" => process, _ => null }, 77)?.TotalSeconds;

    /// <summary>What systemd was told.</summary>
    private sealed class Notified : ISystemdNotifier, IDisposable
    {
        private readonly SemaphoreSlim arrived = new(0);
        private readonly List<string> states = [];

        public bool IsEnabled => true;

        public int Count { get; private set; }

        public IReadOnlyList<string> States => states;

        public void Notify(ServiceState state)
        {
            states.Add(state.ToString());
            arrived.Release();
        }

        public void Dispose() => arrived.Dispose();

        public async Task UntilAsync(int count)
        {
            while (Count < count)
            {
                Assert.That(await arrived.WaitAsync(TimeSpan.FromSeconds(30)), Is.True, $"ping {Count + 1} never came");
                Count++;
            }

            Assert.That(arrived.CurrentCount, Is.Zero, "no ping too many");
        }
    }
}
