using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>A pattern of stream names: <c>*</c> stands for any run of characters (also across <c>/</c>), <c>?</c> for one.</summary>
internal sealed record StreamGlob
{
    private StreamGlob(string text) => Text = text;

    public string Text { get; }

    /// <summary>The one stream that the pattern means, if it has no wildcard.</summary>
    public StreamName? Literal => StreamName.TryParse(Text, out var stream) ? stream : null;

    /// <exception cref="FormatException">The text can match no stream; the message says why.</exception>
    public static StreamGlob Parse(string text)
    {
        if (text.Length == 0) throw new FormatException("A stream pattern is empty: write cluster/node/source, * for any part.");
        var odd = text.FirstOrDefault(c => !(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || "./-*?".Contains(c, StringComparison.Ordinal)));
        if (odd != default) throw new FormatException($"A stream pattern cannot have the character U+{(int)odd:X4}: streams are cluster/node/source in a-z, 0-9, '.' and '-'; wildcards are * and ?.");
        if (!text.Contains('*', StringComparison.Ordinal) && text.Count(c => c == '/') != 2)
            throw new FormatException($"'{text}' matches no stream: write cluster/node/source, * for any part.");
        return new StreamGlob(text);
    }

    public bool Matches(StreamName stream) => Matches(Text, stream.ToString());

    // Greedy with one place to go back to: linear for one *, never exponential.
    private static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        int p = 0, n = 0, star = -1, mark = 0;
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                mark = n;
            }
            else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == name[n]))
            {
                p++;
                n++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                n = ++mark;
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].TrimStart('*').IsEmpty;
    }
}
