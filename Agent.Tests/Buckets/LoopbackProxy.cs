using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sealtail.Tests.Buckets;

/// <summary>A forward proxy for plain HTTP: takes absolute targets, sends them on in origin form, one request a connection.</summary>
internal sealed class LoopbackProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly Task serving;
    private readonly List<string> targets = [];

    public LoopbackProxy()
    {
        listener.Start();
        serving = ServeAsync();
    }

    public Uri Address => new($"http://{listener.LocalEndpoint}");

    public IReadOnlyList<string> Targets
    {
        get
        {
            lock (targets) return [.. targets];
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Dispose();
        await serving.ContinueWith(static _ => { }, TaskScheduler.Default); // it ends by being cancelled
        stopping.Dispose();
    }

    private async Task ServeAsync()
    {
        var connections = new List<Task>();
        while (!stopping.IsCancellationRequested)
        {
            TcpClient client;
            try
            {
                client = await listener.AcceptTcpClientAsync(stopping.Token);
            }
            catch (OperationCanceledException)
            {
                break;
            }

            connections.Add(RelayAsync(client));
        }

        await Task.WhenAll(connections).ContinueWith(static _ => { }, TaskScheduler.Default);
    }

    private async Task RelayAsync(TcpClient client)
    {
        using var near = client;
        var head = await ReadHeadAsync(near.GetStream());
        var (line, headers) = (head[..head.IndexOf("\r\n", StringComparison.Ordinal)], head[(head.IndexOf("\r\n", StringComparison.Ordinal) + 2)..]);
        var words = line.Split(' ');
        var target = new Uri(words[1]);
        lock (targets) targets.Add(words[1]);

        using var far = new TcpClient();
        await far.ConnectAsync(target.Host, target.Port, stopping.Token);
        await far.GetStream().WriteAsync(Encoding.Latin1.GetBytes($"{words[0]} {target.PathAndQuery} {words[2]}\r\nConnection: close\r\n{headers}"), stopping.Token);
        var up = near.GetStream().CopyToAsync(far.GetStream(), stopping.Token);
        await far.GetStream().CopyToAsync(near.GetStream(), stopping.Token);
        near.Close();
        await up.ContinueWith(static _ => { }, TaskScheduler.Default); // it ends with the connection
    }

    private async Task<string> ReadHeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, stopping.Token) == 0) throw new EndOfStreamException();
            head.Append((char)one[0]);
        }

        return head.ToString();
    }
}
