using System.Text.Json;

namespace Sealtail.Posture;

/// <summary>Permissions on a bucket that matter to a record that nobody is to change.</summary>
internal static class BucketPermissions
{
    /// <summary>All that are asked about.</summary>
    public static readonly IReadOnlyList<string> Asked =
    [
        "storage.objects.create", "storage.objects.get", "storage.objects.list", "storage.objects.update", "storage.objects.delete",
        "storage.objects.setRetention", "storage.objects.overrideUnlockedRetention", "storage.objects.getIamPolicy", "storage.objects.setIamPolicy",
        "storage.buckets.get", "storage.buckets.update", "storage.buckets.delete", "storage.buckets.getIamPolicy", "storage.buckets.setIamPolicy",
    ];

    /// <summary>What the agent may have: it needs the first, and the second lets it see the lock.</summary>
    public static readonly IReadOnlyList<string> Agent = ["storage.objects.create", "storage.buckets.get"];

    /// <exception cref="JsonException">The reply is no JSON.</exception>
    public static IReadOnlyList<string> Parse(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. Json.Texts(document.RootElement, "permissions")];
    }
}
