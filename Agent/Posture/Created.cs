using System.Text.Json;
using Sealtail.Format;

namespace Sealtail.Posture;

/// <summary>What matters of an object's resource.</summary>
internal sealed record Created(string Generation, string Crc32C, DateTimeOffset? Expires)
{
    /// <exception cref="JsonException">The reply is no object's resource.</exception>
    public static Created Parse(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        return new Created(
            Json.Text(root, "generation") ?? throw new JsonException("The reply names no generation."),
            Json.Text(root, "crc32c") ?? "",
            Timestamp.TryParse(Json.Text(root, "retentionExpirationTime"), out var expires) ? expires : null);
    }
}
