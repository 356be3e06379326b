using System.Text;

namespace Sealtail.Buckets.Gcs;

/// <summary>A bucket of Google Cloud Storage and the prefix of all names in it: <c>gs://bucket[/prefix]</c>.</summary>
/// <param name="Bucket">The bucket's name.</param>
/// <param name="Prefix">Empty, or the prefix with its closing slash.</param>
internal readonly record struct GcsLocation(string Bucket, string Prefix)
{
    public const string Scheme = "gs://";

    // An object's name has at most 1024 bytes, of which the longest of ours takes some 620.
    private const int MaxPrefixBytes = 400;

    /// <exception cref="FormatException">The text is no such location; the message says what is.</exception>
    public static GcsLocation Parse(string text)
    {
        if (!text.StartsWith(Scheme, StringComparison.Ordinal)) throw new FormatException($"'{text}' is not gs://bucket[/prefix].");
        var parts = text[Scheme.Length..].TrimEnd('/').Split('/');
        if (!IsBucketName(parts[0])) throw new FormatException($"'{text}' names no bucket: 3 to 222 of a-z, 0-9, '.', '_' and '-' must follow gs://.");
        if (parts.Skip(1).Any(part => part is "" or "." or ".." || part.Any(char.IsControl)))
            throw new FormatException($"'{text}' has a prefix with an empty part, '.', '..' or a control character.");
        if (Encoding.UTF8.GetByteCount(text) - Scheme.Length - parts[0].Length > MaxPrefixBytes) throw new FormatException($"'{text}' has a prefix of more than {MaxPrefixBytes} bytes.");
        return new GcsLocation(parts[0], string.Concat(parts.Skip(1).Select(part => part + "/")));
    }

    public override string ToString() => $"{Scheme}{Bucket}/{Prefix}".TrimEnd('/');

    private static bool IsBucketName(string name) =>
        name.Length is >= 3 and <= 222 && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-')
        && char.IsAsciiLetterOrDigit(name[0]) && char.IsAsciiLetterOrDigit(name[^1]);
}
