using Sealtail.Buckets;

namespace Sealtail.Diagnosing;

/// <summary>The destination: reached, with an identity that may create and nothing more, and with retention. Nothing is written.</summary>
internal static class BucketChecks
{
    private const string Create = "storage.objects.create";

    // What an agent must not be able to do. Looking (buckets.get) is allowed.
    private static readonly string[] TooMuch =
        ["storage.objects.delete", "storage.objects.update", "storage.objects.get", "storage.objects.list", "storage.objects.setRetention",
         "storage.buckets.update", "storage.buckets.delete", "storage.buckets.setIamPolicy"];

    public static async Task<IReadOnlyList<Diagnosis>> OfAsync(IBucket bucket, BucketOptions options, CancellationToken cancellationToken)
    {
        BucketRetention retention;
        try
        {
            retention = await bucket.GetRetentionAsync(cancellationToken);
        }
        catch (BucketException e)
        {
            return [Diagnosis.Problem(CheckId.Bucket, e.Message, e.Fault switch
            {
                BucketFault.BucketMissing => "Create the bucket, or correct output.bucket.",
                BucketFault.Denied => "Check output.credentials and the identity's role.",
                _ => "Check the network, proxy (HTTPS_PROXY, NO_PROXY), output.endpoint and output.credentials.",
            })];
        }

        return [Answer(bucket), .. await PermissionsAsync(bucket, cancellationToken), .. Retention(retention, options)];
    }

    private static Diagnosis Answer(IBucket bucket) => bucket is DirectoryBucket { Exists: false }
        ? Diagnosis.Warning(CheckId.Bucket, $"{bucket.Location} does not exist. The agent makes it at its first upload, if its user may.", "Make it, and give it to the agent's user; with the unit, name it in ReadWritePaths= of a drop-in.")
        : Diagnosis.Good(CheckId.Bucket, $"{bucket.Location} answers{(bucket.Credential is { } identity ? $" (as: {identity.Kind})" : "")}.");

    private static async Task<IEnumerable<Diagnosis>> PermissionsAsync(IBucket bucket, CancellationToken cancellationToken)
    {
        IReadOnlySet<string>? granted;
        try
        {
            granted = await bucket.TestPermissionsAsync([Create, .. TooMuch], cancellationToken);
        }
        catch (BucketException e)
        {
            return [Diagnosis.Unknown(CheckId.BucketPermissions, $"What the identity may do cannot be asked: {e.Message}")];
        }

        if (granted is null) return [Diagnosis.Warning(CheckId.BucketPermissions, $"{bucket.Location} is a directory: whoever owns it can change and delete what is in it.", "Use it for trials, or on a write-once mount.")];
        var more = TooMuch.Where(granted.Contains).ToArray();
        return (granted.Contains(Create), more) switch
        {
            (_, { Length: > 0 }) => [Diagnosis.Warning(CheckId.BucketPermissions, $"The identity may do more than create objects: {string.Join(", ", more)}.", "Give it a role with storage.objects.create alone (deploy/terraform).")],
            (true, _) => [Diagnosis.Good(CheckId.BucketPermissions, "The identity may create objects and nothing more.")],
            _ => [Diagnosis.Unknown(CheckId.BucketPermissions, $"{Create} is not granted on the bucket as a whole. A grant with a condition on names does not show here.", "If uploads are denied, check the role and the condition's prefix.")],
        };
    }

    private static IEnumerable<Diagnosis> Retention(BucketRetention retention, BucketOptions options)
    {
        var required = RetentionRequired.Of(options);
        if (required.Require == RetentionRequirement.None)
            yield return Diagnosis.Warning(CheckId.BucketRetention, "No retention is required: objects can be deleted or replaced.", "Set output.retention.require: locked.");
        else if (!retention.Known)
            yield return Diagnosis.Unknown(CheckId.BucketRetention, $"{retention.Explanation} Every upload's reply is checked all the same.", "Look at the lock with an auditor's identity, or grant storage.buckets.get.");
        else if (required.ViolationOf(retention) is { } violation)
            yield return Diagnosis.Problem(CheckId.BucketRetention, violation, "Set the bucket's retention policy and lock it (docs/bucket.md).");
        else
            yield return Diagnosis.Good(CheckId.BucketRetention, retention.Explanation);
        if (retention is { Known: true, Versioning: true })
            yield return Diagnosis.Warning(CheckId.BucketRetention, "The bucket keeps versions: an overwrite or a delete of a retained object succeeds and hides it.", "Turn object versioning off.");
    }
}
