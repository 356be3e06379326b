using System.Text.Json;
using Sealtail.Format;

namespace Sealtail.Spooling;

/// <summary>Whom a state directory belongs to. Every file in it repeats this, so that no lost file makes it forget.</summary>
internal sealed record Binding(StreamName Stream, string Bucket)
{
    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("stream"u8, Stream.ToString());
        json.WriteString("bucket"u8, Bucket);
    }

    /// <exception cref="FormatException">A member is missing or is no stream name.</exception>
    public static Binding Read(JsonElement root) =>
        new(StreamName.TryParse(root.Text("stream"), out var stream) ? stream : throw StrictJson.Wrong("stream", "is no stream name"), root.Text("bucket"));

    public override string ToString() => $"stream {Stream} and bucket {Bucket}";
}
