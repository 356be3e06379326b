using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Sealtail.Format;

/// <summary>RFC 3339 times in UTC with <c>Z</c>, the only spelling the format writes or accepts.</summary>
internal static class Timestamp
{
    /// <summary>Microseconds, always six digits.</summary>
    public static string Print(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    /// <summary>The time cut to the precision that <see cref="Print"/> keeps, so that a printed time parses back to an equal one.</summary>
    public static DateTimeOffset Truncate(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    /// <summary>Accepts <c>YYYY-MM-DDTHH:MM:SS[.1–9 digits]Z</c>; digits beyond 100 ns are cut.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out DateTimeOffset time)
    {
        time = default;
        if (text is not { Length: >= 20 and <= 30 } || text[^1] != 'Z') return false;
        if (!DateTimeOffset.TryParseExact(text.AsSpan(0, 19), "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time))
            return false;

        if (text.Length == 20) return true;
        var digits = text.AsSpan(20, text.Length - 21);
        if (text[19] != '.' || digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9')) return false;

        long ticks = 0;
        for (var i = 0; i < 7; i++) ticks = (ticks * 10) + (i < digits.Length ? digits[i] - '0' : 0);
        time = time.AddTicks(ticks);
        return true;
    }
}
