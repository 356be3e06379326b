using Sealtail.FakeGcs.Protocol;
using Sealtail.FakeGcs.Storage;

namespace Sealtail.FakeGcs.Http;

/// <summary>An object's bytes, or a range of them, with the headers production sends along.</summary>
internal static class Media
{
    public static Reply Render(StoredObject stored, string? rangeHeader)
    {
        var size = stored.Content.Size;
        var reply = Whole(stored);
        if (ByteRange.Parse(rangeHeader) is { } range)
        {
            var (first, last) = range.Within(size) ?? throw GcsErrors.RangeNotSatisfiable();
            reply = Reply.Bytes(stored.Content, first, last - first + 1, stored.ContentType, StatusCodes.Status206PartialContent)
                .With("Content-Range", $"bytes {first}-{last}/{size}");
        }

        // The checksums are of the whole stored object, also where only a range is sent.
        var md5 = stored.Content.Md5 is { } hash ? $",md5={hash}" : "";
        reply.With("x-goog-hash", $"crc32c={stored.Content.Crc32C}{md5}")
            .With("x-goog-generation", stored.Generation.ToString())
            .With("x-goog-metageneration", stored.Metageneration.ToString())
            .With("x-goog-storage-class", stored.StorageClass)
            .With("x-goog-stored-content-encoding", stored.ContentEncoding ?? "identity")
            .With("x-goog-stored-content-length", size.ToString())
            .With("Accept-Ranges", "bytes")
            .With("ETag", $"\"{Etag.Of(stored.Generation, stored.Metageneration)}\"")
            .With("Last-Modified", stored.Updated.ToString("R"));
        return stored.ContentEncoding is { } encoding ? reply.With("Content-Encoding", encoding) : reply;
    }

    private static Reply Whole(StoredObject stored) =>
        Reply.Bytes(stored.Content, 0, stored.Content.Size, stored.ContentType, StatusCodes.Status200OK);
}
