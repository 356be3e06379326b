namespace Sealtail.Buckets.Gcs;

/// <summary>What a token is asked for: no more than the work needs.</summary>
internal enum GcsScope
{
    Read,
    Write,
}

internal static class GcsScopes
{
    public static string Url(this GcsScope scope) => scope switch
    {
        GcsScope.Read => "https://www.googleapis.com/auth/devstorage.read_only",
        _ => "https://www.googleapis.com/auth/devstorage.read_write",
    };
}
