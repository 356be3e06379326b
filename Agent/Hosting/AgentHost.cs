using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Sealtail.Buckets;
using Sealtail.Configuration;
using Sealtail.Files;
using Sealtail.Observability;
using Sealtail.Shipping;
using Sealtail.Spooling;

namespace Sealtail.Hosting;

/// <summary>The whole agent, ready to run: everything that can be wrong with configuration, key or state directory was found when this exists.</summary>
internal sealed class AgentHost : IDisposable
{
    private readonly IHost host;
    private readonly Observation observation;
    private readonly IReadOnlyList<BackgroundService> services;

    private AgentHost(IHost host, IBucket bucket, RetentionMonitor retention, Observation observation, IReadOnlyList<InputPipeline> inputs, IReadOnlyList<BackgroundService> services) =>
        (this.host, Bucket, Retention, this.observation, Inputs, this.services) = (host, bucket, retention, observation, inputs, services);

    public IBucket Bucket { get; }

    public RetentionMonitor Retention { get; }

    public IReadOnlyList<InputPipeline> Inputs { get; }

    /// <exception cref="FormatException">STORAGE_EMULATOR_HOST is no address.</exception>
    /// <exception cref="SpoolException">A state directory is another's, in use, or newer than the program, or holds entries that no input owns.</exception>
    /// <exception cref="Chaining.SigningKeyException">A key cannot be used.</exception>
    /// <exception cref="IOException">The address to serve status on cannot be listened on.</exception>
    public static AgentHost Build(SealtailConfiguration configuration, RunMode mode, LogLevel leastLogged)
    {
        var time = TimeProvider.System;
        var waits = mode == RunMode.Follow;
        var upload = configuration.Bucket.Upload;
        var ship = new ShipMode(Heartbeats: waits, WaitsForAdministrator: waits, upload.Parallel);
        var retry = new BucketRetryOptions { WaitsForAdministrator = waits, AttemptTimeout = upload.Timeout };

        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.Configure<ConsoleLifetimeOptions>(options => options.SuppressStatusMessages = true);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = InputService.Grace + TimeSpan.FromSeconds(5));
        AddLogging(builder.Logging, configuration.Log, leastLogged);

        // The loggers outlive the building of the host: they are the host's own.
        var loggers = LoggerFactory.Create(logging => AddLogging(logging, configuration.Log, leastLogged));
        builder.Services.AddSingleton(loggers);
        var retention = new RetentionMonitor(configuration.Bucket, time, loggers.CreateLogger<RetentionMonitor>());
        var bucket = new WatchedBucket(BucketFactory.Open(configuration.Bucket, new DurableFiles(), time), retention);
        builder.Services.AddSingleton<IHostedService>(new RetentionService(retention, bucket));
        var inputs = new List<InputPipeline>();
        var health = new Health(time);
        var observation = new Observation(new StatusReader(bucket, retention, inputs, health, time), health, time);
        try
        {
            RefuseUnowned(configuration);
            foreach (var input in configuration.Inputs)
            {
                var stream = input.Stream.ToString();
                var streamLoggers = new LimitedLoggerFactory(loggers, time, stream);
                var shipper = new Shipper(bucket, retry, (result, elapsed) => observation.Meter.Uploaded(stream, result, elapsed), time, streamLoggers.CreateLogger<Shipper>());
                inputs.Add(InputPipeline.Open(input, configuration.Seal, bucket, shipper, ship, health, time, streamLoggers));
            }

            // Before the inputs: services stop in reverse order, so status is served to the end.
            if (mode == RunMode.Follow) observation.AddTo(builder.Services, configuration.Http, new LimitedLoggerFactory(loggers, time));
            var running = new RunningInputs(inputs.Count);
            foreach (var input in inputs)
                builder.Services.AddSingleton<IHostedService>(provider => new InputService(
                    input, mode, running, provider.GetRequiredService<IHostApplicationLifetime>(), loggers.CreateLogger<InputService>()));

            var host = builder.Build();
            return new AgentHost(host, bucket, retention, observation, inputs, [.. host.Services.GetServices<IHostedService>().OfType<BackgroundService>()]);
        }
        catch
        {
            observation.Dispose();
            foreach (var input in inputs) input.Dispose();
            bucket.Dispose();
            loggers.Dispose();
            throw;
        }
    }

    /// <summary>Runs until stopped, or until a draining run is done.</summary>
    /// <exception cref="Exception">What a loop died of. The host itself ends well when a worker dies; a supervisor must see that it did not.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await host.RunAsync(cancellationToken);
        foreach (var service in services)
            if (service.ExecuteTask is { IsFaulted: true } dead)
                await dead; // throws the fault
    }

    public void Dispose()
    {
        host.Dispose();
        observation.Dispose();
        foreach (var input in Inputs) input.Dispose();
        Bucket.Dispose();
    }

    // A state directory that nobody ships any more is a silent loss to come.
    private static void RefuseUnowned(SealtailConfiguration configuration)
    {
        var unowned = Spool.FindUnowned(configuration.StateDirectory, configuration.Inputs.Select(input => input.Spool.Directory));
        if (unowned.Count > 0)
            throw new SpoolException(SpoolFault.BoundElsewhere, $"{string.Join(", ", unowned)} holds entries that are not shipped and belong to no input. Configure that input again until they are shipped, or move the directory away.");
    }

    // Standard output is for results.
    private static void AddLogging(ILoggingBuilder logging, LogOptions options, LogLevel least)
    {
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None); // what a worker dies of is told once, as a sentence, by its own service
        logging.SetMinimumLevel(options.Level > least ? options.Level : least);
        if (options.Format == LogFormat.Json)
            logging.AddJsonConsole(json => (json.UseUtcTimestamp, json.TimestampFormat, json.IncludeScopes) = (true, "yyyy-MM-ddTHH:mm:ss.fffZ", true));
        else
            logging.AddSimpleConsole(text => (text.SingleLine, text.UseUtcTimestamp, text.TimestampFormat, text.IncludeScopes) = (true, true, "yyyy-MM-ddTHH:mm:ss.fffZ ", true));
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}
