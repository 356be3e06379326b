using Sealtail.Buckets;

namespace Sealtail.Shipping;

/// <summary>Uploads fail.</summary>
/// <param name="Since">The timestamp (of the TimeProvider) of the first failure since the last success: clocks are set.</param>
/// <param name="Reason">The newest failure, as a sentence.</param>
/// <param name="NeedsAdministrator">Whether neither time nor resending mends it.</param>
internal sealed record UploadTrouble(long Since, string Reason, bool NeedsAdministrator);

/// <summary>The label <c>result</c> of <c>sealtail_uploads_total</c>.</summary>
internal static class UploadResult
{
    public const string Created = "created";
    public const string Exists = "exists";

    public static string Text(BucketFault fault) => fault switch
    {
        BucketFault.Transient => "transient",
        BucketFault.Denied => "denied",
        BucketFault.BucketMissing => "bucket-missing",
        BucketFault.NotFound => "not-found",
        BucketFault.Damaged => "damaged",
        BucketFault.Refused => "refused",
        _ => throw new ArgumentOutOfRangeException(nameof(fault)),
    };
}
