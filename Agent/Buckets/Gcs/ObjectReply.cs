using System.Globalization;
using System.Text.Json;
using Sealtail.Format;

namespace Sealtail.Buckets.Gcs;

/// <summary>An object's resource as the JSON API shows it. 64-bit numbers come as strings; what is not set is absent.</summary>
internal static class ObjectReply
{
    /// <summary>The members that are read, as the API's <c>fields</c> parameter wants them.</summary>
    public const string Fields = "name,size,crc32c,generation,timeCreated,retentionExpirationTime";

    /// <summary>What an insert's reply says. Null if it is no whole resource.</summary>
    public static StoredObject? TryParse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return Read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter: a string that is no UTF-8, or half a surrogate pair
        {
            return null;
        }
    }

    /// <summary>A page of a listing.</summary>
    /// <exception cref="JsonException">The reply is no page.</exception>
    public static ListedPage ParsePage(ReadOnlyMemory<byte> json)
    {
        try
        {
            return ReadPage(json);
        }
        catch (InvalidOperationException e) // a string that is no UTF-8, or items that are no array
        {
            throw new JsonException(e.Message, e);
        }
    }

    private static ListedPage ReadPage(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object) throw new JsonException("it is no object");
        var objects = new List<StoredObject>();
        if (root.TryGetProperty("items", out var items))
            foreach (var item in items.EnumerateArray())
                objects.Add(Read(item) ?? throw new JsonException("an item has no name or size"));

        var folders = new List<string>();
        if (root.TryGetProperty("prefixes", out var prefixes))
            foreach (var prefix in prefixes.EnumerateArray())
                folders.Add(prefix.GetString() ?? throw new JsonException("a prefix is null"));

        return new ListedPage(objects, folders, Text(root, "nextPageToken"));
    }

    private static StoredObject? Read(JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Object || Text(item, "name") is not { } name) return null;
        if (!long.TryParse(Text(item, "size"), NumberStyles.None, CultureInfo.InvariantCulture, out var size)) return null;
        return new StoredObject(
            name, size, Crc32C.TryParse(Text(item, "crc32c"), out var crc) ? crc.Value : null, Text(item, "generation"), Time(item, "timeCreated"), Time(item, "retentionExpirationTime"));
    }

    private static DateTimeOffset? Time(JsonElement item, string name) => Timestamp.TryParse(Text(item, name), out var time) ? time : null;

    private static string? Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <summary>A page of a listing: objects, folders where they were asked for, and the token of the next page; null: it is the last.</summary>
internal readonly record struct ListedPage(List<StoredObject> Objects, List<string> Folders, string? Next);
