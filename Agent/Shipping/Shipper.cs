using Microsoft.Extensions.Logging;
using Polly;
using Sealtail.Buckets;

namespace Sealtail.Shipping;

/// <summary>What became of an upload. <c>WasAmbiguous</c>: an attempt before the last had no definite reply, so that "already there" may mean "by us".</summary>
internal readonly record struct Delivery(PutOutcome Outcome, bool WasAmbiguous);

/// <summary>
/// Brings objects into the bucket and does not come back before the store has confirmed them: never gives up, never skips.
/// Shared by all uploads of one input.
/// </summary>
internal sealed partial class Shipper
{
    private readonly IBucket bucket;
    private readonly ResiliencePipeline pipeline;
    private readonly Action<string, TimeSpan?> attempted;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Lock gate = new(); // guards trouble, which parallel uploads set
    private UploadTrouble? trouble;

    /// <param name="attempted">Told of each attempt's result and, where the store confirmed it, of its duration; from any thread.</param>
    public Shipper(IBucket bucket, BucketRetryOptions retry, Action<string, TimeSpan?> attempted, TimeProvider time, ILogger<Shipper> logger)
    {
        (this.bucket, this.attempted, this.time, this.logger) = (bucket, attempted, time, logger);
        pipeline = BucketRetry.Build(retry, time, OnFailed);
    }

    /// <summary>How uploads fail; null if the last attempt succeeded, or none was made.</summary>
    public UploadTrouble? Trouble
    {
        get { lock (gate) return trouble; }
    }

    /// <exception cref="BucketException"><see cref="BucketFault.Damaged"/>: the bytes are not those sealed. Others only where the retry options end them.</exception>
    public async Task<Delivery> PutAsync(Upload upload, CancellationToken cancellationToken)
    {
        var attempt = new Attempt(bucket, upload, time);
        try
        {
            var outcome = await pipeline.ExecuteAsync(static (attempt, token) => attempt.RunAsync(token), attempt, cancellationToken);
            attempted(outcome.Created ? UploadResult.Created : UploadResult.Exists, attempt.Elapsed);
            lock (gate) trouble = null;
            return new Delivery(outcome, attempt.WasAmbiguous);
        }
        catch (BucketException e) // one that is not repeated
        {
            Remember(e);
            throw;
        }
    }

    private void OnFailed(BucketException fault, TimeSpan delay)
    {
        Remember(fault);
        LogFailed(fault.Message, delay.TotalSeconds);
    }

    private void Remember(BucketException fault)
    {
        attempted(UploadResult.Text(fault.Fault), null);
        lock (gate) trouble = new UploadTrouble(trouble?.Since ?? time.GetTimestamp(), fault.Message, fault.Fault != BucketFault.Transient);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Upload failed: {Reason} Next attempt in {DelaySeconds:0.0} s")]
    private partial void LogFailed(string reason, double delaySeconds);

    private sealed class Attempt(IBucket bucket, Upload upload, TimeProvider time)
    {
        private long began;

        /// <summary>Since the last attempt began.</summary>
        public TimeSpan Elapsed => time.GetElapsedTime(began);

        public bool WasAmbiguous { get; private set; }

        public async ValueTask<PutOutcome> RunAsync(CancellationToken cancellationToken)
        {
            began = time.GetTimestamp();
            try
            {
                return await bucket.CreateAsync(upload, cancellationToken);
            }
            catch (Exception e) when (e is OperationCanceledException or BucketException { Fault: BucketFault.Transient })
            {
                WasAmbiguous = true; // it may have been stored, and only the reply be lost
                throw;
            }
        }
    }
}
