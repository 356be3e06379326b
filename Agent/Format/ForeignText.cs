using System.Text;

namespace Sealtail.Format;

/// <summary>Strings taken from logs or the system, cut to what the format allows: 256 bytes of UTF-8, at the last whole character (docs/format.md, "Payload").</summary>
internal static class ForeignText
{
    public const int MaxBytes = 256;

    public static string Cut(string text)
    {
        if (text.Length <= MaxBytes / 4) return Valid(text);
        var bytes = 0;
        var length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (bytes + rune.Utf8SequenceLength > MaxBytes) break;
            bytes += rune.Utf8SequenceLength;
            length += rune.Utf16SequenceLength;
        }

        return Valid(text[..length]);
    }

    // A lone surrogate has no UTF-8: it becomes U+FFFD here rather than a failure in the writer.
    private static string Valid(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
