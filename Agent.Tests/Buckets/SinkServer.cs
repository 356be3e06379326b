using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sealtail.Tests.Buckets;

/// <summary>Swallows one upload with one buffer and confirms it: a store that allocates nothing, for measuring who does.</summary>
internal sealed class SinkServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly byte[] buffer = new byte[256 * 1024];

    public SinkServer() => listener.Start();

    public Uri Address => new($"http://{listener.LocalEndpoint}");

    public async Task TakeAsync(string reply)
    {
        using var client = await listener.AcceptTcpClientAsync();
        await using var stream = client.GetStream();
        long left = -1;
        for (var filled = 0; left != 0;)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(filled));
            if (read == 0) throw new EndOfStreamException("The client went away.");
            if (left < 0)
            {
                filled += read;
                var text = Encoding.Latin1.GetString(buffer, 0, filled);
                if (text.IndexOf("\r\n\r\n", StringComparison.Ordinal) is not (>= 0 and var end)) continue;
                var length = text[..end].Split("\r\n").Single(line => line.StartsWith("Content-Length: ", StringComparison.Ordinal));
                left = long.Parse(length[16..]) - (filled - end - 4);
                filled = 0;
            }
            else
            {
                left -= read;
            }
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {reply.Length}\r\n\r\n{reply}"));
    }

    public void Dispose() => listener.Dispose();
}
