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

    /// <summary>Accepts only what <see cref="Print"/> writes, in a tenth of the time.</summary>
    public static bool TryParsePrinted(ReadOnlySpan<byte> text, out DateTimeOffset time)
    {
        time = default;
        if (text.Length != 27 || (text[4], text[7], text[10], text[13], text[16], text[19], text[26]) != ((byte)'-', (byte)'-', (byte)'T', (byte)':', (byte)':', (byte)'.', (byte)'Z')) return false;
        var (year, month, day) = (Number(text[..4]), Number(text[5..7]), Number(text[8..10]));
        var (hour, minute, second, microsecond) = (Number(text[11..13]), Number(text[14..16]), Number(text[17..19]), Number(text[20..26]));
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        if (hour is < 0 or > 23 || minute is < 0 or > 59 || second is < 0 or > 59 || microsecond < 0) return false;
        time = new DateTimeOffset(year, month, day, hour, minute, second, TimeSpan.Zero).AddTicks(microsecond * TimeSpan.TicksPerMicrosecond);
        return true;
    }

    // -1: it is not all digits.
    private static int Number(ReadOnlySpan<byte> digits)
    {
        var value = 0;
        foreach (var digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'9') return -1;
            value = (value * 10) + digit - '0';
        }

        return value;
    }
}
