using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Sealtail.Observability;

/// <summary>
/// Answers GET and HEAD with one reply a connection. Of our own, because the framework's HttpListener takes no port 0, answers only to the host name that
/// it was told (a kubelet asks for the pod's address) and has no time limits on Linux, and Kestrel brings a framework that nothing else here needs.
/// Nobody who connects can hold up anything but these few slots.
/// </summary>
internal sealed partial class StatusServer(Socket listening, Func<string, HttpReply> answer, TimeProvider time, ILogger<StatusServer> logger) : BackgroundService
{
    public const int MaxConnections = 16;
    public const int MaxRequest = 8192;
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    /// <summary>Takes the address at once, so that a wrong one stops the start.</summary>
    /// <exception cref="IOException">It cannot be listened on; the message says why and what to do.</exception>
    public static Socket Listen(IPEndPoint address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(address);
            socket.Listen(backlog: 64);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new IOException($"service.http: {address} cannot be listened on: {e.Message}. Choose a free address of this machine, or leave service.http away.", e);
        }
    }

    public override void Dispose()
    {
        listening.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        LogListening(listening.LocalEndPoint);
        var slots = new SemaphoreSlim(MaxConnections);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await slots.WaitAsync(stoppingToken);
                var client = await listening.AcceptAsync(stoppingToken);
                _ = ServeAsync(client, slots, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (SocketException e) // no descriptors left, or the client is gone already
            {
                slots.Release();
                LogNotAccepted(e.Message);
                await Task.Delay(PauseAfterFailure, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ServeAsync(Socket client, SemaphoreSlim slots, CancellationToken stoppingToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stoppingToken);
        try
        {
            var buffer = new byte[MaxRequest];
            var length = await ReadHeadAsync(client, buffer, either.Token);
            if (length == 0) return; // a port probe
            var (reply, withBody) = HttpRequest.Parse(buffer.AsSpan(0, length)) switch
            {
                { Refusal: { } refusal } => (refusal, true),
                var request => (Answer(request.Path), request.Method != "HEAD"),
            };
            await SendAsync(client, reply.Head(), either.Token);
            if (withBody) await SendAsync(client, reply.Body, either.Token);

            // Closing with unread bytes would reset the connection and take the reply with it.
            client.Shutdown(SocketShutdown.Send);
            while (await client.ReceiveAsync(buffer, either.Token) > 0)
            {
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // The client went away, or was too slow.
        }
        finally
        {
            client.Dispose();
            slots.Release();
        }
    }

    // Up to the empty line; less where the client ended before, or the buffer is full.
    private static async Task<int> ReadHeadAsync(Socket client, byte[] buffer, CancellationToken cancellationToken)
    {
        var length = 0;
        while (length < buffer.Length && !HttpRequest.IsComplete(buffer.AsSpan(0, length)))
        {
            var read = await client.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
            if (read == 0) break;
            length += read;
        }

        return length;
    }

    private static async Task SendAsync(Socket client, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (bytes.Length > 0) bytes = bytes[await client.SendAsync(bytes, cancellationToken)..];
    }

    // The edge of what a request can reach: a fault in an answer is that answer's, and never the agent's.
    private HttpReply Answer(string path)
    {
        try
        {
            return answer(path);
        }
        catch (Exception e)
        {
            LogFault(e, path);
            return HttpReply.Text(500, "A fault of sealtail itself; its log says more.\n");
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Listening on http://{Address} for /metrics, /healthz, /readyz and /status")]
    private partial void LogListening(EndPoint? address);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A connection to the status server was not accepted: {Reason}")]
    private partial void LogNotAccepted(string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Path} could not be answered")]
    private partial void LogFault(Exception exception, string path);
}
