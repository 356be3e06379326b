using Sealtail.Buckets;
using Sealtail.Configuration;

namespace Sealtail.Diagnosing;

/// <summary>Looks at a node and says what is wrong before it hurts. It changes nothing, on the node or in the bucket.</summary>
internal sealed class Doctor(Node node)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Every finding about the node, in the order of <see cref="CheckId.All"/>.</summary>
    public IReadOnlyList<Diagnosis> LookAtNode(SealtailConfiguration configuration)
    {
        var server = ApiServerFinder.Find(node);
        var paths = configuration.Inputs.Select(input => input.Tail.Path).ToArray();
        // An API server has one log; further inputs are other programs'.
        var own = paths.FirstOrDefault(path => server?.AuditLogPath is { } log && server.OnHost(log) == path) ?? paths[0];
        IEnumerable<Diagnosis> found =
        [
            .. paths.SelectMany(path => LogChecks.Of(node, path)),
            .. ApiServerChecks.Of(node, paths, server),
            .. RotationChecks.Of(node, own, server),
            .. StateChecks.Of(node, configuration),
        ];
        return Complete(found, CheckId.All.TakeWhile(check => check != CheckId.Bucket));
    }

    // What could not be looked at is told too: a check that is not named looks like one that was passed.
    private static Diagnosis[] Complete(IEnumerable<Diagnosis> found, IEnumerable<string> checks)
    {
        var told = found.ToLookup(diagnosis => diagnosis.Check);
        return [.. checks.SelectMany(check => told.Contains(check) ? told[check] : [Diagnosis.Unknown(check, $"Not looked at: what it takes is not known from here (see {CheckId.BasisOf(check)}).")])];
    }

    /// <summary>The destination where nobody asked it.</summary>
    public static IReadOnlyList<Diagnosis> CompleteBucket(IEnumerable<Diagnosis> found) => Complete(found, CheckId.All.SkipWhile(check => check != CheckId.Bucket));

    /// <summary>Every finding about the destination, within half a minute.</summary>
    public async Task<IReadOnlyList<Diagnosis>> LookAtBucketAsync(IBucket bucket, BucketOptions options, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, node.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return CompleteBucket(await BucketChecks.OfAsync(bucket, options, both.Token));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return CompleteBucket([Diagnosis.Problem(CheckId.Bucket, $"{bucket.Location} did not answer within {Patience.TotalSeconds:0} s.", "Check the network, DNS and proxy (HTTPS_PROXY, NO_PROXY) of the agent's environment.")]);
        }
    }
}
