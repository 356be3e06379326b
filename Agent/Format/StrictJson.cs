using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Sealtail.Format;

/// <summary>
/// Reads JSON from a bucket as an adversary might have written it: no duplicate keys, no comments, bounded depth, exact
/// types. Every accessor throws <see cref="FormatException"/> naming the member.
/// </summary>
internal static class StrictJson
{
    public const int MaxDepth = 64;
    public const long MaxInteger = (1L << 53) - 1;

    /// <summary><c>+</c> and <c>/</c> stay as they are, for whoever reads a payload with his eyes or with grep.</summary>
    public static JsonWriterOptions WriterOptions { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonDocumentOptions ReaderOptions = new() { AllowDuplicateProperties = false, MaxDepth = MaxDepth };

    /// <summary>Parses one JSON object that fills <paramref name="bytes"/>.</summary>
    public static JsonDocument Parse(ReadOnlyMemory<byte> bytes, string what)
    {
        // The parser looks only into the strings that are asked for; a stranger's parser refuses the document.
        if (!Utf8.IsValid(bytes.Span)) throw new FormatException($"The {what} is not valid UTF-8.");
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(bytes, ReaderOptions);
        }
        catch (JsonException e)
        {
            throw new FormatException($"The {what} is not strict JSON: {e.Message}", e);
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException($"The {what} has a member name with a lone surrogate.", e); // what the search for duplicates throws for it
        }

        if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
        document.Dispose();
        throw new FormatException($"The {what} is not a JSON object.");
    }

    public static JsonElement? Optional(this JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) ? value : null;

    public static JsonElement Required(this JsonElement parent, string name) => parent.Optional(name) ?? throw Wrong(name, "is missing");

    public static JsonElement Object(this JsonElement parent, string name) => Typed(parent.Required(name), name, JsonValueKind.Object, "an object");

    public static JsonElement.ArrayEnumerator Array(this JsonElement parent, string name) =>
        Typed(parent.Required(name), name, JsonValueKind.Array, "an array").EnumerateArray();

    public static string Text(this JsonElement parent, string name) => ReadText(parent.Required(name), name);

    /// <summary>The member as text, or null if it is absent; a null or another type is an error.</summary>
    public static string? OptionalText(this JsonElement parent, string name) => parent.Optional(name) is { } value ? ReadText(value, name) : null;

    /// <summary>A whole number from 0 to 2^53 - 1, written without fraction or exponent.</summary>
    public static long Integer(this JsonElement parent, string name) => ReadInteger(parent.Required(name), name);

    /// <summary>As <see cref="Integer"/>, or null where the member is JSON null; it must be there.</summary>
    public static long? NullableInteger(this JsonElement parent, string name) =>
        parent.Required(name) is var value && value.ValueKind == JsonValueKind.Null ? null : ReadInteger(value, name);

    public static long? OptionalInteger(this JsonElement parent, string name) => parent.Optional(name) is { } value ? ReadInteger(value, name) : null;

    public static bool Boolean(this JsonElement parent, string name) => parent.Required(name).ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong(name, "is not true or false"),
    };

    public static Digest Digest(this JsonElement parent, string name) =>
        Format.Digest.TryParse(parent.Text(name), out var digest) ? digest : throw Wrong(name, "is not a SHA-256 in lower-case hex");

    public static DateTimeOffset Time(this JsonElement parent, string name) =>
        Timestamp.TryParse(parent.Text(name), out var time) ? time : throw Wrong(name, "is not an RFC 3339 time in UTC");

    public static DateTimeOffset? OptionalTime(this JsonElement parent, string name) => parent.Optional(name) is null ? null : parent.Time(name);

    /// <summary>Standard base64 with padding in its one canonical spelling.</summary>
    public static byte[] Base64(this JsonElement parent, string name)
    {
        var text = parent.Text(name);
        try
        {
            var bytes = Convert.FromBase64String(text);
            // FromBase64String also takes white space and non-zero tail bits.
            if (Convert.ToBase64String(bytes) == text) return bytes;
        }
        catch (FormatException)
        {
            throw Wrong(name, "is not base64");
        }

        throw Wrong(name, "is not canonical base64");
    }

    public static FormatException Wrong(string name, string what) => new($"Member '{name}' {what}.");

    private static JsonElement Typed(JsonElement value, string name, JsonValueKind kind, string what) =>
        value.ValueKind == kind ? value : throw Wrong(name, $"is not {what}");

    private static string ReadText(JsonElement value, string name)
    {
        Typed(value, name, JsonValueKind.String, "text");
        try
        {
            return value.GetString()!; // a JSON string, checked above
        }
        catch (InvalidOperationException)
        {
            throw Wrong(name, "is not valid UTF-8 or has a lone surrogate"); // what GetString throws for both
        }
    }

    private static long ReadInteger(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Number && !JsonMarshal.GetRawUtf8Value(value).ContainsAnyExceptInRange((byte)'0', (byte)'9') && value.TryGetInt64(out var number) && number <= MaxInteger
            ? number
            : throw Wrong(name, "is not a whole number from 0 to 2^53 - 1");
}
