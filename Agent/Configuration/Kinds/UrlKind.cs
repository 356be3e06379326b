using System.Text.Json;

namespace Sealtail.Configuration.Kinds;

/// <summary>A server: <c>https://host[:port]</c>.</summary>
internal sealed class UrlKind : ValueKind<Uri>
{
    public override string Name => "URL";

    public override string Limits => "http://HOST[:PORT] or https://HOST[:PORT], without a path";

    public override void WriteSchema(Utf8JsonWriter json) => SchemaText.Pattern(json, "^https?://[^/?#@]+/?$");

    protected override Uri Parse(string text, string baseDirectory) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Host.Length > 0
        && url.PathAndQuery == "/" && url.Fragment.Length == 0 && url.UserInfo.Length == 0
            ? url
            : throw new FormatException($"must be {Limits} (was {Quoted.Text(text)})");

    protected override string Print(Uri value) => value.GetLeftPart(UriPartial.Authority);
}
