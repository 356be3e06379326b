using System.Globalization;
using System.Text;

namespace Sealtail.Configuration;

/// <summary>Text from outside as a message shows it: cut to one short line, nothing in it can move the cursor or turn the reading direction.</summary>
internal static class Quoted
{
    private const int MaxRunes = 60;

    /// <summary>As it is if it is short and plain, else in single quotes with the rest escaped or cut.</summary>
    public static string Text(string text)
    {
        if (text.Length is > 0 and <= MaxRunes && text.All(c => char.IsAsciiLetterOrDigit(c) || "._-/:+%~$@[]".Contains(c))) return text;
        var quoted = new StringBuilder("'");
        var runes = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (runes++ == MaxRunes) return quoted.Append("…'").ToString();
            if (Shows(rune)) quoted.Append(rune);
            else quoted.Append($"\\u{{{rune.Value:x}}}");
        }

        return quoted.Append('\'').ToString();
    }

    /// <summary>All of it, line feeds kept, with what does not show escaped.</summary>
    public static string Lines(string text) =>
        string.Concat(text.EnumerateRunes().Select(rune => rune.Value == '\n' || Shows(rune) ? rune.ToString() : $"\\u{{{rune.Value:x}}}"));

    private static bool Shows(Rune rune) => Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate);
}
