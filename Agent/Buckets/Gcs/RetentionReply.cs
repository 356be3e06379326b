using System.Globalization;
using System.Text.Json;

namespace Sealtail.Buckets.Gcs;

/// <summary>What a bucket's resource says of its retention and versioning.</summary>
internal static class RetentionReply
{
    public const string Fields = "name,retentionPolicy,versioning";

    /// <exception cref="JsonException">The reply is no bucket.</exception>
    public static BucketRetention Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            return Read(json);
        }
        catch (InvalidOperationException e) // a string that is no UTF-8
        {
            throw new JsonException(e.Message, e);
        }
    }

    private static BucketRetention Read(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var bucket = document.RootElement;
        // Without a name it is not the bucket that was asked for: then the absence of a policy would mean nothing.
        if (bucket.ValueKind != JsonValueKind.Object || !bucket.TryGetProperty("name", out _)) throw new JsonException("it is no bucket");
        var versioning = bucket.TryGetProperty("versioning", out var versions) && IsTrue(versions, "enabled");
        if (!bucket.TryGetProperty("retentionPolicy", out var policy))
            return new BucketRetention(Known: true, Enforced: false, Locked: false, Period: null, versioning, "The bucket has no retention policy: its objects can be deleted or replaced at any time.");

        var period = TimeSpan.FromSeconds(Seconds(policy));
        var locked = IsTrue(policy, "isLocked");
        return new BucketRetention(Known: true, Enforced: true, locked, period, versioning,
            locked ? $"The bucket's retention policy of {Durations.Print(period)} is locked." : $"The bucket's retention policy of {Durations.Print(period)} is not locked: an administrator can remove it.");
    }

    private static long Seconds(JsonElement policy) =>
        policy.ValueKind == JsonValueKind.Object && policy.TryGetProperty("retentionPeriod", out var period)
            && long.TryParse(period.ValueKind == JsonValueKind.String ? period.GetString() : period.GetRawText(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && seconds < 1_000_000_000_000
            ? seconds
            : throw new JsonException("its retention policy has no period");

    private static bool IsTrue(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;
}
