using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;
using Sealtail.Observability;

namespace Sealtail.Hosting;

/// <summary>What lets others look at a running agent: health, metrics and status over HTTP, and signs of life for systemd.</summary>
internal sealed class Observation : IDisposable
{
    private readonly StatusReader status;
    private readonly Health health;
    private readonly TimeProvider time;
    private readonly PrometheusExporter exporter;
    private Socket? listening;

    public Observation(StatusReader status, Health health, TimeProvider time)
    {
        (this.status, this.health, this.time) = (status, health, time);
        Meter = new AgentMeter(status.Read);
        exporter = new PrometheusExporter(Meter.Meter);
    }

    public AgentMeter Meter { get; }

    /// <summary>Registers what serves; the address is taken at once.</summary>
    /// <exception cref="IOException">The address cannot be listened on.</exception>
    public void AddTo(IServiceCollection services, IPEndPoint? address, ILoggerFactory loggers)
    {
        if (address is not null)
        {
            var socket = listening = StatusServer.Listen(address);
            var routes = new StatusRoutes(status.Read, health, exporter);
            services.AddSingleton<IHostedService>(_ => new StatusServer(socket, routes.Answer, time, loggers.CreateLogger<StatusServer>()));
        }

        // Not AddSystemd(): it asks for the parent's name, which a container hides, and it would change the log's format.
        var notifier = new SystemdNotifier();
        if (!notifier.IsEnabled) return;
        services.AddSingleton<ISystemdNotifier>(notifier);
        services.AddSingleton<IHostLifetime, SystemdLifetime>(); // READY=1 and STOPPING=1
        if (SystemdWatchdog.IntervalOf(Environment.GetEnvironmentVariable, Environment.ProcessId) is { } interval)
            services.AddSingleton<IHostedService>(_ => new SystemdWatchdog(notifier, health, interval, time, loggers.CreateLogger<SystemdWatchdog>()));
    }

    public void Dispose()
    {
        listening?.Dispose();
        exporter.Dispose();
        Meter.Dispose();
    }
}
