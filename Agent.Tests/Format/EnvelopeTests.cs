using System.Text;
using NUnit.Framework;
using Sealtail.Format;

namespace Sealtail.Tests.Format;

internal sealed class EnvelopeTests
{
    private const string Type = "application/vnd.in-toto+json";

    [Test]
    public void What_is_signed_is_the_pre_authentication_encoding_of_DSSE() =>
        Assert.That(Encoding.UTF8.GetString(Envelope.PreAuthenticationEncoding("{\"ż\":1}"u8)), Is.EqualTo("DSSEv1 28 application/vnd.in-toto+json 8 {\"ż\":1}"));

    [Test]
    public void An_envelope_is_one_line_with_plain_base64() =>
        Assert.That(
            Encoding.UTF8.GetString(new Envelope([0xfb, 0xff, 0xbf], [new EnvelopeSignature("k", [0xff, 0xff])]).ToBytes()),
            Is.EqualTo($$"""{"payload":"+/+/","payloadType":"{{Type}}","signatures":[{"keyid":"k","sig":"//8="}]}"""));

    [TestCase($$"""{"payload":"AA==","payloadType":"{{Type}}","signatures":[{"sig":"AA=="}]}""", TestName = "An envelope without keyid is read")]
    [TestCase($$"""{ "signatures": [{"sig":"AA==","keyid":"","x":1}], "more":[], "payloadType":"{{Type}}", "payload":"AA==" }""", TestName = "Unknown members, order and white space do not matter")]
    public void Read(string text) => Assert.That(Envelope.Parse(Encoding.UTF8.GetBytes(text)).Payload, Is.EqualTo(new byte[] { 0 }));

    [TestCase($$"""{"payloadType":"{{Type}}","signatures":[{"keyid":"","sig":"AA=="}]}""", TestName = "An envelope without payload is refused")]
    [TestCase("""{"payload":"AA==","signatures":[{"keyid":"","sig":"AA=="}]}""", TestName = "An envelope without type is refused")]
    [TestCase("""{"payload":"AA==","payloadType":"application/json","signatures":[{"keyid":"","sig":"AA=="}]}""", TestName = "An envelope of another type is refused")]
    [TestCase("""{"payload":"AA==","payloadType":"Application/vnd.in-toto+json","signatures":[{"keyid":"","sig":"AA=="}]}""", TestName = "The type is compared exactly")]
    [TestCase($$"""{"payload":"AA==","payloadType":"{{Type}}"}""", TestName = "An envelope without signatures is refused")]
    [TestCase($$"""{"payload":"AA==","payloadType":"{{Type}}","signatures":[]}""", TestName = "An envelope with no signature is refused")]
    [TestCase($$"""{"payload":"AA==","payloadType":"{{Type}}","signatures":{"sig":"AA=="} }""", TestName = "Signatures are an array")]
    [TestCase($$"""{"payload":"AA==","payloadType":"{{Type}}","signatures":["AA=="]}""", TestName = "A signature is an object")]
    [TestCase($$"""{"payload":"AA==","payloadType":"{{Type}}","signatures":[null]}""", TestName = "A signature is not null")]
    [TestCase($$"""{"payload":"AA==","payloadType":"{{Type}}","signatures":[{"keyid":1,"sig":"AA=="}]}""", TestName = "A keyid is text")]
    [TestCase($$"""{"payload":"AA==","payloadType":"{{Type}}","signatures":[{"keyid":"","sig":"AA="}]}""", TestName = "A signature is canonical base64")]
    [TestCase($$"""{"payload":"AB==","payloadType":"{{Type}}","signatures":[{"keyid":"","sig":"AA=="}]}""", TestName = "A payload is canonical base64")]
    [TestCase($$"""{"payload":"AA==","payload":"AA==","payloadType":"{{Type}}","signatures":[{"keyid":"","sig":"AA=="}]}""", TestName = "A second payload is refused")]
    [TestCase($$"""{"payload":"AA==","payloadType":"{{Type}}","signatures":[{"keyid":"","sig":"AA=="}]}x""", TestName = "Bytes after the envelope are refused")]
    [TestCase("""{"payload":"}]}""", TestName = "An envelope whose beginning is its end is refused")] // ended the verifier; found by fuzzing
    public void Refused(string text) => Assert.That(() => Envelope.Parse(Encoding.UTF8.GetBytes(text)), Throws.TypeOf<FormatException>());

    [TestCase("\n")]
    [TestCase(" ")]
    public void An_envelope_is_one_line_with_nothing_around_it(string extra)
    {
        var text = $$"""{"payload":"AA==","payloadType":"{{Type}}","signatures":[{"keyid":"","sig":"AA=="}]}""";

        Assert.That(() => Envelope.Parse(Encoding.UTF8.GetBytes(text)), Throws.Nothing);
        Assert.That(() => Envelope.Parse(Encoding.UTF8.GetBytes(text + extra)), Throws.TypeOf<FormatException>());
        Assert.That(() => Envelope.Parse(Encoding.UTF8.GetBytes(extra + text)), Throws.TypeOf<FormatException>());
        Assert.That(() => Envelope.Parse(Encoding.UTF8.GetBytes(text.Replace(",\"payloadType", ",\n\"payloadType"))), Throws.TypeOf<FormatException>());
    }

    [TestCase(0, true)]
    [TestCase(1, false)]
    public void An_envelope_has_at_most_256_KiB(int beyond, bool read)
    {
        var (head, tail) = ($$"""{"payload":"AA==","payloadType":"{{Type}}","signatures":[{"keyid":"","sig":"AA=="}],"unknown":""" + "\"", "\"}");
        var bytes = Encoding.UTF8.GetBytes(head + new string('x', Envelope.MaxBytes + beyond - head.Length - tail.Length) + tail);

        Assert.That(() => Envelope.Parse(bytes), read ? Throws.Nothing : Throws.TypeOf<FormatException>().With.Message.Contains("262144"));
    }

    [TestCase(8, true)]
    [TestCase(9, false)]
    public void An_envelope_has_at_most_eight_signatures(int signatures, bool read)
    {
        var envelope = new Envelope([0], Enumerable.Repeat(new EnvelopeSignature("", [0]), signatures).ToArray());

        Assert.That(() => Envelope.Parse(envelope.ToBytes()), read ? Throws.Nothing : Throws.TypeOf<FormatException>());
    }
}
