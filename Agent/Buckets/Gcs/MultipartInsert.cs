using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Sealtail.Format;

namespace Sealtail.Buckets.Gcs;

/// <summary>
/// The body of a <c>multipart/related</c> insert: the metadata with the declared CRC-32C, then the object's bytes, streamed from the spool through one
/// pooled buffer. Bytes that are not the declared ones never reach their end: the body breaks off, and the store has nothing to commit.
/// </summary>
internal sealed class MultipartInsert : HttpContent
{
    private const int CopyBytes = 128 * 1024;

    private readonly Upload upload;
    private readonly byte[] head;
    private readonly byte[] tail;

    public MultipartInsert(Upload upload)
    {
        this.upload = upload;
        var boundary = Guid.NewGuid().ToString("N"); // the object's bytes cannot have foreseen it
        head = [.. Ascii($"--{boundary}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n"), .. Metadata(upload),
            .. Ascii($"\r\n--{boundary}\r\nContent-Type: {upload.ContentType}\r\n\r\n")];
        tail = Ascii($"\r\n--{boundary}--\r\n");
        Headers.ContentType = MediaTypeHeaderValue.Parse($"multipart/related; boundary={boundary}");
    }

    protected override bool TryComputeLength(out long length)
    {
        length = head.Length + upload.Bytes + tail.Length;
        return true;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(head, cancellationToken);
        await CopyAsync(stream, cancellationToken);
        await stream.WriteAsync(tail, cancellationToken);
    }

    private async Task CopyAsync(Stream target, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(CopyBytes);
        try
        {
            await using var source = Read(upload.Open);
            var crc = default(Crc32C);
            long sent = 0;
            while (await ReadAsync(source, buffer, cancellationToken) is > 0 and var read)
            {
                crc = crc.Append(buffer.AsSpan(0, read));
                sent += read;
                // More than declared would be cut off as if it were the next request.
                if (sent > upload.Bytes) break;
                await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }

            if (sent != upload.Bytes || crc.Value != upload.Crc32C)
                throw new BucketException(BucketFault.Damaged, $"{upload.Name} has {(sent > upload.Bytes ? "more than " : "")}{Math.Min(sent, upload.Bytes)} bytes with CRC-32C {crc}; sealed were {upload.Bytes} with {new Crc32C(upload.Crc32C)}.");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // The disk's faults must not look like the network's.
    private T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (IOException e)
        {
            throw Unreadable(e);
        }
    }

    private async ValueTask<int> ReadAsync(Stream source, byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await source.ReadAsync(buffer, cancellationToken);
        }
        catch (IOException e)
        {
            throw Unreadable(e);
        }
    }

    private BucketException Unreadable(IOException e) => new(BucketFault.Transient, $"{upload.Name} cannot be read from the spool: {e.Message}", e);

    private static byte[] Metadata(Upload upload)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("contentType", upload.ContentType);
            json.WriteString("crc32c", new Crc32C(upload.Crc32C).ToString());
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private static byte[] Ascii(string text) => System.Text.Encoding.ASCII.GetBytes(text);
}
