using System.Text;
using System.Text.Json;
using NUnit.Framework;
using Sealtail.Buckets.Gcs;

namespace Sealtail.Tests.Buckets;

/// <summary>What fuzzing found: replies that are JSON and yet hold no text, from whoever stands between the agent and the store.</summary>
internal sealed class HostileReplyTests
{
    private static readonly byte[] NoUtf8 = [0x81];

    /// <summary>The agent died of it: the exception was none that shipping expects of a reply.</summary>
    [TestCase("{\"error\":{\"message\":\"#\",\"errors\":[]}}")]
    [TestCase("{\"error\":\"#\"}")]
    [TestCase("{\"error\":{\"message\":\"\\ud800\"}}")]
    public void An_error_whose_words_are_no_text_is_an_error_without_words(string json) => Assert.That(GcsError.Parse(Bytes(json)), Is.EqualTo(new GcsError("", "")));

    [TestCase("{\"name\":\"#\",\"size\":\"1\"}")]
    [TestCase("{\"name\":\"\\udfff\",\"size\":\"1\"}")]
    public void An_object_whose_name_is_no_text_is_no_reply(string json) => Assert.That(ObjectReply.TryParse(Bytes(json)), Is.Null);

    [TestCase("{\"items\":{}}")]
    [TestCase("{\"items\":[{\"name\":\"#\",\"size\":\"1\"}]}")]
    [TestCase("{\"nextPageToken\":\"\\ud800\"}")]
    public void A_page_that_is_none_is_refused_as_one(string json) => Assert.That(() => ObjectReply.ParsePage(Bytes(json)), Throws.InstanceOf<JsonException>());

    [Test]
    public void A_retention_policy_whose_period_is_no_text_is_refused_as_one() =>
        Assert.That(() => RetentionReply.Parse(Bytes("{\"name\":\"a\",\"retentionPolicy\":{\"retentionPeriod\":\"#\"}}")), Throws.InstanceOf<JsonException>());

    // # stands for a byte that is no UTF-8.
    private static byte[] Bytes(string json) => [.. Encoding.UTF8.GetBytes(json).SelectMany(b => b == (byte)'#' ? NoUtf8 : [b])];
}
