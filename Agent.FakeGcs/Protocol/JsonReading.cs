using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sealtail.FakeGcs.Protocol;

/// <summary>Reads request bodies as leniently as Google does: a number may come as a string, an absent flag is false.</summary>
internal static class JsonReading
{
    public static string? Text(this JsonNode? node, string name) => node is JsonObject parent && parent[name] is JsonValue value
        ? value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString()
        : null;

    public static bool Flag(this JsonNode? node, string name) => node.Text(name) == "true";

    public static JsonObject Object(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return [];

        try
        {
            return JsonNode.Parse(bytes, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) as JsonObject
                ?? throw GcsErrors.ParseError();
        }
        catch (JsonException)
        {
            throw GcsErrors.ParseError();
        }
    }
}
