using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using Sealtail.FakeGcs.Storage;

namespace Sealtail.FakeGcs.Protocol;

/// <summary>Reads what a request's body says about an object.</summary>
internal static class ObjectRequest
{
    public static void CheckName(string name)
    {
        if (Encoding.UTF8.GetByteCount(name) is < 1 or > 1024 || name.AsSpan().ContainsAny('\r', '\n')
            || name is "." or ".." || name.StartsWith(".well-known/acme-challenge/", StringComparison.Ordinal))
            throw GcsErrors.Invalid($"Invalid object name: '{name}'");
    }

    /// <summary>A new object without its bytes; the metadata's content type wins over the one the bytes came with.</summary>
    public static StoredObject Draft(string bucket, string name, JsonObject body, string? contentType, Blob content)
    {
        var draft = new StoredObject { Bucket = bucket, Name = name, Content = content };
        if (!string.IsNullOrEmpty(contentType))
            draft = draft with { ContentType = contentType };

        return Merge(draft, body) with { Retention = Retention(body["retention"]) };
    }

    /// <summary>A PATCH, but for <c>retention</c>, which has laws of its own.</summary>
    public static StoredObject Merge(StoredObject stored, JsonObject body)
    {
        foreach (var (name, value) in body)
        {
            var text = body.Text(name);
            stored = name switch
            {
                "contentType" => stored with { ContentType = text ?? "application/octet-stream" },
                "storageClass" => stored with { StorageClass = text ?? "STANDARD" },
                "contentEncoding" => stored with { ContentEncoding = text },
                "cacheControl" => stored with { CacheControl = text },
                "contentDisposition" => stored with { ContentDisposition = text },
                "contentLanguage" => stored with { ContentLanguage = text },
                "customTime" => stored with { CustomTime = text },
                "temporaryHold" => stored with { TemporaryHold = body.Flag(name) },
                "eventBasedHold" => stored with { EventBasedHold = body.Flag(name) },
                "metadata" => stored with { Metadata = MergeMetadata(stored.Metadata, value as JsonObject) },
                _ => stored,
            };
        }

        return stored;
    }

    public static ObjectRetention? Retention(JsonNode? node)
    {
        if (node is not JsonObject { Count: > 0 } json)
            return null;

        return json.Text("mode") is { } mode && json.Text("retainUntilTime") is { } until
            ? new ObjectRetention(mode, GcsTime.Parse(until))
            : throw GcsErrors.Invalid("retention needs both mode and retainUntilTime.");
    }

    private static ImmutableSortedDictionary<string, string> MergeMetadata(ImmutableSortedDictionary<string, string> old, JsonObject? body)
    {
        if (body is null)
            return StoredObject.NoMetadata;

        foreach (var name in body.Select(member => member.Key))
            old = body.Text(name) is { } value ? old.SetItem(name, value) : old.Remove(name);

        return old;
    }
}
