using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sealtail.FakeGcs.Faults;
using Sealtail.FakeGcs.Storage;

namespace Sealtail.FakeGcs.Http;

/// <summary>An answer, decided but not sent: between the two, scripted faults do their work.</summary>
internal sealed class Reply
{
    private static readonly JsonSerializerOptions Printing = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public int Status { get; private init; }

    public string? ContentType { get; private init; }

    public JsonNode? Document { get; private init; }

    public ReadOnlyMemory<byte> Text { get; private init; }

    public Blob? Media { get; private init; }

    public long MediaOffset { get; private init; }

    public long MediaLength { get; private init; }

    public List<KeyValuePair<string, string>> Headers { get; } = [];

    /// <summary>How sending it shall go wrong.</summary>
    public FaultRule? Fault { get; set; }

    public static Reply Empty(int status) => new() { Status = status };

    public static Reply Json(JsonNode document, int status = 200) => new() { Status = status, ContentType = "application/json; charset=UTF-8", Document = document };

    public static Reply Html(string text, int status) => new() { Status = status, ContentType = "text/html; charset=UTF-8", Text = Encoding.UTF8.GetBytes(text) };

    public static Reply Plain(string text, string contentType = "text/plain", int status = 200) =>
        new() { Status = status, ContentType = contentType, Text = Encoding.UTF8.GetBytes(text) };

    public static Reply Bytes(Blob blob, long offset, long length, string contentType, int status) =>
        new() { Status = status, ContentType = contentType, Media = blob, MediaOffset = offset, MediaLength = length };

    public Reply With(string header, string value)
    {
        Headers.Add(KeyValuePair.Create(header, value));
        return this;
    }

    public ReadOnlyMemory<byte> TextBytes() => Document is null ? Text : JsonSerializer.SerializeToUtf8Bytes(Document, Printing);
}
