using System.Text.Json.Nodes;
using Sealtail.FakeGcs.Protocol;

namespace Sealtail.FakeGcs.Storage;

/// <summary>Judges what a request's body would make of a bucket.</summary>
internal static class BucketRules
{
    private static readonly string[] ServerSide =
    [
        "kind", "id", "name", "selfLink", "projectNumber", "timeCreated", "updated", "metageneration", "etag", "generation",
        "retentionPolicy", "versioning", "softDeletePolicy", "objectRetention", "defaultEventBasedHold",
    ];

    public static void CheckName(string name)
    {
        var longest = name.Contains('.') ? 222 : 63;
        var valid = name.Length >= 3 && name.Length <= longest
            && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.')
            && char.IsAsciiLetterOrDigit(name[0]) && char.IsAsciiLetterOrDigit(name[^1])
            && !name.StartsWith("goog", StringComparison.Ordinal);
        if (!valid)
            throw GcsErrors.Invalid($"Invalid bucket name: '{name}'");
    }

    /// <summary>A PATCH: members that are absent stay.</summary>
    public static BucketState Patch(string bucket, BucketState state, JsonObject body, DateTimeOffset now)
    {
        var changed = state with { Other = Merge(state.Other, body) };
        if (body.TryGetPropertyValue("retentionPolicy", out var policy))
            changed = WithRetention(bucket, changed, RetentionSeconds(policy), now);
        if (body.TryGetPropertyValue("versioning", out var versioning))
            changed = changed with { Versioning = versioning.Flag("enabled") };
        if (body.ContainsKey("defaultEventBasedHold"))
            changed = changed with { DefaultEventBasedHold = body.Flag("defaultEventBasedHold") };
        if (body.TryGetPropertyValue("softDeletePolicy", out var softDelete))
            changed = changed with { SoftDeleteSeconds = SoftDeleteSeconds(softDelete), SoftDeleteEffective = now };

        return changed;
    }

    /// <summary>A PUT: members that are absent return to their defaults.</summary>
    public static BucketState Replace(string bucket, BucketState state, JsonObject body, DateTimeOffset now)
    {
        var whole = (JsonObject)body.DeepClone();
        foreach (var name in new[] { "retentionPolicy", "versioning", "defaultEventBasedHold" })
            whole.TryAdd(name, null);

        return Patch(bucket, state with { Other = [] }, whole, now);
    }

    public static BucketState Lock(BucketState state) =>
        state.RetentionSeconds is null ? throw GcsErrors.Invalid("The bucket has no retention policy to lock.") : state with { Locked = true };

    private static BucketState WithRetention(string bucket, BucketState state, long? seconds, DateTimeOffset now)
    {
        if (seconds == state.RetentionSeconds)
            return state;
        if (state.Locked && seconds is null)
            throw GcsErrors.PolicyLocked(bucket);
        if (state.Locked && seconds < state.RetentionSeconds)
            throw GcsErrors.PolicyReduced(bucket);

        return state with { RetentionSeconds = seconds, RetentionEffective = now };
    }

    private static long? RetentionSeconds(JsonNode? policy)
    {
        if (policy is null || policy.Text("retentionPeriod") is not { } text)
            return null;

        return long.TryParse(text, out var seconds) && seconds is >= 1 and <= RetentionRules.LongestSeconds
            ? seconds
            : throw GcsErrors.Invalid($"Invalid value for retentionPeriod: {text}");
    }

    private static long SoftDeleteSeconds(JsonNode? policy)
    {
        var seconds = policy is null ? 0 : long.TryParse(policy.Text("retentionDurationSeconds"), out var parsed) ? parsed : -1;
        return seconds == 0 || (seconds >= 7 * 24 * 3600 && seconds <= 90 * 24 * 3600)
            ? seconds
            : throw GcsErrors.Invalid("softDeletePolicy.retentionDurationSeconds must be 0 or between 7 and 90 days.");
    }

    private static JsonObject Merge(JsonObject old, JsonObject body)
    {
        var merged = (JsonObject)old.DeepClone();
        foreach (var (name, value) in body)
        {
            if (ServerSide.Contains(name))
                continue;
            if (value is null)
                merged.Remove(name);
            else
                merged[name] = value is JsonObject part && merged[name] is JsonObject whole ? MergeMembers(whole, part) : value.DeepClone();
        }

        return merged;
    }

    private static JsonObject MergeMembers(JsonObject old, JsonObject body)
    {
        var merged = (JsonObject)old.DeepClone();
        foreach (var (name, value) in body)
        {
            if (value is null)
                merged.Remove(name);
            else
                merged[name] = value.DeepClone();
        }

        return merged;
    }
}
