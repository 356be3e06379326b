using System.Text;
using System.Text.Json.Nodes;
using Sealtail.FakeGcs.Protocol;
using Sealtail.FakeGcs.Storage;

namespace Sealtail.FakeGcs.Http;

/// <summary>
/// A <c>multipart/related</c> upload: JSON metadata, then the bytes, streamed. Takes CRLF and the bare LF of gcloud, whichever the first line uses.
/// </summary>
internal sealed class MultipartUpload
{
    private const int LongestLine = 16 * 1024;
    private const int LongestMetadata = 1024 * 1024;

    private readonly BufferedBody body;
    private readonly byte[] delimiter;

    private MultipartUpload(BufferedBody body, byte[] delimiter, JsonObject metadata)
    {
        this.body = body;
        this.delimiter = delimiter;
        Metadata = metadata;
    }

    public JsonObject Metadata { get; }

    /// <summary>Reads up to the end of the metadata; the bytes are still to come.</summary>
    public static async Task<MultipartUpload> OpenAsync(Stream stream, string? contentType, CancellationToken cancellationToken)
    {
        var boundary = Boundary(contentType);
        var body = new BufferedBody(stream);
        string line;
        do
        {
            line = await body.ReadLineAsync(LongestLine, cancellationToken);
        }
        while (line.TrimEnd() != $"--{boundary}");

        var newline = line.EndsWith('\r') ? "\r\n" : "\n";
        var delimiter = Encoding.UTF8.GetBytes($"{newline}--{boundary}");
        await ReadHeadersAsync(body, cancellationToken);
        var json = new MemoryStream();
        await body.CopyUntilAsync(delimiter, bytes =>
        {
            json.Write(bytes);
            if (json.Length > LongestMetadata)
                throw Malformed();
        }, cancellationToken);
        return new MultipartUpload(body, delimiter, JsonReading.Object(json.GetBuffer().AsSpan(0, (int)json.Length)));
    }

    /// <summary>Reads the bytes' part to the end of the request. Returns the content type it gives.</summary>
    public async Task<string?> CopyAsync(BlobWriter writer, CancellationToken cancellationToken)
    {
        if ((await body.ReadLineAsync(LongestLine, cancellationToken)).StartsWith("--", StringComparison.Ordinal))
            throw Malformed();

        var contentType = await ReadHeadersAsync(body, cancellationToken);
        await body.CopyUntilAsync(delimiter, writer.Append, cancellationToken);
        await body.DrainAsync(cancellationToken);
        return contentType;
    }

    public static GcsException Malformed() => new(400, "badContent", "Malformed multipart body.");

    private static string Boundary(string? contentType)
    {
        const string Key = "boundary=";
        if (contentType?.IndexOf(Key, StringComparison.OrdinalIgnoreCase) is not (>= 0 and var at))
            throw Malformed();

        var value = contentType[(at + Key.Length)..];
        var boundary = value.Length > 0 && value[0] is '"' or '\'' ? value.Split(value[0])[1] : value.Split(';')[0].Trim();
        return boundary.Length > 0 ? boundary : throw Malformed();
    }

    private static async Task<string?> ReadHeadersAsync(BufferedBody body, CancellationToken cancellationToken)
    {
        string? contentType = null;
        while ((await body.ReadLineAsync(LongestLine, cancellationToken)).TrimEnd('\r') is { Length: > 0 } line)
        {
            if (line.StartsWith("content-type:", StringComparison.OrdinalIgnoreCase))
                contentType = line[13..].Trim();
        }

        return contentType;
    }
}
