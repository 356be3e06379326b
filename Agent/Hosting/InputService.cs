using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Sealtail.Hosting;

/// <summary>One input's two loops as a hosted worker. If either dies, both end and the fault is the service's.</summary>
internal sealed partial class InputService(InputPipeline input, RunMode mode, RunningInputs running, IHostApplicationLifetime lifetime, ILogger<InputService> logger) : BackgroundService
{
    /// <summary>How long shipping may go on after a stop signal. What is not uploaded then is safe in the spool.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(20);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Reading ends at the stop signal; shipping goes on until the grace ends, so that what was just sealed still leaves.
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        using var shipping = new CancellationTokenSource();
        await using var grace = stoppingToken.Register(() => shipping.CancelAfter(Grace));

        var ingest = Task.Run(() => IngestAsync(reading.Token), CancellationToken.None);
        var ship = Task.Run(() => ShipAsync(ingest, shipping.Token), CancellationToken.None);
        if (await Task.WhenAny(ingest, ship) is { IsFaulted: true } dead)
        {
            var loop = dead == ingest ? "reading" : "shipping";
            var reason = dead.Exception!.GetBaseException().Message; // it is faulted
            LogDied(input.Stream, loop, reason);
            await reading.CancelAsync();
            await shipping.CancelAsync();
        }

        try
        {
            await ingest;
            await ship;
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            LogGraceEnded(input.Stream, input.Spool.Count);
        }
        finally
        {
            if (mode == RunMode.Once) running.Ended(lifetime);
        }
    }

    private async Task IngestAsync(CancellationToken cancellationToken)
    {
        try
        {
            await input.Ingest.RunAsync(once: mode == RunMode.Once, cancellationToken);
        }
        finally
        {
            input.Spool.CompleteAdding();
            input.IngestPulse.End();
        }
    }

    private async Task ShipAsync(Task ingest, CancellationToken cancellationToken)
    {
        try
        {
            await input.Ship.RunAsync(ingest, cancellationToken);
        }
        finally
        {
            input.ShipPulse.End();
        }
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "{Stream}: {Loop} died: {Reason}")]
    private partial void LogDied(Format.StreamName stream, string loop, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Stream}: the grace period ended with {Entries} entries not uploaded. They are safe and leave at the next start")]
    private partial void LogGraceEnded(Format.StreamName stream, int entries);
}

/// <summary>Follow for ever, or drain what is there and end.</summary>
internal enum RunMode { Follow, Once }

/// <summary>How many inputs of a draining run are not done; the last one ends the program.</summary>
internal sealed class RunningInputs(int count)
{
    private int left = count;

    public void Ended(IHostApplicationLifetime lifetime)
    {
        if (Interlocked.Decrement(ref left) == 0) lifetime.StopApplication();
    }
}
