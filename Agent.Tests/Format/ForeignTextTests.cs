using System.Text;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using Sealtail.Format;

namespace Sealtail.Tests.Format;

internal sealed class ForeignTextTests
{
    [TestCase("a", 256)]
    [TestCase("é", 128)]
    [TestCase("漢", 85)]
    [TestCase("😀", 64)]
    public void Text_is_cut_at_the_last_whole_character(string character, int kept)
    {
        var text = string.Concat(Enumerable.Repeat(character, 300));

        Assert.That(ForeignText.Cut(text), Is.EqualTo(string.Concat(Enumerable.Repeat(character, kept))));
    }

    [Test]
    public void A_lone_surrogate_counts_as_what_replaces_it([Values(1, 85, 86, 300)] int count) =>
        Assert.That(ForeignText.Cut(new string('\ud800', count)), Is.EqualTo(new string('\ufffd', Math.Min(count, 85))));

    [Test]
    public void A_character_that_does_not_fit_whole_is_left_out_whole([Range(250, 256)] int before) =>
        Assert.That(ForeignText.Cut(new string('a', before) + "😀"), Is.EqualTo(new string('a', before) + (before <= 252 ? "😀" : "")));

    [Test]
    public void Short_text_stays_as_it_is([Values("", "a", "\0\r\n", "zażółć 漢 😀")] string text) => Assert.That(ForeignText.Cut(text), Is.EqualTo(text));

    [Test]
    public void What_is_cut_is_the_longest_valid_beginning_of_at_most_256_bytes()
    {
        var character = Gen.OneOf(Gen.Choose(0, 0x7f), Gen.Choose(0x80, 0x7ff), Gen.Choose(0x800, 0xffff)).Select(c => ((char)c).ToString())
            .Or(Gen.Choose(0x10000, 0x10ffff).Select(char.ConvertFromUtf32));
        var texts = Gen.Choose(0, 400).SelectMany(length => character.ArrayOf(length)).Select(string.Concat);

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(texts.ToArbitrary(), text =>
        {
            var whole = string.Concat(text.EnumerateRunes()); // lone surrogates replaced
            var cut = ForeignText.Cut(text);
            var next = whole.StartsWith(cut, StringComparison.Ordinal) ? whole[cut.Length..].EnumerateRunes().Take(1).ToArray() : throw new InvalidDataException("not a beginning");
            var bytes = Encoding.UTF8.GetByteCount(cut);
            return bytes <= ForeignText.MaxBytes && (next is [] || bytes + next[0].Utf8SequenceLength > ForeignText.MaxBytes);
        }));
    }
}
