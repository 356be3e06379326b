using System.Text.Json;

namespace Sealtail.Configuration;

/// <summary>Pieces that several kinds write into the JSON Schema.</summary>
internal static class SchemaText
{
    public static void Pattern(Utf8JsonWriter json, string pattern)
    {
        json.WriteString("type", "string");
        json.WriteString("pattern", pattern);
    }
}
