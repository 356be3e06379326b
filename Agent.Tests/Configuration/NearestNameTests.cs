using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using Sealtail.Configuration;

namespace Sealtail.Tests.Configuration;

internal sealed class NearestNameTests
{
    private static readonly string[] Known = ["max_size", "max_age", "max_silence", "compression"];

    [TestCase("maxsize", ExpectedResult = "max_size")]
    [TestCase("max-size", ExpectedResult = "max_size")]
    [TestCase("MaxSize", ExpectedResult = "max_size")]
    [TestCase("max_siez", ExpectedResult = "max_size")]
    [TestCase("compresion", ExpectedResult = "compression")]
    [TestCase("max_aeg", ExpectedResult = "max_age")]
    [TestCase("level", ExpectedResult = null)]
    [TestCase("", ExpectedResult = null)]
    public string? A_mistyped_name_finds_its_own(string name) => NearestName.Of(name, Known);

    [Test]
    public void A_name_of_a_million_letters_costs_nothing() => Assert.That(NearestName.Of(new string('m', 1_000_000), Known), Is.Null);

    [Test]
    public void Nothing_known_finds_nothing() => Assert.That(NearestName.Of("a", []), Is.Null);

    [Test]
    public void The_distance_is_symmetric_and_zero_only_for_the_same_letters() =>
        Prop.ForAll(Words, Words, (one, other) =>
            NearestName.Distance(one, other) == NearestName.Distance(other, one) && (NearestName.Distance(one, other) == 0) == (one == other)).QuickCheckThrowOnFailure();

    [Test]
    public void One_changed_letter_is_a_distance_of_at_most_one() =>
        Prop.ForAll(Words, Gen.Choose(0, 100).ToArbitrary(), (word, at) => NearestName.Distance(word, word.Insert(at % (word.Length + 1), "x")) == 1).QuickCheckThrowOnFailure();

    private static Arbitrary<string> Words => Gen.Elements('a', 'b', 'c').ListOf().Select(letters => string.Concat(letters.Take(12))).ToArbitrary();
}
