using System.Net;
using Microsoft.Extensions.Logging;
using Sealtail.Buckets;
using Sealtail.Buckets.Gcs;
using Sealtail.Configuration;
using Sealtail.Hosting;
using Sealtail.Observability;
using Sealtail.Shipping;
using Sealtail.Tests.Buckets;

namespace Sealtail.Tests.EndToEnd;

/// <summary>One run of the agent's two loops over a <see cref="GcsBucket"/>, put together as the program does it, on a clock of the test's.</summary>
internal sealed class GcsAgent : IAsyncDisposable
{
    private readonly CancellationTokenSource reading = new();
    private readonly CancellationTokenSource shipping = new();
    private readonly WatchedBucket bucket;
    private readonly Task ingest;
    private readonly Task ship;
    private readonly Task watch;
    private bool isDisposed;

    private GcsAgent(InputPipeline input, WatchedBucket bucket, RetentionMonitor retention, RecordingFactory log, bool once)
    {
        (Input, this.bucket, Retention, Lines) = (input, bucket, retention, log);
        watch = Task.Run(() => retention.WatchAsync(bucket, shipping.Token));
        ingest = Task.Run(() => IngestAsync(once));
        ship = Task.Run(() => input.Ship.RunAsync(ingest, shipping.Token));
    }

    public InputPipeline Input { get; }

    public RetentionMonitor Retention { get; }

    public CredentialStatus? Credential => bucket.Credential;

    public UploadTrouble? Trouble => Input.Shipper.Trouble;

    public IEnumerable<string> Log => Lines.Texts;

    private RecordingFactory Lines { get; }

    public static GcsAgent Start(string configurationFile, bool once, TimeProvider time)
    {
        var configuration = ConfigurationLoader.Load(configurationFile);
        var log = new RecordingFactory();
        var retention = new RetentionMonitor(configuration.Bucket, time, new Logger<RetentionMonitor>(log));
        var store = GcsBucket.Open(configuration.Bucket, GcsScope.Write, new GcsEnvironment { Proxy = new WebProxy() }, time);
        var bucket = new WatchedBucket(store, retention);
        // A loaded machine must not look like a lost reply, where the test's clock runs fast.
        var shipper = new Shipper(bucket, new BucketRetryOptions { AttemptTimeout = TimeSpan.FromMinutes(20) }, (_, _) => { }, time, new Logger<Shipper>(log));
        var mode = new ShipMode(Heartbeats: !once, WaitsForAdministrator: true, configuration.Bucket.Upload.Parallel);
        return new GcsAgent(InputPipeline.Open(configuration.Inputs.Single(), configuration.Seal, bucket, shipper, mode, new Health(time), time, log), bucket, retention, log, once);
    }

    /// <summary>Returns when both loops have ended by themselves.</summary>
    public Task EndAsync() => Task.WhenAll(ingest, ship);

    /// <summary>A stop signal: seals what is open, ships everything, ends the epoch in the open.</summary>
    public async Task StopAsync()
    {
        await reading.CancelAsync();
        await EndAsync().WaitAsync(TimeSpan.FromSeconds(90));
        await DisposeAsync();
    }

    /// <summary>Ends without another word to the store, whatever is under way.</summary>
    public async Task CutOffAsync()
    {
        await shipping.CancelAsync();
        await DisposeAsync();
    }

    public void ThrowIfDead()
    {
        if (isDisposed) return;
        if (ingest.IsFaulted) ingest.GetAwaiter().GetResult();
        if (ship.IsFaulted) ship.GetAwaiter().GetResult();
    }

    public async ValueTask DisposeAsync()
    {
        if (isDisposed) return;
        isDisposed = true;
        await shipping.CancelAsync();
        await reading.CancelAsync();
        await Task.WhenAll(ingest, ship, watch).ContinueWith(static _ => { }, TaskScheduler.Default);
        Input.Dispose();
        bucket.Dispose();
        reading.Dispose();
        shipping.Dispose();
    }

    private async Task IngestAsync(bool once)
    {
        try
        {
            await Input.Ingest.RunAsync(once, reading.Token);
        }
        finally
        {
            Input.Spool.CompleteAdding();
        }
    }

    private sealed class RecordingFactory : ILoggerFactory
    {
        private readonly RecordingLogger<GcsAgent> logger = new();

        public IEnumerable<string> Texts => logger.Lines.Select(line => $"{line.Level}: {line.Text}");

        public ILogger CreateLogger(string categoryName) => logger;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
