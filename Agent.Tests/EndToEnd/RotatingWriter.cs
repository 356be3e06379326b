using System.Text;

namespace Sealtail.Tests.EndToEnd;

/// <summary>Writes and rotates a log until it is stopped, as fast as a busy apiserver, and remembers every byte.</summary>
internal sealed class RotatingWriter : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly MemoryStream written = new();
    private readonly Task writing;

    public RotatingWriter(string path, int rotateAt, bool compress) => writing = Task.Run(() => WriteAsync(path, rotateAt, compress));

    /// <summary>Ends the writing; all that was written.</summary>
    public async Task<byte[]> StopAsync()
    {
        await stop.CancelAsync();
        await writing;
        return written.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        stop.Dispose();
    }

    private async Task WriteAsync(string path, int rotateAt, bool compress)
    {
        using var log = new LumberjackWriter(path);
        long size = 0;
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var line = Encoding.UTF8.GetBytes($"{{\"auditID\":\"{i:x8}\",\"pad\":\"{new string('p', i % 700)}\"}}\n");
            if (size + line.Length > rotateAt)
            {
                log.Rotate();
                log.Mill(compress);
                size = 0;
            }

            log.Write(line);
            size += line.Length;
            written.Write(line);
            if (i % 20 == 19) await Task.Delay(4);
        }
    }
}
