using System.Globalization;

namespace Sealtail.Configuration;

/// <summary>A whole number with its unit, as sizes (<c>16MiB</c>) and durations (<c>30s</c>) are written. Exact in both directions.</summary>
internal sealed class UnitText(string what, string example, (string Unit, long Factor)[] units)
{
    /// <summary>Bytes, in powers of 1024 only: <c>16MB</c> would leave open which million is meant.</summary>
    public static UnitText Size { get; } = new("size", "16MiB",
        [("TiB", 1L << 40), ("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10), ("B", 1)]);

    /// <summary>Milliseconds.</summary>
    public static UnitText Duration { get; } = new("duration", "30s",
        [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)]);

    public IEnumerable<string> Units => units.Select(unit => unit.Unit);

    /// <exception cref="FormatException">There is no whole number, no unit, an unknown unit, or the value is beyond 63 bits.</exception>
    public long Parse(string text)
    {
        var digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9') is >= 0 and var end ? end : text.Length;
        if (digits == 0) throw new FormatException($"must be a {what}: a whole number with a unit, such as {example} (was {Quoted.Text(text)})");
        var unit = text[digits..];
        if (unit.Length == 0) throw new FormatException($"needs a unit: one of {Names}, such as {example} (was {Quoted.Text(text)})");
        if (units.FirstOrDefault(known => known.Unit == unit) is not { Unit: not null } found)
            throw new FormatException($"has the unknown unit {Quoted.Text(unit)}{Suggest(unit)} Write a whole number with one of {Names}, such as {example}");
        if (!long.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > long.MaxValue / found.Factor)
            throw new FormatException($"is too large (was {Quoted.Text(text)})");
        return number * found.Factor;
    }

    /// <summary>With the largest unit that leaves a whole number.</summary>
    public string Print(long value)
    {
        var (unit, factor) = value == 0 ? units[^1] : units.First(unit => value % unit.Factor == 0);
        return $"{value / factor}{unit}";
    }

    private string Names => string.Join(", ", units.Reverse().Select(unit => unit.Unit));

    private string Suggest(string unit)
    {
        // MB, Mi, mb, M → MiB; sec, seconds → s: the first letter tells.
        var near = units.FirstOrDefault(known => unit.Length > 1 && char.IsLetter(unit[0]) && known.Unit.StartsWith(unit[..1], StringComparison.OrdinalIgnoreCase)).Unit
            ?? units.FirstOrDefault(known => known.Unit.StartsWith(unit, StringComparison.OrdinalIgnoreCase)).Unit;
        return near is null ? "." : $", did you mean {near}?";
    }
}
