using System.Globalization;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;

namespace Sealtail.Observability;

/// <summary>Tells systemd at half of its interval that the loops tick; silent once one is stuck, so that systemd restarts the agent (<c>WatchdogSec=</c>).</summary>
internal sealed partial class SystemdWatchdog(ISystemdNotifier notifier, Health health, TimeSpan interval, TimeProvider time, ILogger<SystemdWatchdog> logger) : BackgroundService
{
    private static readonly ServiceState Ping = new("WATCHDOG=1");

    /// <summary>The interval that systemd asks for; null: it does not watch this process.</summary>
    /// <param name="variable">A variable of the environment by name.</param>
    /// <param name="processId">This process.</param>
    public static TimeSpan? IntervalOf(Func<string, string?> variable, int processId)
    {
        if (!long.TryParse(variable("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds) || microseconds < 2) return null;
        var isOther = variable("WATCHDOG_PID") is { Length: > 0 } watched && watched != processId.ToString(CultureInfo.InvariantCulture);
        return isOther ? null : TimeSpan.FromMicroseconds(Math.Min(microseconds, TimeSpan.FromDays(1).TotalMicroseconds));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval / 2, time);
        var wasGood = true;
        try
        {
            do
            {
                var isGood = health.IsGood;
                if (isGood) Notify();
                if (wasGood) foreach (var sentence in health.Stuck) LogStuck(sentence);
                wasGood = isGood;
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the end
        }
    }

    private void Notify()
    {
        try
        {
            notifier.Notify(Ping);
        }
        catch (SocketException e) // systemd itself is being restarted
        {
            LogNotTold(e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "systemd is not told that the agent is alive, and will restart it: {Reason}")]
    private partial void LogStuck(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "systemd could not be told that the agent is alive: {Reason}")]
    private partial void LogNotTold(string reason);
}
