using System.Text;
using NUnit.Framework;
using Sealtail.Format;

namespace Sealtail.Tests.Format;

/// <summary>What a record says of itself, whatever a client made of it.</summary>
internal sealed class RecordSummaryTests
{
    [TestCase("""{"auditID":"a","stage":"Panic","stageTimestamp":"t"}""", "a|Panic|t")]
    [TestCase("""{"stageTimestamp":"t","auditID":"a"}""" + "\r\n", "a||t")]
    [TestCase("""{"audit\u0049D":"a"}""", "a||")]
    [TestCase("""{"auditID":"a","auditID":"b"}""", "b||")]
    [TestCase("""{"auditID":"a","auditID":7}""", "||")]
    [TestCase("""{"user":{"auditID":"b","stage":"x"},"auditID":"a","extra":[{"stage":"y"}]}""", "a||")]
    [TestCase("""{"auditID":{"stage":"x"}}""", "||")]
    [TestCase("{}", "||")]
    [TestCase("""{"\ud800":1,"auditID":"a"}""", "a||")]
    [TestCase("""{"auditID":"a","\udc00stage":"x"}""", "a||")]
    [TestCase("""{"auditID":"\ud800","stage":"x"}""", "|x|")]
    public void A_record_says_what_its_members_say(string record, string expected)
    {
        var summary = RecordSummary.Of(Encoding.UTF8.GetBytes(record))!;
        Assert.That($"{summary.AuditId}|{summary.Stage}|{summary.Timestamp}", Is.EqualTo(expected));
    }

    [TestCase("")]
    [TestCase("\n")]
    [TestCase("[1]")]
    [TestCase("\"auditID\"")]
    [TestCase("""{"auditID":"a"} {}""")]
    [TestCase("""{"auditID":"a",}""")]
    [TestCase("""{"auditID":"a" """)]
    [TestCase("""{"auditID":"a"}""" + "\0")]
    public void What_is_no_JSON_object_says_nothing(string record) => Assert.That(RecordSummary.Of(Encoding.UTF8.GetBytes(record)), Is.Null);

    [Test]
    public void Nor_does_what_is_no_UTF_8() => Assert.That(RecordSummary.Of([.. "{\"auditID\":\""u8, 0xFF, .. "\"}"u8]), Is.Null);

    [TestCase(64, true)]
    [TestCase(65, false)]
    public void Nor_what_nests_deeper_than_64(int levels, bool speaks)
    {
        var record = $$"""{"auditID":"a","x":{{new string('[', levels - 1)}}{{new string(']', levels - 1)}}}""";
        Assert.That(RecordSummary.Of(Encoding.UTF8.GetBytes(record)) is not null, Is.EqualTo(speaks));
    }

    [TestCase(RecordSummary.MostBytes, true)]
    [TestCase(RecordSummary.MostBytes + 1, false)]
    public void Nor_what_is_longer_than_a_mebibyte(int bytes, bool speaks) =>
        Assert.That(RecordSummary.Of(Encoding.UTF8.GetBytes("""{"auditID":"a"}""".PadRight(bytes))) is not null, Is.EqualTo(speaks));
}
