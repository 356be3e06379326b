using System.Text;
using System.Text.Json;

namespace Sealtail.Configuration.Kinds;

/// <summary>Where objects go: <c>gs://bucket[/prefix]</c>, <c>file:///directory</c> or a path. The value is the first, or an absolute path.</summary>
internal sealed class LocationKind : ValueKind<string>
{
    public const string Gcs = "gs://";

    private const string File = "file://";

    // The longest object name is some 620 bytes, and a store takes 1024.
    private const int MaxPrefixBytes = 400;

    public override string Name => "location";

    public override string Limits => "gs://bucket[/prefix], file:///directory, or a path (relative to this file's directory)";

    public override void WriteSchema(Utf8JsonWriter json)
    {
        json.WriteString("type", "string");
        json.WriteNumber("minLength", 1);
    }

    protected override string Parse(string text, string baseDirectory)
    {
        if (text.StartsWith(Gcs, StringComparison.Ordinal)) return Bucket(text);
        if (text.StartsWith(File, StringComparison.Ordinal))
            return text.StartsWith("file:///", StringComparison.Ordinal)
                ? PathKind.Resolve(Uri.UnescapeDataString(text[File.Length..]), baseDirectory)
                : throw new FormatException($"must have three slashes and an absolute path after 'file:'; for a relative one write the path alone, such as ./bucket (was {Quoted.Text(text)})");
        if (text.IndexOf("://", StringComparison.Ordinal) is > 0 and var scheme)
            throw new FormatException($"must be {Limits}; {Quoted.Text(text[..scheme])}:// is not supported");
        return PathKind.Resolve(text, baseDirectory);
    }

    protected override string Print(string value) => value;

    private static string Bucket(string text)
    {
        var rest = text[Gcs.Length..];
        var parts = (rest.EndsWith('/') ? rest[..^1] : rest).Split('/');
        if (!IsBucketName(parts[0])) throw new FormatException($"must name a bucket: 3 to 222 of a-z, 0-9, '.', '_' and '-' after gs:// (was {Quoted.Text(text)})");
        if (parts.Skip(1).Any(part => part.Length == 0 || part is "." or ".." || part.Any(char.IsControl) || part.Any(c => "*?[]#".Contains(c))))
            throw new FormatException($"must have a prefix of plain parts, none empty, '.' or '..', without *, ?, #, [, ] and control characters (was {Quoted.Text(text)})");
        if (Encoding.UTF8.GetByteCount(string.Join('/', parts.Skip(1))) > MaxPrefixBytes) throw new FormatException($"must have a prefix of at most {MaxPrefixBytes} bytes");
        return Gcs + string.Join('/', parts);
    }

    private static bool IsBucketName(string name) =>
        name.Length is >= 3 and <= 222 && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-')
        && char.IsAsciiLetterOrDigit(name[0]) && char.IsAsciiLetterOrDigit(name[^1]);
}
