using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using Sealtail.Observability;

namespace Sealtail.Tests.Observability;

/// <summary>The status server over real sockets.</summary>
internal sealed class StatusServerTests
{
    private readonly FakeTimeProvider time = new();
    private Socket listening = null!; // set before each test
    private StatusServer server = null!;

    [SetUp]
    public async Task StartAsync()
    {
        listening = StatusServer.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        server = new StatusServer(listening, Answer, time, NullLogger<StatusServer>.Instance);
        await server.StartAsync(CancellationToken.None);
    }

    [TearDown]
    public async Task StopAsync()
    {
        await server.StopAsync(CancellationToken.None);
        server.Dispose();
        listening.Dispose();
    }

    [Test]
    public async Task A_client_of_the_platform_gets_the_body()
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });

        for (var i = 0; i < 3 * StatusServer.MaxConnections; i++)
        {
            using var response = await client.GetAsync(new Uri($"http://{listening.LocalEndPoint}/hello?x=1"));

            Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo("You asked for /hello\n"));
            Assert.That(response.Headers.ConnectionClose, Is.True);
        }
    }

    [TestCase("GET / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200 OK\r\n", "You asked for /\n")]
    [TestCase("GET / HTTP/1.0\n\n", "HTTP/1.1 200 OK\r\n", "You asked for /\n")]
    [TestCase("HEAD /metrics HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n", "\r\n\r\n")]
    [TestCase("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", "HTTP/1.1 405 ", "Only GET and HEAD.\n")]
    [TestCase("GET http://x/ HTTP/1.1\r\n\r\n", "HTTP/1.1 400 ", "This is not HTTP/1.\n")]
    [TestCase("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP/1.1 400 ", "This is not HTTP/1.\n")]
    [TestCase("\u0016\u0003\u0001", "HTTP/1.1 400 ", "The request has no end.\n")]
    [TestCase("GET /fault HTTP/1.1\r\n\r\n", "HTTP/1.1 500 ", "A fault of sealtail itself; its log says more.\n")]
    public async Task Whatever_is_sent_gets_one_whole_reply(string request, string begins, string ends)
    {
        var reply = await AskAsync(Encoding.Latin1.GetBytes(request));

        Assert.That(reply, Does.StartWith(begins).And.EndWith(ends).And.Contain("\r\nConnection: close\r\n"));
    }

    [Test]
    public async Task A_reply_to_HEAD_states_the_length_that_GET_would_have() =>
        Assert.That(await AskAsync("HEAD /abc HTTP/1.1\r\n\r\n"u8.ToArray()), Does.Contain("\r\nContent-Length: 19\r\n"));

    [Test]
    public async Task An_endless_head_is_refused() =>
        Assert.That(await AskAsync([.. "GET / HTTP/1.1\r\n"u8, .. Enumerable.Repeat((byte)'x', StatusServer.MaxRequest)]), Does.StartWith("HTTP/1.1 431 "));

    [Test]
    public async Task Clients_that_say_nothing_hold_up_others_for_seconds_only()
    {
        var silent = new List<Socket>();
        for (var i = 0; i < StatusServer.MaxConnections; i++) silent.Add(await ConnectAsync());
        var asked = AskAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
        await Task.WhenAny(asked, Task.Delay(200));
        Assert.That(asked.IsCompleted, Is.False, "all slots are taken");

        // Each slot's patience begins when its connection is accepted, so the clock moves until all are through.
        while (await Task.WhenAny(asked, Task.Delay(20)) != asked) time.Advance(StatusServer.Patience);

        Assert.That(await asked, Does.StartWith("HTTP/1.1 200 "));
        foreach (var socket in silent) socket.Dispose();
    }

    [Test]
    public void An_address_in_use_is_explained() =>
        Assert.That(
            () => StatusServer.Listen((IPEndPoint)listening.LocalEndPoint!), // it listens
            Throws.TypeOf<IOException>().With.Message.Match($"^service\\.http: {listening.LocalEndPoint} cannot be listened on: Address already in use\\. "));

    private static HttpReply Answer(string path) => path == "/fault" ? throw new InvalidOperationException("a fault") : HttpReply.Text(200, $"You asked for {path}\n");

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(listening.LocalEndPoint!); // it listens
        return socket;
    }

    private async Task<string> AskAsync(byte[] request)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var socket = await ConnectAsync();
        await using var stream = new NetworkStream(socket);
        await socket.SendAsync(request, patience.Token);
        socket.Shutdown(SocketShutdown.Send);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync(patience.Token);
    }
}
