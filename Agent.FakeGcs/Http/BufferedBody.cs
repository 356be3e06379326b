using System.Text;

namespace Sealtail.FakeGcs.Http;

/// <summary>Reads a stream by lines and up to delimiters, holding one buffer however long the body is.</summary>
internal sealed class BufferedBody(Stream stream)
{
    private readonly byte[] buffer = new byte[64 * 1024];
    private int start;
    private int end;

    /// <summary>A line without its LF.</summary>
    public async Task<string> ReadLineAsync(int longest, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (buffer.AsSpan(start, end - start).IndexOf((byte)'\n') is >= 0 and var length)
            {
                var line = Encoding.UTF8.GetString(buffer, start, length);
                start += length + 1;
                return line;
            }

            if (end - start > longest || !await FillAsync(cancellationToken))
                throw MultipartUpload.Malformed();
        }
    }

    /// <summary>Hands on everything before the delimiter, and swallows the delimiter.</summary>
    public async Task CopyUntilAsync(byte[] delimiter, Action<ReadOnlySpan<byte>> take, CancellationToken cancellationToken)
    {
        while (true)
        {
            var pending = buffer.AsSpan(start, end - start);
            if (pending.IndexOf(delimiter) is >= 0 and var at)
            {
                take(pending[..at]);
                start += at + delimiter.Length;
                return;
            }

            // The last bytes may be the beginning of a delimiter.
            var safe = Math.Max(0, pending.Length - (delimiter.Length - 1));
            take(pending[..safe]);
            start += safe;
            if (!await FillAsync(cancellationToken))
                throw MultipartUpload.Malformed();
        }
    }

    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        do
        {
            start = end = 0;
        }
        while (await FillAsync(cancellationToken));
    }

    private async Task<bool> FillAsync(CancellationToken cancellationToken)
    {
        buffer.AsSpan(start, end - start).CopyTo(buffer);
        (start, end) = (0, end - start);
        var read = await stream.ReadAsync(buffer.AsMemory(end), cancellationToken);
        end += read;
        return read > 0;
    }
}
