using System.Text.Json;

namespace Sealtail.Posture;

/// <summary>A bucket's retention policy and the version of its settings.</summary>
/// <param name="Seconds">Null: there is no policy.</param>
/// <param name="IsLocked">Nobody can shorten or remove it any more.</param>
/// <param name="Metageneration">For a change that is to hit what was seen.</param>
internal sealed record BucketPolicy(long? Seconds, bool IsLocked, long Metageneration)
{
    /// <exception cref="JsonException">The reply is no bucket's resource.</exception>
    public static BucketPolicy Parse(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        return Parse(document.RootElement);
    }

    /// <exception cref="JsonException">It is no bucket's resource.</exception>
    public static BucketPolicy Parse(JsonElement bucket)
    {
        var metageneration = Json.Number(bucket, "metageneration") ?? throw new JsonException("The reply is no bucket.");
        if (Json.Member(bucket, "retentionPolicy") is not { } policy) return new BucketPolicy(null, false, metageneration);
        return new BucketPolicy(Json.Number(policy, "retentionPeriod") ?? throw new JsonException("The retention policy has no period."), Json.Flag(policy, "isLocked"), metageneration);
    }
}
