using Microsoft.Extensions.Logging;
using Polly;
using Sealtail.Buckets;

namespace Sealtail.Shipping;

/// <summary>What became of an upload. <c>WasAmbiguous</c>: an attempt before the last had no definite reply, so that "already there" may mean "by us".</summary>
internal readonly record struct Delivery(PutOutcome Outcome, bool WasAmbiguous);

/// <summary>
/// Brings objects into the bucket and does not come back before the store has confirmed them: never gives up, never skips (design §3.3).
/// Shared by all uploads of one input.
/// </summary>
internal sealed partial class Shipper
{
    private readonly IBucket bucket;
    private readonly ResiliencePipeline pipeline;
    private readonly ILogger logger;
    private volatile string? parked;

    public Shipper(IBucket bucket, BucketRetryOptions retry, TimeProvider time, ILogger<Shipper> logger)
    {
        this.bucket = bucket;
        this.logger = logger;
        pipeline = BucketRetry.Build(retry, time, OnFailed);
    }

    /// <summary>Why uploads wait for an administrator, or null.</summary>
    public string? Parked => parked;

    /// <exception cref="BucketException"><see cref="BucketFault.Damaged"/>: the bytes are not those sealed. Others only where the retry options end them.</exception>
    public async Task<Delivery> PutAsync(Upload upload, CancellationToken cancellationToken)
    {
        var attempt = new Attempt(bucket, upload);
        var outcome = await pipeline.ExecuteAsync(static (attempt, token) => attempt.RunAsync(token), attempt, cancellationToken);
        parked = null;
        return new Delivery(outcome, attempt.WasAmbiguous);
    }

    private void OnFailed(BucketException fault, TimeSpan delay)
    {
        if (BucketRetry.IsParked(fault.Fault)) parked = fault.Message;
        LogFailed(fault.Message, delay.TotalSeconds);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Upload failed: {Reason} Next attempt in {DelaySeconds:0.0} s")]
    private partial void LogFailed(string reason, double delaySeconds);

    private sealed class Attempt(IBucket bucket, Upload upload)
    {
        public bool WasAmbiguous { get; private set; }

        public async ValueTask<PutOutcome> RunAsync(CancellationToken cancellationToken)
        {
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
