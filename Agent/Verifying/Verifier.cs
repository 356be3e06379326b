using Sealtail.Buckets;

namespace Sealtail.Verifying;

/// <summary>How far a verification has come.</summary>
internal readonly record struct VerifyProgress(string Stream, long Manifests, long ManifestsListed, long Chunks, long ChunksListed, long Bytes);

/// <summary>From a bucket to a report (docs/format.md, "Verifying"): finds the streams by listing, verifies one after the other, concludes only what is proven.</summary>
internal sealed class Verifier(IBucket bucket, TrustPolicy trust, VerifyOptions options, TimeProvider time)
{
    private readonly FindingLog findings = new();
    private long bytes;

    /// <summary>Called from any thread, often.</summary>
    public Action<VerifyProgress> Progressed { get; init; } = static _ => { };

    /// <summary>Never fails for what is in the bucket; a bucket that cannot be read is a finding.</summary>
    public async Task<VerifyReport> VerifyAsync(CancellationToken cancellationToken)
    {
        var asOf = options.AsOf ?? time.GetUtcNow();
        var streams = new List<StreamReport>();
        var index = new BucketIndex(options, findings);
        var isListed = await index.ReadAsync(bucket, cancellationToken);
        if (isListed || index.Streams.Any()) // half a list is not a list of streams, but what it shows can be verified
        {
            foreach (var stream in index.Streams) streams.Add(await VerifyAsync(stream, asOf, cancellationToken));
            await JudgeRetentionAsync(cancellationToken);
            if (streams.Count == 0) findings.Add(FindingKind.NothingFound, null, null, null, null, options.Streams is { } wanted ? $"There is no stream {wanted.Text} in {bucket.Location}." : $"There is no stream in {bucket.Location}.");
        }

        if (bucket.Seal is { } seal) findings.Add(seal.Problem is null ? FindingKind.Exported : FindingKind.ExportAltered, null, null, null, null, seal.Problem is null ? seal.Statement : $"{seal.Problem} {seal.Statement}");
        if (isListed) InventoryRules.Judge(trust, options, [.. index.Streams.Select(stream => stream.Stream)], findings);
        return new VerifyReport
        {
            Bucket = bucket.Location,
            ManifestsOnly = options.ManifestsOnly,
            AsOf = asOf,
            From = options.From,
            To = options.To,
            Trust = trust,
            Streams = streams,
            Findings = findings.ToSorted(),
        };
    }

    private async Task JudgeRetentionAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RetentionRules.JudgeBucketAsync(bucket, trust, findings, cancellationToken);
        }
        catch (BucketException e)
        {
            findings.Add(FindingKind.RetentionUnverified, null, null, null, null, $"The bucket could not be asked for its retention policy: {e.Message}");
        }
    }

    private async Task<StreamReport> VerifyAsync(StreamIndex index, DateTimeOffset asOf, CancellationToken cancellationToken)
    {
        var name = index.Stream.ToString();
        var context = new StreamContext(index.Stream, options, trust, findings, asOf, time.GetUtcNow());
        var retry = BucketRetry.Build(
            new BucketRetryOptions { MaxAttempts = options.MaxAttempts, WaitsForAdministrator = false, AttemptTimeout = TimeSpan.FromMinutes(10) }, time, static (_, _) => { });
        var verifier = new StreamVerifier(bucket, new ObjectReader(bucket, retry), context, trust.KeysFor(index.Stream), Report);
        try
        {
            await verifier.VerifyAsync(index, cancellationToken);
        }
        catch (BucketException e)
        {
            context.Find(FindingKind.BucketUnreadable, null, null, null, $"The stream could not be read to the end: {e.Message}");
            IntervalRules.Judge(context); // what was covered until there
        }

        return verifier.Report();

        void Report(StreamTotals totals, long added) =>
            Progressed(new VerifyProgress(name, totals.Manifests, index.Manifests, totals.Chunks, index.Chunks, Interlocked.Add(ref bytes, added)));
    }
}
