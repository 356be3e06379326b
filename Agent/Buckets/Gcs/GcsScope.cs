namespace Sealtail.Buckets.Gcs;

/// <summary>What a token is asked for: no more than the work needs.</summary>
internal enum GcsScope
{
    Read,
    Write,

    /// <summary>Bucket settings, IAM and audit configuration: for who checks or drills a bucket, never for the agent.</summary>
    Admin,
}

internal static class GcsScopes
{
    public static string Url(this GcsScope scope) => scope switch
    {
        GcsScope.Read => "https://www.googleapis.com/auth/devstorage.read_only",
        GcsScope.Write => "https://www.googleapis.com/auth/devstorage.read_write",
        _ => "https://www.googleapis.com/auth/cloud-platform",
    };
}
