using NUnit.Framework;
using Sealtail.FakeGcs.Faults;
using Sealtail.FakeGcs.Protocol;
using Sealtail.FakeGcs.Storage;

namespace Sealtail.Tests.FakeGcs;

[Parallelizable(ParallelScope.All)]
internal sealed class FaultTests
{
    [Test]
    public async Task A_status_strikes_before_or_after_the_commit([Values] FaultForm form)
    {
        await using var gcs = await Gcs.StartAsync();
        gcs.Server.Faults.Add(new() { Kind = FaultKind.Status, Form = form, Status = 503, RetryAfter = "7", Count = 1 });

        var first = await gcs.InsertAsync("x", "x", "&ifGenerationMatch=0");
        var second = await gcs.InsertAsync("x", "x", "&ifGenerationMatch=0");

        Assert.That((first.Status, first.Reason, first.Header("Retry-After")), Is.EqualTo((503, "backendError", "7")));
        Assert.That(second.Status, Is.EqualTo(form == FaultForm.Applied ? 412 : 200));
        Assert.That((gcs.Server.Journal.Requests[0].Outcome, gcs.Server.Journal.Requests[0].Status), Is.EqualTo((form == FaultForm.Applied ? 200 : (int?)null, 503)));
    }

    [TestCase(429, FaultBody.Json, "rateLimitExceeded")]
    [TestCase(403, FaultBody.Json, "rateLimitExceeded")]
    [TestCase(502, FaultBody.Html, "<!DOCTYPE html>")]
    [TestCase(500, FaultBody.Empty, "")]
    public async Task A_status_may_come_with_json_html_or_nothing(int status, FaultBody body, string words)
    {
        await using var gcs = await Gcs.StartAsync();
        gcs.Server.Faults.Add(new() { Kind = FaultKind.Status, Status = status, Body = body });

        var answer = await gcs.GetAsync("audit/x");

        Assert.That(answer.Status, Is.EqualTo(status));
        Assert.That(answer.Text, Does.Contain(words));
        Assert.That(answer.Header("Retry-After"), Is.Empty);
        Assert.That(body != FaultBody.Empty || answer.Bytes.Length == 0);
    }

    [Test]
    public async Task A_rule_may_count_for_each_name_by_itself()
    {
        await using var gcs = await Gcs.StartAsync();
        gcs.Server.Faults.Add(new() { Kind = FaultKind.Status, Status = 503, PerName = true, Skip = 1, Count = 1 });

        var statuses = new List<int>();
        foreach (var name in new[] { "x", "y", "x", "y", "x", "y" }) statuses.Add((await gcs.InsertAsync(name, name)).Status);

        Assert.That(statuses, Is.EqualTo(new[] { 200, 200, 503, 503, 200, 200 }));
        Assert.That(gcs.Server.Faults.Faults.Single().Struck, Is.EqualTo(2));
    }

    [Test]
    public async Task A_reply_can_lie_about_what_was_stored()
    {
        await using var gcs = await Gcs.StartAsync(new BucketSettings { Retention = TimeSpan.FromDays(1) });
        gcs.Server.Faults.Add(new()
        {
            Kind = FaultKind.Corrupt,
            Call = GcsCall.ObjectInsert,
            Fields = new Dictionary<string, string?> { ["crc32c"] = "AAAAAA==", ["size"] = "6", ["retentionExpirationTime"] = null },
        });

        var answer = await gcs.InsertAsync("x", "hello");

        Assert.That((answer.Status, answer["crc32c"], answer["size"], answer["retentionExpirationTime"]), Is.EqualTo((200, "AAAAAA==", "6", (string?)null)));
        Assert.That(gcs.Bucket.Find("x")!.Content.Crc32C, Is.EqualTo("mnG7TA=="));
    }

    [Test]
    public async Task A_download_can_be_damaged_on_its_way()
    {
        await using var gcs = await Gcs.StartAsync();
        gcs.Bucket.Put("x", "hello"u8);
        gcs.Server.Faults.Add(new() { Kind = FaultKind.Corrupt, Count = 1 });

        var damaged = await gcs.GetAsync("audit/x");
        var whole = await gcs.GetAsync("audit/x");

        Assert.That(damaged.Bytes, Is.EqualTo(new[] { (byte)('h' ^ 0xFF), (byte)'e', (byte)'l', (byte)'l', (byte)'o' }));
        Assert.That(whole.Text, Is.EqualTo("hello"));
    }

    [Test]
    public async Task Credentials_can_be_refused_after_a_number_of_requests()
    {
        await using var gcs = await Gcs.StartAsync();
        gcs.Server.Faults.Add(new() { Kind = FaultKind.Status, Status = 401, Skip = 2, Count = 1 });

        var statuses = new List<int>();
        for (var i = 0; i < 4; i++)
            statuses.Add((await gcs.InsertAsync($"{i}", "x")).Status);

        Assert.That(statuses, Is.EqualTo(new[] { 200, 200, 401, 200 }));
    }

    [Test]
    public async Task The_clock_can_jump_at_a_request()
    {
        await using var gcs = await Gcs.StartAsync();
        gcs.Server.Faults.Add(new() { Kind = FaultKind.ClockJump, Jump = TimeSpan.FromDays(-1), Count = 1 });

        Assert.That((await gcs.InsertAsync("x", "x"))["timeCreated"], Is.EqualTo("2026-11-21T09:00:00.000Z"));
    }

    [Test]
    public async Task A_rule_strikes_whom_it_names()
    {
        await using var gcs = await Gcs.StartAsync();
        gcs.Server.Faults.Add(new() { Kind = FaultKind.Status, Method = "POST", Name = "v1/chunks/*.gz", Status = 500 });
        gcs.Server.Faults.Add(new() { Kind = FaultKind.Status, NameRegex = "^v1/manifests/.*/0{12}[.]", Status = 502 });
        gcs.Server.Faults.Add(new() { Kind = FaultKind.Status, Call = GcsCall.BucketGet, Status = 504 });

        var statuses = new[]
        {
            (await gcs.InsertAsync("v1/chunks/date=1/a b.gz", "x")).Status,
            (await gcs.SendAsync(HttpMethod.Post, "upload/storage/v1/b/audit/o?uploadType=multipart", Gcs.Multipart("x", """{"name":"v1/chunks/named-inside.gz"}"""))).Status,
            (await gcs.InsertAsync("v1/chunks/other", "x")).Status,
            (await gcs.GetAsync("audit/v1/chunks/other")).Status,
            (await gcs.InsertAsync("v1/manifests/e1/000000000000.dsse.json", "x")).Status,
            (await gcs.GetAsync("storage/v1/b/audit")).Status,
        };

        Assert.That(statuses, Is.EqualTo(new[] { 500, 500, 200, 200, 502, 504 }));
    }

    [Test]
    public async Task Chances_follow_the_seed()
    {
        async Task<string> RunAsync(int seed)
        {
            await using var gcs = await Gcs.StartAsync(new BucketSettings(), new() { Seed = seed });
            var fault = gcs.Server.Faults.Add(new() { Kind = FaultKind.Status, Probability = 0.5 });
            var marks = "";
            for (var i = 0; i < 40; i++)
                marks += (await gcs.GetAsync("storage/v1/b/audit")).Status == 200 ? '.' : 'x';

            Assert.That((fault.Matched, fault.Struck), Is.EqualTo((40, marks.Count(mark => mark == 'x'))));
            return marks;
        }

        var first = await RunAsync(1);
        Assert.That(await RunAsync(1), Is.EqualTo(first));
        Assert.That(await RunAsync(2), Is.Not.EqualTo(first));
    }
}
