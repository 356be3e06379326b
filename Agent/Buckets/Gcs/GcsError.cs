using System.Text;
using System.Text.Json;
using Sealtail.Format;

namespace Sealtail.Buckets.Gcs;

/// <summary>What an error's body says. Both are empty where a front end or a proxy answered with HTML, or with nothing.</summary>
internal readonly record struct GcsError(string Reason, string Message)
{
    public static GcsError Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("error", out var error)) return new GcsError("", "");
            // OAuth's own endpoints give the error as a string.
            if (error.ValueKind != JsonValueKind.Object) return new GcsError("", Text(document.RootElement, "error"));
            var first = error.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Array && errors.GetArrayLength() > 0 ? errors[0] : default;
            return new GcsError(Text(first, "reason"), Text(error, "message") is { Length: > 0 } message ? message : Text(first, "message"));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter: a string that is no UTF-8, or half a surrogate pair
        {
            return new GcsError("", "");
        }
    }

    /// <summary>For an operator: one line, bounded, without control characters, since anybody may have answered.</summary>
    public string Describe(int status)
    {
        var text = string.Join(": ", new[] { status.ToString(), Reason, Message }.Where(part => part.Length > 0));
        var line = new StringBuilder(text.Length);
        foreach (var c in text) line.Append(char.IsControl(c) ? ' ' : c);
        return ForeignText.Cut(line.ToString());
    }

    public bool Says(string words) => Message.Contains(words, StringComparison.OrdinalIgnoreCase);

    private static string Text(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() ?? "" : "";
}
