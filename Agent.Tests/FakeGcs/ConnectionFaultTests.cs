using System.Net.Sockets;
using System.Text;
using NUnit.Framework;
using Sealtail.FakeGcs.Faults;
using Sealtail.FakeGcs.Journal;

namespace Sealtail.Tests.FakeGcs;

[Parallelizable(ParallelScope.All)]
internal sealed class ConnectionFaultTests
{
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

        await Assert.CatchAsync(() => gcs.InsertMediaAsync("x", new byte[20_000_000]));

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

        var sending = gcs.InsertMediaAsync("x", new byte[5_000_000]);
        var stalled = await WaitForAsync(gcs, request => request.Stage == RequestStage.Stalled);
        gcs.Time.Advance(TimeSpan.FromSeconds(30));

        Assert.That(stalled.BodyBytes, Is.EqualTo(10_000));
        Assert.That((await sending)["size"], Is.EqualTo("5000000"));
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
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return await gcs.Server.Journal.WaitForAsync(wanted, patience.Token);
    }

    // Everything a client without mercy or helpful libraries receives until the connection ends, politely or by a reset.
    private static async Task<string> SendRawAsync(Gcs gcs, string request)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var socket = new TcpClient();
        await socket.ConnectAsync(gcs.Server.Address.Host, gcs.Server.Address.Port);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
        var received = new MemoryStream();
        try
        {
            await socket.GetStream().CopyToAsync(received, patience.Token);
        }
        catch (IOException)
        {
            // A reset: what came before it counts.
        }

        return Encoding.ASCII.GetString(received.ToArray());
    }
}
