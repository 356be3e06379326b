using Sealtail.FakeGcs.Identity;
using Sealtail.FakeGcs.Protocol;
using Sealtail.FakeGcs.Storage;

namespace Sealtail.FakeGcs.Http;

/// <summary>Uploads in a single request: <c>uploadType=media</c> and <c>multipart</c>.</summary>
internal sealed class UploadEndpoints(FakeBuckets buckets, BlobStore blobs)
{
    public async Task<Reply> InsertAsync(Exchange exchange, GcsException? malformed)
    {
        var bucket = exchange.Bucket(buckets, Permissions.ObjectsCreate);
        if (malformed is not null)
            throw malformed;
        if (exchange.Multipart is null && exchange.Query("uploadType") is not "media")
            throw GcsErrors.Invalid($"Invalid uploadType: {exchange.Query("uploadType")}");

        var metadata = exchange.Multipart?.Metadata ?? [];
        var name = exchange.Query("name") ?? metadata.Text("name") ?? throw GcsErrors.Required("name");
        ObjectRequest.CheckName(name);
        var commit = new Commit(bucket, name, metadata, exchange.Preconditions(), exchange.Caller);

        using var writer = blobs.Open();
        var contentType = await CopyAsync(exchange, writer);
        var stored = commit.Run(writer, contentType, DeclaredHashes.From(metadata, exchange.Http.Request.Headers["x-goog-hash"]));
        return Show(exchange, bucket, stored);
    }

    public static Reply Show(Exchange exchange, FakeBucket bucket, StoredObject stored) =>
        Masked.Json(exchange, ObjectJson.Render(stored, bucket, exchange.BaseUrl));

    private static async Task<string?> CopyAsync(Exchange exchange, BlobWriter writer)
    {
        if (exchange.Multipart is { } multipart)
            return await multipart.CopyAsync(writer, exchange.Aborted);

        await CopyAsync(exchange.Body, writer, 0, exchange.Aborted);
        return exchange.Http.Request.ContentType;
    }

    /// <summary>Copies a plain body, but for the bytes at its beginning that are already there. Returns how many bytes came.</summary>
    public static async Task<long> CopyAsync(Stream body, BlobWriter writer, long skip, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        var came = 0L;
        while (await body.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            var known = (int)Math.Clamp(skip - came, 0, read);
            writer.Append(buffer.AsSpan(known, read - known));
            came += read;
        }

        return came;
    }
}
