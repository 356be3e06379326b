using System.Text.RegularExpressions;

namespace Sealtail.Buckets.Gcs;

/// <summary>
/// What a refusal means. The status decides, then the reason OR the message: documentation and production differ, and both have changed.
/// </summary>
internal static partial class GcsVerdict
{
    private static readonly string[] RateReasons =
        ["rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "dailyLimitExceeded", "concurrentLimitExceeded", "servingLimitExceeded", "variableTermLimitExceeded"];

    private static readonly string[] ExistsReasons = ["retentionPolicyNotMet", "objectUnderActiveHold"];

    /// <summary>Whether a refused insert says that a live object of the name is there.</summary>
    public static bool MeansAlreadyThere(int status, GcsError error) => status switch
    {
        412 => true,
        // A denial of creating proves nothing, whatever else it names: an account may be called after retention.
        403 => !error.Says("storage.objects.create")
            && (ExistsReasons.Contains(error.Reason) || error.Says("storage.objects.delete") || Retained().IsMatch(error.Message) || Held().IsMatch(error.Message)),
        _ => false,
    };

    /// <param name="status">Not a success, and not <see cref="MeansAlreadyThere"/>.</param>
    /// <param name="error">What the body said.</param>
    /// <param name="isObject">Whether the request was about an object that should be there: then 404 may mean the object.</param>
    public static BucketFault Fault(int status, GcsError error, bool isObject) => status switch
    {
        400 => IsChecksum(error) ? BucketFault.Damaged : BucketFault.Refused,
        // A fresh token did not help: the credential may be restored any time.
        401 => BucketFault.Transient,
        403 => IsRate(error) ? BucketFault.Transient : BucketFault.Denied,
        404 => isObject && !error.Says("bucket does not exist") ? BucketFault.NotFound : BucketFault.BucketMissing,
        408 or 429 or >= 500 => BucketFault.Transient,
        _ => BucketFault.Refused,
    };

    private static bool IsRate(GcsError error) => RateReasons.Contains(error.Reason) || error.Says("rate limit") || Quota().IsMatch(error.Message);

    private static bool IsChecksum(GcsError error) => error.Says("crc32c") || error.Says("md5") || error.Says("checksum");

    [GeneratedRegex("subject to .*retention", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Retained();

    [GeneratedRegex("under active .*hold", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Held();

    [GeneratedRegex("quota.*exceed|exceed.*quota", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Quota();
}
