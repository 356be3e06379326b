namespace Sealtail.Configuration;

/// <summary><c>config show --output json</c>.</summary>
internal static class EffectiveJson
{
    /// <summary>Every key in order, with its value (null: none) and origin: <c>file</c> with line, column and variables, or <c>default</c>.</summary>
    public static string Text(SealtailConfiguration configuration) => JsonText.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("file", configuration.File);
        json.WriteStartArray("values");
        foreach (var (key, value, origin) in configuration.Values.Select(value => (value.Key, value, value.Origin)))
        {
            json.WriteStartObject();
            json.WriteString("key", key);
            json.WritePropertyName("value");
            if (value.Value is null) json.WriteNullValue();
            else if (value.IsLiteral) json.WriteRawValue(value.Value);
            else json.WriteStringValue(value.Value);
            json.WriteString("origin", origin.Place is null ? "default" : "file");
            if (origin.Place is { } place)
            {
                json.WriteNumber("line", place.Line);
                json.WriteNumber("column", place.Column);
            }

            if (origin.Variables.Count > 0)
            {
                json.WriteStartArray("variables");
                foreach (var variable in origin.Variables) json.WriteStringValue(variable);
                json.WriteEndArray();
            }

            if (origin.Derived is { } derived) json.WriteString("from", derived);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });
}
