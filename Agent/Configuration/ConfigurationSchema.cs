using System.Text.Json;

namespace Sealtail.Configuration;

/// <summary>The JSON Schema of the file, for editors: the table of keys in their language. <c>config check</c> knows more.</summary>
internal static class ConfigurationSchema
{
    public const string Id = "https://sealtail.dev/configuration/v1/sealtail.schema.json";

    // A text with a variable in it stands for any value.
    private const string Interpolated = @"\$\{";

    public static string Text() => JsonText.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("$schema", "https://json-schema.org/draft/2020-12/schema");
        json.WriteString("$id", Id);
        json.WriteString("title", "Sealtail configuration");
        WriteSection(json, "");
        json.WriteEndObject();
    });

    private static void WriteSection(Utf8JsonWriter json, string section)
    {
        json.WriteString("type", "object");
        json.WriteBoolean("additionalProperties", false);
        var keys = Keys.All.Where(key => ParentOf(key.Path) == section).ToArray();
        var sections = Keys.Sections.Where(child => ParentOf(child.Path) == section).ToArray();
        var required = keys.Where(key => key.IsRequired).Select(key => key.Path)
            .Concat(sections.Where(child => child.Path == "inputs" || Keys.All.Any(key => key.IsRequired && ParentOf(key.Path) == child.Path)).Select(child => child.Path)).ToArray();
        if (required.Length > 0)
        {
            json.WriteStartArray("required");
            foreach (var path in required) json.WriteStringValue(LastOf(path));
            json.WriteEndArray();
        }

        json.WriteStartObject("properties");
        foreach (var key in keys) WriteKey(json, key);
        foreach (var (path, documentation) in sections)
        {
            json.WriteStartObject(LastOf(path));
            json.WriteString("description", documentation);
            if (path == "inputs") WriteInputs(json);
            else WriteSection(json, path);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteInputs(Utf8JsonWriter json)
    {
        json.WriteString("type", "array");
        json.WriteNumber("minItems", 1);
        json.WriteNumber("maxItems", Binder.MaxInputs);
        json.WriteStartObject("items");
        WriteSection(json, "inputs[]");
        json.WriteEndObject();
    }

    private static void WriteKey(Utf8JsonWriter json, Key key)
    {
        json.WriteStartObject(LastOf(key.Path));
        json.WriteString("description", key.Documentation);
        if (key.Default is { } fixedDefault)
        {
            json.WritePropertyName("default");
            WriteValue(json, key, fixedDefault);
        }

        json.WriteStartArray("examples");
        WriteValue(json, key, key.Example);
        json.WriteEndArray();
        json.WriteStartArray("anyOf");
        json.WriteStartObject();
        key.Kind.WriteSchema(json);
        json.WriteEndObject();
        json.WriteStartObject();
        SchemaText.Pattern(json, Interpolated);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, Key key, string text)
    {
        if (key.Kind.IsLiteral) json.WriteRawValue(text);
        else json.WriteStringValue(text);
    }

    private static string ParentOf(string path) => path[..Math.Max(path.LastIndexOf('.'), 0)];

    private static string LastOf(string path) => path[(path.LastIndexOf('.') + 1)..];
}
