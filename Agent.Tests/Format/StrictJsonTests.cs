using System.Text;
using NUnit.Framework;
using Sealtail.Format;

namespace Sealtail.Tests.Format;

/// <summary>What an adversary can put where a JSON document is expected. Each is refused by name, none by accident.</summary>
internal sealed class StrictJsonTests
{
    [TestCase("""{"a":1,"a":1}""", TestName = "A duplicate key is refused")]
    [TestCase("""{"a":1,"b":2,"\u0061":3}""", TestName = "A duplicate key in another spelling is refused")]
    [TestCase("""{"x":[{"y":{"a":1,"a":2}}]}""", TestName = "A duplicate key deep inside is refused")]
    [TestCase("""{"x":[{"y":{"a":1,"\u0061":2}}]}""", TestName = "A duplicate key deep inside in another spelling is refused")]
    [TestCase("""{"":1,"":2}""", TestName = "A duplicate empty key is refused")]
    [TestCase("""{"\ud800":1,"\ud800":2}""", TestName = "A duplicate key of a lone surrogate is refused")]
    [TestCase("""{"\ud800":1}""", TestName = "A key with a lone surrogate is refused")]
    [TestCase("""{"x":{"\udc00\ud800":1}}""", TestName = "A key with surrogates in the wrong order is refused")]
    [TestCase("\ufeff{}", TestName = "A byte order mark is refused")]
    [TestCase("{}{}", TestName = "Two documents are refused")]
    [TestCase("{}x", TestName = "Bytes after the document are refused")]
    [TestCase("{}\0", TestName = "A NUL after the document is refused")]
    [TestCase("""{"a":1,}""", TestName = "A trailing comma is refused")]
    [TestCase("""{"a":1}// why""", TestName = "A comment is refused")]
    [TestCase("""{"a":/**/1}""", TestName = "A comment inside is refused")]
    [TestCase("{'a':1}", TestName = "Single quotes are refused")]
    [TestCase("""{"a":NaN}""", TestName = "NaN is refused")]
    [TestCase("""{"a":01}""", TestName = "A leading zero is refused")]
    [TestCase("{\"a\":\"\n\"}", TestName = "A raw control character is refused")]
    [TestCase("[]", TestName = "An array is no document")]
    [TestCase("null", TestName = "null is no document")]
    [TestCase("\"{}\"", TestName = "A string is no document")]
    [TestCase("", TestName = "Nothing is no document")]
    [TestCase(" ", TestName = "White space is no document")]
    public void Refused(string text) => AssertRefused(Encoding.UTF8.GetBytes(text));

    [TestCase(new byte[] { (byte)'{', (byte)'"', (byte)'a', (byte)'"', (byte)':', (byte)'"', 0xff, (byte)'"', (byte)'}' }, TestName = "Invalid UTF-8 in a value is refused")]
    [TestCase(new byte[] { (byte)'{', (byte)'"', 0xc0, 0x80, (byte)'"', (byte)':', (byte)'1', (byte)'}' }, TestName = "An overlong key is refused")]
    [TestCase(new byte[] { (byte)'{', (byte)'"', (byte)'a', (byte)'"', (byte)':', (byte)'"', 0xed, 0xa0, 0x80, (byte)'"', (byte)'}' }, TestName = "A surrogate in UTF-8 is refused")]
    public void Refused_bytes(byte[] bytes) => AssertRefused(bytes);

    [TestCase(64, true)]
    [TestCase(65, false)]
    [TestCase(100_000, false)]
    public void Sixty_four_levels_are_read_and_not_one_more(int levels, bool read)
    {
        var text = new StringBuilder("{\"a\":").Append('[', levels - 1).Append(']', levels - 1).Append('}').ToString();

        if (read) StrictJson.Parse(Encoding.UTF8.GetBytes(text), "test").Dispose();
        else AssertRefused(Encoding.UTF8.GetBytes(text));
    }

    [TestCase("0", 0L)]
    [TestCase("1", 1L)]
    [TestCase("9007199254740991", 9007199254740991L)]
    public void Whole_numbers_below_2_to_53_are_read(string number, long value) => Assert.That(Read(number, json => json.Integer("a")), Is.EqualTo(value));

    [TestCase("9007199254740992")]
    [TestCase("9223372036854775807")]
    [TestCase("9223372036854775808")]
    [TestCase("18446744073709551617")]
    [TestCase("-1")]
    [TestCase("-0")]
    [TestCase("1.0")]
    [TestCase("0.5")]
    [TestCase("1e3")]
    [TestCase("1E0")]
    [TestCase("1e400")]
    [TestCase("\"1\"")]
    [TestCase("true")]
    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("{}")]
    public void Any_other_number_is_refused(string number) =>
        Assert.That(() => Read(number, json => json.Integer("a")), Throws.TypeOf<FormatException>().With.Message.Contains("'a'"));

    [TestCase("null", null)]
    [TestCase("7", 7L)]
    public void A_nullable_number_is_read(string number, long? value) => Assert.That(Read(number, json => json.NullableInteger("a")), Is.EqualTo(value));

    [Test]
    public void A_nullable_number_must_be_there() => Assert.That(() => Read("1", json => json.NullableInteger("b")), Throws.TypeOf<FormatException>());

    [Test]
    public void An_optional_number_may_be_absent_but_not_null()
    {
        Assert.That(Read("1", json => json.OptionalInteger("b")), Is.Null);
        Assert.That(() => Read("null", json => json.OptionalInteger("a")), Throws.TypeOf<FormatException>());
    }

    [TestCase("\"\"", "")]
    [TestCase("\"\\ud83d\\ude00\"", "😀")]
    [TestCase("\"\\u0000\"", "\0")]
    [TestCase("\"漢\\/\"", "漢/")]
    public void Text_is_read(string json, string text) => Assert.That(Read(json, parent => parent.Text("a")), Is.EqualTo(text));

    [TestCase("\"\\ud800\"", TestName = "Text with a lone high surrogate is refused")]
    [TestCase("\"\\ude00x\"", TestName = "Text with a lone low surrogate is refused")]
    [TestCase("1", TestName = "A number is no text")]
    [TestCase("null", TestName = "null is no text")]
    public void Text_refused(string json)
    {
        Assert.That(() => Read(json, parent => parent.Text("a")), Throws.TypeOf<FormatException>());
        Assert.That(() => Read(json, parent => parent.OptionalText("a")), Throws.TypeOf<FormatException>());
    }

    [TestCase("\"\"", "")]
    [TestCase("\"AA==\"", "00")]
    [TestCase("\"+/+/\"", "fbffbf")]
    [TestCase("\"\\u0041A==\"", "00")]
    public void Canonical_base64_is_read(string json, string hex) => Assert.That(Convert.ToHexStringLower(Read(json, parent => parent.Base64("a"))), Is.EqualTo(hex));

    [TestCase("\"AB==\"", TestName = "Base64 with bits in its tail is refused")]
    [TestCase("\"AAB=\"", TestName = "Base64 with two bits in its tail is refused")]
    [TestCase("\"AA\"", TestName = "Base64 without padding is refused")]
    [TestCase("\"AA===\"", TestName = "Base64 with too much padding is refused")]
    [TestCase("\"AA= =\"", TestName = "Base64 with white space is refused")]
    [TestCase("\"AAAA\\n\"", TestName = "Base64 with a line feed is refused")]
    [TestCase("\"-_-_\"", TestName = "Base64url is refused")]
    [TestCase("\"AA==AA==\"", TestName = "Two base64 texts are refused")]
    [TestCase("\"ＡＡ==\"", TestName = "Base64 in full width is refused")]
    [TestCase("1", TestName = "A number is no base64")]
    public void Base64_refused(string json) => Assert.That(() => Read(json, parent => parent.Base64("a")), Throws.TypeOf<FormatException>());

    [TestCase("true", true)]
    [TestCase("false", false)]
    public void A_boolean_is_read(string json, bool value) => Assert.That(Read(json, parent => parent.Boolean("a")), Is.EqualTo(value));

    [TestCase("0")]
    [TestCase("\"true\"")]
    [TestCase("null")]
    public void Nothing_else_is_a_boolean(string json) => Assert.That(() => Read(json, parent => parent.Boolean("a")), Throws.TypeOf<FormatException>());

    [Test]
    public void Unknown_members_may_hold_what_is_no_text() =>
        Assert.That(Read("1,\"b\":\"\\ud800\",\"c\":1e400,\"d\":[null,-0.5]", json => json.Integer("a")), Is.EqualTo(1));

    private static T Read<T>(string value, Func<System.Text.Json.JsonElement, T> read)
    {
        using var document = StrictJson.Parse(Encoding.UTF8.GetBytes($$"""{"a":{{value}}}"""), "test");
        return read(document.RootElement);
    }

    private static void AssertRefused(byte[] bytes) => Assert.That(
        () =>
        {
            using var document = StrictJson.Parse(bytes, "test");
            document.RootElement.Optional("a");
        },
        Throws.TypeOf<FormatException>());
}
