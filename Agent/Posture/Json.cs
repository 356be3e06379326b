using System.Text.Json;

namespace Sealtail.Posture;

/// <summary>Members of replies that may be absent, or of another kind.</summary>
internal static class Json
{
    public static string? Text(JsonElement parent, string name) => Member(parent, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    public static bool Flag(JsonElement parent, string name) => Member(parent, name) is { ValueKind: JsonValueKind.True };

    public static JsonElement? Member(JsonElement parent, string name) => parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) ? value : null;

    public static IEnumerable<JsonElement> Items(JsonElement parent, string name) => Member(parent, name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];

    public static IEnumerable<string> Texts(JsonElement parent, string name) => Items(parent, name).Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!); // strings

    /// <summary>A 64-bit number, which the API writes as a string.</summary>
    public static long? Number(JsonElement parent, string name) => long.TryParse(Text(parent, name) ?? (Member(parent, name) is { ValueKind: JsonValueKind.Number } number ? number.GetRawText() : null), out var value) ? value : null;
}
