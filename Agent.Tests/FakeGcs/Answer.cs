using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Sealtail.Tests.FakeGcs;

/// <summary>A whole reply, taken apart for assertions.</summary>
internal sealed record Answer(int Status, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders, byte[] Bytes)
{
    public JsonNode Json => JsonNode.Parse(Bytes) ?? throw new InvalidOperationException("The reply is a JSON null.");

    public string Text => System.Text.Encoding.UTF8.GetString(Bytes);

    public string? Reason => (string?)Json["error"]?["errors"]?[0]?["reason"];

    public string? Message => (string?)Json["error"]?["message"];

    public string? this[string member] => Json[member]?.ToString();

    public string Header(string name) => Headers.TryGetValues(name, out var values) || ContentHeaders.TryGetValues(name, out values)
        ? string.Join(',', values)
        : "";
}
