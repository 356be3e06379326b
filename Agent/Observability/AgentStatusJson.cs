using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sealtail.Observability;

/// <summary>The status as <c>/status</c> spells it.</summary>
internal static class AgentStatusJson
{
    private static readonly AgentStatusContext Context =
        new(new JsonSerializerOptions(AgentStatusContext.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public static byte[] Write(AgentStatus status) => [.. JsonSerializer.SerializeToUtf8Bytes(status, Context.AgentStatus), (byte)'\n'];

    /// <exception cref="JsonException">It is no status.</exception>
    public static AgentStatus Read(string text) => JsonSerializer.Deserialize(text, Context.AgentStatus) ?? throw new JsonException("It is null.");
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n", RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(AgentStatus))]
internal sealed partial class AgentStatusContext : JsonSerializerContext;

/// <summary>A time as manifests have it: UTC, with <c>Z</c>.</summary>
internal sealed class UtcTime : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
}
