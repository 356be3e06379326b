using NUnit.Framework;
using Sealtail.FakeGcs.Faults;
using Sealtail.FakeGcs.Protocol;

namespace Sealtail.Tests.FakeGcs;

[Parallelizable(ParallelScope.All)]
internal sealed class EmulatorEndpointTests
{
    [Test]
    public async Task Faults_can_be_scripted_from_outside()
    {
        await using var gcs = await Gcs.StartAsync();

        var added = await gcs.PostAsync("__emulator/faults", """
            [{"kind":"status","form":"applied","method":"POST","name":"v1/*","count":2,"skip":1,"status":429,"retryAfter":"3","body":"html"},
             {"kind":"stall","call":"objectGet","delay":"00:00:30","probability":0.5},
             {"kind":"corrupt","fields":{"crc32c":"AAAAAA==","md5Hash":null}}]
            """);

        Assert.That(added.Status, Is.EqualTo(200));
        var rules = gcs.Server.Faults.Faults.Select(fault => fault.Rule).ToArray();
        Assert.That((rules[0].Kind, rules[0].Form, rules[0].Body, rules[0].RetryAfter), Is.EqualTo((FaultKind.Status, FaultForm.Applied, FaultBody.Html, "3")));
        Assert.That((rules[1].Call, rules[1].Delay), Is.EqualTo((GcsCall.ObjectGet, TimeSpan.FromSeconds(30))));
        Assert.That(rules[2].Fields["md5Hash"], Is.Null);
        Assert.That((await gcs.GetAsync("__emulator/faults")).Json.AsArray(), Has.Count.EqualTo(3));
        Assert.That((await gcs.DeleteAsync("__emulator/faults")).Status, Is.EqualTo(204));
        Assert.That(gcs.Server.Faults.Faults, Is.Empty);
    }

    [TestCase("""{"kind":"earthquake"}""")]
    [TestCase("""{"status":503}""")]
    [TestCase("""{"kind":"status","stauts":503}""")]
    [TestCase("""{"kind":"status","nameRegex":"("}""")]
    public async Task A_fault_that_makes_no_sense_is_refused(string json)
    {
        await using var gcs = await Gcs.StartAsync();

        Assert.That((await gcs.PostAsync("__emulator/faults", json)).Status, Is.EqualTo(400));
    }

    [Test]
    public async Task The_journal_tells_what_was_asked_and_answered()
    {
        await using var gcs = await Gcs.StartAsync();
        gcs.Server.Faults.Add(new() { Kind = FaultKind.Status, Form = FaultForm.Applied });
        await gcs.SendAsync(HttpMethod.Post, "upload/storage/v1/b/audit/o?uploadType=multipart", Gcs.Multipart("hello", """{"name":"a/b"}"""));

        var journal = (await gcs.GetAsync("__emulator/requests")).Json.AsArray();

        Assert.That(journal, Has.Count.EqualTo(1));
        using (Assert.EnterMultipleScope())
        {
            Assert.That((string?)journal[0]!["call"], Is.EqualTo("objectInsert"));
            Assert.That((string?)journal[0]!["name"], Is.EqualTo("a/b"));
            Assert.That((string?)journal[0]!["target"], Is.EqualTo("/upload/storage/v1/b/audit/o?uploadType=multipart"));
            Assert.That((int?)journal[0]!["outcome"], Is.EqualTo(200));
            Assert.That((int?)journal[0]!["status"], Is.EqualTo(503));
            Assert.That((string?)journal[0]!["stage"], Is.EqualTo("replied"));
            Assert.That((string?)journal[0]!["headers"]!["Content-Type"], Does.StartWith("multipart/related"));
        }
    }

    [Test]
    public async Task The_journal_forgets_the_oldest_first()
    {
        await using var gcs = await Gcs.StartAsync(new(), new() { JournalCapacity = 2 });
        foreach (var name in new[] { "a", "b", "c" })
            await gcs.InsertAsync(name, "x");

        Assert.That(gcs.Server.Journal.Requests.Select(request => request.Name), Is.EqualTo(new[] { "b", "c" }));
        await gcs.DeleteAsync("__emulator/requests");
        await gcs.InsertAsync("d", "x");
        Assert.That(gcs.Server.Journal.Requests.Select(request => request.Name), Is.EqualTo(new[] { "d" }));
    }

    [Test]
    public async Task Stored_bytes_and_the_clock_can_be_tampered_with_from_outside()
    {
        await using var gcs = await Gcs.StartAsync();
        gcs.Bucket.Put("x", "hello"u8);

        await gcs.PostAsync("__emulator/clock", """{"jump":"-1.00:00:00"}""");
        await gcs.PostAsync("__emulator/tamper", """{"bucket":"audit","name":"x","action":"corrupt","offset":4}""");
        var corrupted = gcs.Bucket.Find("x")!.ReadBytes();
        await gcs.PostAsync("__emulator/tamper", """{"bucket":"audit","name":"x","action":"delete"}""");

        Assert.That(corrupted[4], Is.EqualTo('o' ^ 0xFF));
        Assert.That(gcs.Bucket.Find("x"), Is.Null);
        Assert.That(gcs.Server.Clock.UtcNow, Is.EqualTo(Gcs.Start.AddDays(-1)));
    }
}
