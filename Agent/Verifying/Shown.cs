using System.Globalization;
using System.Text;

namespace Sealtail.Verifying;

/// <summary>Text from a bucket or a log as a terminal may show it: nothing in it moves the cursor or turns the reading direction.</summary>
internal static class Shown
{
    public static string Text(string text) => text.All(IsPlain) ? text
        : string.Concat(text.EnumerateRunes().Select(rune => Shows(rune) ? rune.ToString() : $"\\u{{{rune.Value:x}}}"));

    private static bool IsPlain(char c) => c is >= ' ' and <= '~';

    private static bool Shows(Rune rune) => Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate);
}
