using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using Sealtail.Configuration;

namespace Sealtail.Tests.Configuration;

/// <summary>Sizes and durations as text.</summary>
internal sealed class UnitTextTests
{
    [Test]
    public void Every_size_survives_printing() =>
        Prop.ForAll((NonNegativeInt mantissa, byte shift) => Survives(UnitText.Size, (long)mantissa.Get << (shift % 31))).QuickCheckThrowOnFailure();

    [Test]
    public void Every_duration_survives_printing() =>
        Prop.ForAll((NonNegativeInt milliseconds, byte factor) => Survives(UnitText.Duration, milliseconds.Get * Math.Max(1L, factor * 1000))).QuickCheckThrowOnFailure();

    [Test]
    public void A_printed_value_is_the_shortest_of_its_spellings() =>
        Prop.ForAll((PositiveInt number) =>
        {
            var printed = UnitText.Size.Print(number.Get);
            return UnitText.Size.Units.Select(unit => UnitText.Size.Parse("1" + unit)).Where(factor => number.Get % factor == 0)
                .All(factor => printed.Length <= $"{number.Get / factor}".Length + (factor == 1 ? 1 : 3));
        }).QuickCheckThrowOnFailure();

    [Test]
    public void No_text_throws_anything_but_FormatException() =>
        Prop.ForAll((string? text) => Refuses(UnitText.Size, text ?? "") && Refuses(UnitText.Duration, text ?? "")).QuickCheckThrowOnFailure();

    [TestCase("0B", ExpectedResult = 0)]
    [TestCase("1KiB", ExpectedResult = 1024)]
    [TestCase("007MiB", ExpectedResult = 7 << 20)]
    [TestCase("8388607TiB", ExpectedResult = 8388607L << 40)]
    public long A_size_is_powers_of_1024(string text) => UnitText.Size.Parse(text);

    [TestCase("1ms", ExpectedResult = 1)]
    [TestCase("90s", ExpectedResult = 90_000)]
    [TestCase("36500d", ExpectedResult = 3_153_600_000_000)]
    public long A_duration_is_milliseconds(string text) => UnitText.Duration.Parse(text);

    [TestCase(90_000, ExpectedResult = "90s")]
    [TestCase(86_400_000, ExpectedResult = "1d")]
    [TestCase(0, ExpectedResult = "0ms")]
    public string A_duration_is_printed_with_its_largest_whole_unit(long milliseconds) => UnitText.Duration.Print(milliseconds);

    [TestCase("")]
    [TestCase("MiB")]
    [TestCase(" 1MiB")]
    [TestCase("1 MiB")]
    [TestCase("1mib")]
    [TestCase("1e3B")]
    [TestCase("١MiB")]
    [TestCase("8388608TiB")]
    [TestCase("9223372036854775808B")]
    [TestCase("1h30m")]
    public void Anything_else_is_refused(string text) => Assert.Throws<FormatException>(() => UnitText.Size.Parse(text));

    private static bool Survives(UnitText units, long value) => units.Parse(units.Print(value)) == value;

    private static bool Refuses(UnitText units, string text)
    {
        try
        {
            return units.Parse(text) >= 0;
        }
        catch (FormatException)
        {
            return true;
        }
    }
}
