using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using NUnit.Framework;
using Sealtail.Tests.Support;

namespace Sealtail.Tests.EndToEnd;

/// <summary>What operators see of the real program: its HTTP pages, <c>sealtail status</c>, and what systemd is told.</summary>
internal sealed class StatusTests : IDisposable
{
    private readonly int port = FreePort();
    private readonly HttpClient client = new(new SocketsHttpHandler { UseProxy = false });

    public void Dispose() => client.Dispose();

    [Test]
    public async Task A_working_agent_is_ready_and_tells_where_it_stands()
    {
        using var bed = new AgentBed(http: port);
        StateTests.Append(bed, 100);
        File.AppendAllText(bed.LogPath, "{\"torn\":");
        var bytes = new FileInfo(bed.LogPath).Length - 8;
        var agent = bed.Start();
        await bed.UntilAsync(() => Ask("/metrics").Body.Contains("sealtail_records_shipped_total{stream=\"test/cp-1/audit\"} 100\n", StringComparison.Ordinal), "100 records are shipped");

        Assert.That(Ask("/healthz"), Is.EqualTo((HttpStatusCode.OK, "ok\n")));
        Assert.That(Ask("/readyz"), Is.EqualTo((HttpStatusCode.OK, "ready\n")));
        Assert.That(Ask("/metrics").Body, Does.Contain($"sealtail_source_bytes_total{{stream=\"test/cp-1/audit\"}} {bytes}\n").And.Contain("sealtail_epoch{stream=\"test/cp-1/audit\"} 1\n"));
        using var status = JsonDocument.Parse(Ask("/status").Body);
        var stream = status.RootElement.GetProperty("streams")[0];
        Assert.That(stream.GetProperty("source").GetProperty("position").GetProperty("offset").GetInt64(), Is.EqualTo(bytes));
        Assert.That(stream.GetProperty("source").GetProperty("pendingBytes").GetInt64(), Is.EqualTo(8));
        var newest = BucketReader.Payloads(bed.Bucket).Last();
        Assert.That(stream.GetProperty("chain").GetProperty("lastConfirmed").GetProperty("sequence").GetInt64(), Is.EqualTo(newest.GetProperty("sequence").GetInt64()));
        Assert.That(stream.GetProperty("chain").GetProperty("lineage").GetString(), Is.EqualTo(newest.GetProperty("lineage").GetString()));

        var human = AgentBed.Run("status", "--config", bed.Configuration);
        Assert.That(human.ExitCode, Is.Zero, human.Error);
        Assert.That(human.Output, Does.Contain("Ready      yes\n").And.Contain("Stream     test/cp-1/audit\n").And.Contain("8 bytes of an unfinished line").And.Not.Contain("\u001b"));
        var json = AgentBed.Run("status", "--config", bed.Configuration, "--output", "json");
        using var document = JsonDocument.Parse(json.Output);
        Assert.That((json.ExitCode, document.RootElement.GetProperty("ready").GetBoolean()), Is.EqualTo((0, true)));
    }

    [Test]
    public async Task A_missing_log_is_not_ready_until_it_is_there_and_never_unhealthy()
    {
        using var bed = new AgentBed(http: port);
        var agent = bed.Start();
        await bed.UntilAsync(() => Ask("/readyz") == (HttpStatusCode.ServiceUnavailable, $"source-missing test/cp-1/audit: {bed.LogPath} is not there. It is read as soon as it is.\n"), "it says what is missing");

        var asked = AgentBed.Run("status", "--config", bed.Configuration);
        Assert.That(asked.ExitCode, Is.EqualTo(3));
        Assert.That(asked.Output, Does.Contain("Ready      no\n").And.Contain("source-missing"));
        Assert.That(Ask("/healthz").Status, Is.EqualTo(HttpStatusCode.OK));

        StateTests.Append(bed, 1);
        await bed.UntilAsync(() => Ask("/readyz").Status == HttpStatusCode.OK, "it is ready once the log is there");
    }

    [Test]
    public async Task Parked_uploads_are_counted_and_named_and_go_on_once_mended()
    {
        using var bed = new AgentBed(http: port);
        StateTests.Append(bed, 10);
        File.WriteAllText(bed.Bucket, "a file where the bucket's directory should be");
        var agent = bed.Start();
        await bed.UntilAsync(() => Failure() is not null, "uploads fail");

        Assert.That(Failure(), Does.Contain(bed.Bucket));
        Assert.That(Ask("/metrics").Body, Does.Match("sealtail_uploads_total\\{stream=\"test/cp-1/audit\",result=\"(refused|denied|bucket-missing)\"\\} [1-9]").And.Match("sealtail_upload_parked\\{[^}]*\\} 1\n").And.Match("sealtail_spool_entries\\{[^}]*\\} 1\n"));
        Assert.That(Ask("/readyz").Status, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(Ask("/readyz").Body, Does.Match("^parked test/cp-1/audit: Uploads wait for an administrator since ").And.Contain(bed.Bucket));
        Assert.That(Ask("/healthz").Status, Is.EqualTo(HttpStatusCode.OK));

        File.Delete(bed.Bucket);
        await bed.UntilAsync(() => Failure() is null, "uploads succeed");
        Assert.That(Ask("/readyz").Status, Is.EqualTo(HttpStatusCode.OK));

        string? Failure()
        {
            var (status, body) = Ask("/status");
            if (status != HttpStatusCode.OK) return null;
            using var document = JsonDocument.Parse(body);
            return document.RootElement.GetProperty("streams")[0].GetProperty("uploads").GetProperty("failure").GetString();
        }
    }

    [Test]
    public void Without_service_http_it_is_explained_how_to_set_it()
    {
        using var bed = new AgentBed();

        var asked = AgentBed.Run("status", "--config", bed.Configuration);

        Assert.That(asked.ExitCode, Is.EqualTo(2));
        Assert.That(asked.Error, Is.EqualTo($"sealtail: The agent of {bed.Configuration} serves no status: set service.http, for instance to 127.0.0.1:2020, and restart it.\n"));
    }

    [Test]
    public void Without_an_agent_nothing_is_concluded()
    {
        using var bed = new AgentBed(http: port);

        var asked = AgentBed.Run("status", "--config", bed.Configuration);

        Assert.That(asked.ExitCode, Is.EqualTo(3));
        Assert.That(asked.Error, Is.EqualTo($"sealtail: No agent answers at http://127.0.0.1:{port}: Connection refused. Is it running, and with this configuration?\n"));
    }

    [Test]
    public void An_address_in_use_stops_the_start()
    {
        using var other = new TcpListener(IPAddress.Loopback, port);
        other.Start();
        using var bed = new AgentBed(http: port);

        var ran = AgentBed.Run("run", "--config", bed.Configuration);

        Assert.That(ran.ExitCode, Is.EqualTo(2));
        Assert.That(ran.Error, Does.Contain($"sealtail: service.http: 127.0.0.1:{port} cannot be listened on: Address already in use.").And.Not.Contain("   at "));
    }

    [Test]
    public async Task Systemd_is_told_of_start_life_and_end()
    {
        using var bed = new AgentBed();
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(bed["notify"]));
        var agent = bed.Start(environment: [("NOTIFY_SOCKET", bed["notify"]), ("WATCHDOG_USEC", "1000000")]);
        var told = new List<string>();
        while (!told.Contains("READY=1") || told.Count(state => state == "WATCHDOG=1") < 3) told.Add(await ReceiveAsync(socket));

        StateTests.Terminate(agent);
        while (!told.Contains("STOPPING=1")) told.Add(await ReceiveAsync(socket));

        Assert.That(told.Distinct(), Is.EquivalentTo(new[] { "READY=1", "WATCHDOG=1", "STOPPING=1" }));
        Assert.That(agent.ExitCode, Is.Zero);
    }

    private static async Task<string> ReceiveAsync(Socket socket)
    {
        var buffer = new byte[256];
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        return Encoding.UTF8.GetString(buffer, 0, await socket.ReceiveAsync(buffer, patience.Token));
    }

    // Nothing while the agent does not listen yet.
    private (HttpStatusCode Status, string Body) Ask(string path)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port}{path}");
            using var response = client.Send(request);
            using var reader = new StreamReader(response.Content.ReadAsStream());
            return (response.StatusCode, reader.ReadToEnd());
        }
        catch (HttpRequestException)
        {
            return default((HttpStatusCode, string)) with { Item2 = "" };
        }
    }

    // Free a moment ago; outside the range that the system gives to others.
    private static int FreePort()
    {
        for (var port = 20000 + TestContext.CurrentContext.Random.Next(10000); ; port++)
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // taken: the next one
            }
        }
    }
}
