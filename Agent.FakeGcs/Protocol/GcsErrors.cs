using Sealtail.FakeGcs.Storage;

namespace Sealtail.FakeGcs.Protocol;

/// <summary>The refusals, with the words production uses where they are known.</summary>
internal static class GcsErrors
{
    public static GcsException Invalid(string message) => new(400, "invalid", message);

    public static GcsException ParseError() => new(400, "parseError", "Parse Error");

    public static GcsException Required(string parameter) =>
        new(400, "required", $"Required parameter: {parameter}") { LocationType = "parameter", Location = parameter };

    public static GcsException Crc32CMismatch(string provided, string calculated) =>
        Invalid($"Provided CRC32C \"{provided}\" doesn't match calculated CRC32C \"{calculated}\".");

    public static GcsException Md5Mismatch(string provided, string calculated) =>
        Invalid($"Provided MD5 hash \"{provided}\" doesn't match calculated MD5 hash \"{calculated}\".");

    public static GcsException InvalidCredentials() =>
        new(401, "authError", "Invalid Credentials") { LocationType = "header", Location = "Authorization" };

    public static GcsException LoginRequired(string permission, string resource) =>
        new(401, "required", Lacks("Anonymous caller", permission, resource)) { LocationType = "header", Location = "Authorization" };

    public static GcsException Denied(string caller, string permission, string resource) => Forbidden(Lacks(caller, permission, resource));

    public static GcsException Forbidden(string message) => new(403, "forbidden", message);

    public static GcsException Retained(StoredObject stored, DateTimeOffset until) =>
        new(403, "retentionPolicyNotMet",
            $"Object '{stored.Bucket}/{stored.Name}' is subject to bucket's retention policy or object retention and cannot be deleted or overwritten until {GcsTime.InMessage(until)}");

    public static GcsException Held(StoredObject stored, string kind) =>
        Forbidden($"Object '{stored.Bucket}/{stored.Name}' is under active {kind} hold and cannot be deleted, overwritten or archived until hold is removed.");

    public static GcsException PolicyLocked(string bucket) =>
        new(403, "retentionPolicyNotMet", $"Bucket '{bucket}' has a locked Retention Policy which cannot be removed.");

    public static GcsException PolicyReduced(string bucket) =>
        Forbidden($"Cannot reduce retention duration of a locked Retention Policy for bucket '{bucket}'.");

    public static GcsException BucketNotFound() => new(404, "notFound", "The specified bucket does not exist.");

    public static GcsException ObjectNotFound(string bucket, string name) => new(404, "notFound", $"No such object: {bucket}/{name}");

    public static GcsException NotFound() => new(404, "notFound", "Not Found");

    public static GcsException Conflict(string message) => new(409, "conflict", message);

    public static GcsException Gone() => new(410, "gone", "The requested upload session is no longer available.");

    public static GcsException ConditionNotMet() =>
        new(412, "conditionNotMet", "At least one of the pre-conditions you specified did not hold.") { LocationType = "header", Location = "If-Match" };

    public static GcsException RangeNotSatisfiable() =>
        new(416, "requestedRangeNotSatisfiable", "Request range not satisfiable") { LocationType = "header", Location = "Range" };

    public static GcsException Cancelled() => new(499, "cancelled", "The upload was cancelled.");

    public static GcsException NotImplemented(string what) => new(501, "notImplemented", $"The GCS stand-in does not implement {what}.");

    private static string Lacks(string caller, string permission, string resource) =>
        $"{caller} does not have {permission} access to the Google Cloud Storage {resource}. Permission '{permission}' denied on resource (or it may not exist).";
}
