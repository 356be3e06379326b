using System.Text.Json.Nodes;
using Sealtail.FakeGcs.Storage;

namespace Sealtail.FakeGcs.Protocol;

/// <summary>An object as the JSON API shows it. 64-bit numbers are strings; what is not set is absent.</summary>
internal static class ObjectJson
{
    public static JsonObject Render(StoredObject stored, FakeBucket bucket, string baseUrl)
    {
        var path = $"b/{Uri.EscapeDataString(stored.Bucket)}/o/{Uri.EscapeDataString(stored.Name)}";
        var json = new JsonObject
        {
            ["kind"] = "storage#object",
            ["id"] = $"{stored.Bucket}/{stored.Name}/{stored.Generation}",
            ["selfLink"] = $"{baseUrl}/storage/v1/{path}",
            ["mediaLink"] = $"{baseUrl}/download/storage/v1/{path}?generation={stored.Generation}&alt=media",
            ["name"] = stored.Name,
            ["bucket"] = stored.Bucket,
            ["generation"] = stored.Generation.ToString(),
            ["metageneration"] = stored.Metageneration.ToString(),
            ["contentType"] = stored.ContentType,
            ["storageClass"] = stored.StorageClass,
            ["size"] = stored.Content.Size.ToString(),
            ["crc32c"] = stored.Content.Crc32C,
            ["etag"] = Etag.Of(stored.Generation, stored.Metageneration),
            ["timeCreated"] = GcsTime.InJson(stored.TimeCreated),
            ["updated"] = GcsTime.InJson(stored.Updated),
            ["timeStorageClassUpdated"] = GcsTime.InJson(stored.TimeCreated),
            ["timeFinalized"] = GcsTime.InJson(stored.TimeCreated),
        };
        Add("md5Hash", stored.Content.Md5);
        Add("contentEncoding", stored.ContentEncoding);
        Add("contentDisposition", stored.ContentDisposition);
        Add("contentLanguage", stored.ContentLanguage);
        Add("cacheControl", stored.CacheControl);
        Add("customTime", stored.CustomTime);
        Add("timeDeleted", stored.TimeDeleted is { } deleted ? GcsTime.InJson(deleted) : null);
        Add("retentionExpirationTime", bucket.Expiration(stored) is { } until ? GcsTime.InJson(until) : null);
        if (stored.TemporaryHold)
            json["temporaryHold"] = true;
        if (stored.EventBasedHold)
            json["eventBasedHold"] = true;
        if (stored.Retention is { } retention)
            json["retention"] = new JsonObject { ["mode"] = retention.Mode, ["retainUntilTime"] = GcsTime.InJson(retention.RetainUntil) };
        if (!stored.Metadata.IsEmpty)
            json["metadata"] = new JsonObject(stored.Metadata.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value)));

        return json;

        void Add(string name, string? value)
        {
            if (value is not null)
                json[name] = value;
        }
    }
}
