using System.Net.Sockets;
using System.Text;
using NUnit.Framework;
using Sealtail.FakeGcs.Faults;
using Sealtail.FakeGcs.Journal;
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
    public async Task A_reset_looks_like_one_and_never_like_an_empty_reply([Values] FaultForm form)
    {
        await using var gcs = await Gcs.StartAsync();
        gcs.Server.Faults.Add(new() { Kind = FaultKind.Reset, Form = form });

        var received = await SendRawAsync(gcs, "POST /upload/storage/v1/b/audit/o?uploadType=media&name=x HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello");

        Assert.That(received, Is.Empty);
        await Assert.ThrowsAsync<HttpRequestException>(() => gcs.InsertAsync("y", "y"));
        Assert.That(gcs.Bucket.Objects, Has.Count.EqualTo(form == FaultForm.Applied ? 2 : 0));
        Assert.That(gcs.Server.Journal.Requests.Select(request => (request.Stage, request.Status)), Is.All.EqualTo((RequestStage.Cut, (int?)null)));
    }

    [Test]
    public async Task A_reset_may_come_in_the_middle_of_the_upload()
    {
        await using var gcs = await Gcs.StartAsync();
        gcs.Server.Faults.Add(new() { Kind = FaultKind.Reset, AfterBytes = 100_000 });

        await Assert.CatchAsync(() => gcs.InsertMediaAsync("x", new byte[50_000_000]));

        Assert.That(gcs.Server.Journal.Requests.Single().BodyBytes, Is.EqualTo(100_000));
        Assert.That(gcs.Bucket.Objects, Is.Empty);
    }

    [Test]
    public async Task A_truncated_200_promises_more_than_it_brings([Values] FaultForm form)
    {
        await using var gcs = await Gcs.StartAsync();
        gcs.Server.Faults.Add(new() { Kind = FaultKind.Truncate, Form = form });

        var received = await SendRawAsync(gcs, "POST /upload/storage/v1/b/audit/o?uploadType=media&name=x HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello");
        var body = received[(received.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];

        Assert.That(received, Does.StartWith("HTTP/1.1 200 OK\r\n"));
        Assert.That(received, Does.Match($"Content-Length: {body.Length * 2}|Content-Length: {(body.Length * 2) + 1}"));
        Assert.That(body, Does.StartWith("{"));
        Assert.That(gcs.Bucket.Find("x") is not null, Is.EqualTo(form == FaultForm.Applied));
        await Assert.CatchAsync(() => gcs.InsertAsync("y", "y"));
    }

    [Test]
    public async Task An_empty_reply_to_be_truncated_never_comes()
    {
        await using var gcs = await Gcs.StartAsync();
        gcs.Bucket.Put("x", "x"u8);
        gcs.Server.Faults.Add(new() { Kind = FaultKind.Truncate, Form = FaultForm.Applied });

        Assert.That(await SendRawAsync(gcs, "DELETE /storage/v1/b/audit/o/x HTTP/1.1\r\nHost: h\r\n\r\n"), Is.Empty);
        Assert.That(gcs.Bucket.Find("x"), Is.Null);
    }

    [Test]
    public async Task A_download_can_be_truncated_too()
    {
        await using var gcs = await Gcs.StartAsync();
        gcs.Bucket.Put("x", new byte[1_000_000]);
        gcs.Server.Faults.Add(new() { Kind = FaultKind.Truncate, Form = FaultForm.Applied, AfterBytes = 70_000 });

        var received = await SendRawAsync(gcs, "GET /audit/x HTTP/1.1\r\nHost: h\r\n\r\n");

        Assert.That(received[(received.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..], Has.Length.EqualTo(70_000));
    }

    [Test]
    public async Task A_reply_that_never_comes_waits_until_the_client_gives_up([Values] FaultForm form)
    {
        await using var gcs = await Gcs.StartAsync();
        gcs.Server.Faults.Add(new() { Kind = FaultKind.Stall, Form = form });
        using var patience = new CancellationTokenSource();

        var sending = gcs.SendAsync(HttpMethod.Post, "upload/storage/v1/b/audit/o?uploadType=media&name=x", new ByteArrayContent([1]), null, patience.Token);
        await WaitForAsync(gcs, request => request.Stage == RequestStage.Stalled);
        await patience.CancelAsync();
        var record = await WaitForAsync(gcs, request => request.Stage == RequestStage.Cut);

        await Assert.CatchAsync<OperationCanceledException>(() => sending);
        Assert.That(record.Status, Is.Null);
        Assert.That(gcs.Bucket.Find("x") is not null, Is.EqualTo(form == FaultForm.Applied));
    }

    [Test]
    public async Task A_stall_ends_when_its_time_is_up([Values] FaultForm form)
    {
        await using var gcs = await Gcs.StartAsync();
        gcs.Server.Faults.Add(new() { Kind = FaultKind.Stall, Form = form, Delay = TimeSpan.FromSeconds(30) });

        var sending = gcs.InsertAsync("x", "x");
        await WaitForAsync(gcs, request => request.Stage == RequestStage.Stalled);
        var storedMeanwhile = gcs.Bucket.Find("x") is not null;
        gcs.Time.Advance(TimeSpan.FromSeconds(30));

        Assert.That((await sending).Status, Is.EqualTo(200));
        Assert.That(storedMeanwhile, Is.EqualTo(form == FaultForm.Applied));
    }

    [Test]
    public async Task A_stall_may_come_in_the_middle_of_the_upload()
    {
        await using var gcs = await Gcs.StartAsync();
        gcs.Server.Faults.Add(new() { Kind = FaultKind.Stall, AfterBytes = 10_000, Delay = TimeSpan.FromSeconds(30) });

        var sending = gcs.InsertMediaAsync("x", new byte[20_000_000]);
        var stalled = await WaitForAsync(gcs, request => request.Stage == RequestStage.Stalled);
        gcs.Time.Advance(TimeSpan.FromSeconds(30));

        Assert.That(stalled.BodyBytes, Is.EqualTo(10_000));
        Assert.That((await sending)["size"], Is.EqualTo("20000000"));
    }

    [Test]
    public async Task A_drip_sends_the_reply_piece_by_piece()
    {
        await using var gcs = await Gcs.StartAsync();
        gcs.Bucket.Put("x", "0123456789"u8);
        gcs.Server.Faults.Add(new() { Kind = FaultKind.Drip, PieceBytes = 4, Delay = TimeSpan.FromSeconds(1) });
        using var client = new HttpClient();

        using var response = await client.GetAsync(new Uri(gcs.Server.Address, "audit/x"), HttpCompletionOption.ResponseHeadersRead);
        await using var stream = await response.Content.ReadAsStreamAsync();
        var first = new byte[10];
        var came = await stream.ReadAtLeastAsync(first, 4);
        var reading = stream.ReadAtLeastAsync(first.AsMemory(4), 6).AsTask();
        while (!reading.IsCompleted)
        {
            gcs.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.That(came, Is.EqualTo(4));
        Assert.That(Encoding.ASCII.GetString(first), Is.EqualTo("0123456789"));
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

    [Test]
    public async Task Stopping_ends_what_is_stalled()
    {
        var gcs = await Gcs.StartAsync();
        gcs.Server.Faults.Add(new() { Kind = FaultKind.Stall });
        var sending = gcs.GetAsync("audit/x");
        await WaitForAsync(gcs, request => request.Stage == RequestStage.Stalled);

        await gcs.Server.DisposeAsync();

        await Assert.CatchAsync<HttpRequestException>(() => sending);
    }

    private static async Task<RequestRecord> WaitForAsync(Gcs gcs, Func<RequestRecord, bool> wanted)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        return await gcs.Server.Journal.WaitForAsync(wanted, patience.Token);
    }

    // Everything a client without mercy or helpful libraries receives until the connection ends, politely or by a reset.
    private static async Task<string> SendRawAsync(Gcs gcs, string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(gcs.Server.Address.Host, gcs.Server.Address.Port);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
        var received = new MemoryStream();
        try
        {
            await socket.GetStream().CopyToAsync(received);
        }
        catch (IOException)
        {
            // A reset: what came before it counts.
        }

        return Encoding.ASCII.GetString(received.ToArray());
    }
}
