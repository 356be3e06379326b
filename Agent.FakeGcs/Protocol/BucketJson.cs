using System.Text.Json.Nodes;
using Sealtail.FakeGcs.Storage;

namespace Sealtail.FakeGcs.Protocol;

/// <summary>A bucket as the JSON API shows it. 64-bit numbers are strings.</summary>
internal static class BucketJson
{
    public static JsonObject Render(FakeBucket bucket, string baseUrl)
    {
        var state = bucket.State;
        var json = (JsonObject)state.Other.DeepClone();
        json["kind"] = "storage#bucket";
        json["id"] = bucket.Name;
        json["name"] = bucket.Name;
        json["selfLink"] = $"{baseUrl}/storage/v1/b/{Uri.EscapeDataString(bucket.Name)}";
        json["projectNumber"] = "123456789012";
        json.TryAdd("location", "US");
        json.TryAdd("locationType", "multi-region");
        json.TryAdd("storageClass", "STANDARD");
        json["timeCreated"] = GcsTime.InJson(state.TimeCreated);
        json["updated"] = GcsTime.InJson(state.Updated);
        json["metageneration"] = state.Metageneration.ToString();
        json["etag"] = Etag.Of(0, state.Metageneration);
        json.TryAdd("iamConfiguration", new JsonObject
        {
            ["bucketPolicyOnly"] = new JsonObject { ["enabled"] = true },
            ["uniformBucketLevelAccess"] = new JsonObject { ["enabled"] = true },
            ["publicAccessPrevention"] = "inherited",
        });
        json["softDeletePolicy"] = new JsonObject
        {
            ["retentionDurationSeconds"] = state.SoftDeleteSeconds.ToString(),
            ["effectiveTime"] = GcsTime.InJson(state.SoftDeleteEffective),
        };
        if (state.RetentionSeconds is { } seconds)
            json["retentionPolicy"] = Retention(seconds, state);
        if (state.Versioning)
            json["versioning"] = new JsonObject { ["enabled"] = true };
        if (state.ObjectRetention)
            json["objectRetention"] = new JsonObject { ["mode"] = "Enabled" };
        if (state.DefaultEventBasedHold)
            json["defaultEventBasedHold"] = true;

        return json;
    }

    private static JsonObject Retention(long seconds, BucketState state)
    {
        var json = new JsonObject
        {
            ["retentionPeriod"] = seconds.ToString(),
            ["effectiveTime"] = GcsTime.InJson(state.RetentionEffective),
        };
        if (state.Locked)
            json["isLocked"] = true;

        return json;
    }
}
