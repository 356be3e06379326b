using System.Text.Json.Nodes;
using Sealtail.FakeGcs.Protocol;

namespace Sealtail.FakeGcs.Storage;

/// <summary>The checksums a client says its bytes have, in the metadata or in <c>x-goog-hash</c> headers.</summary>
internal sealed record DeclaredHashes(IReadOnlyList<string> Crc32C, IReadOnlyList<string> Md5)
{
    public static DeclaredHashes From(JsonObject metadata, IEnumerable<string?> hashHeaders)
    {
        var parts = hashHeaders.OfType<string>().SelectMany(header => header.Split(',', StringSplitOptions.TrimEntries)).ToArray();
        return new DeclaredHashes(
            [.. Declared("crc32c=", metadata.Text("crc32c"))],
            [.. Declared("md5=", metadata.Text("md5Hash"))]);

        IEnumerable<string> Declared(string key, string? inMetadata) =>
            parts.Where(part => part.StartsWith(key, StringComparison.Ordinal)).Select(part => part[key.Length..])
                .Concat(string.IsNullOrEmpty(inMetadata) ? [] : [inMetadata]);
    }

    public DeclaredHashes And(DeclaredHashes other) => new([.. Crc32C, .. other.Crc32C], [.. Md5, .. other.Md5]);

    public void Check(Blob blob)
    {
        if (Crc32C.FirstOrDefault(provided => provided != blob.Crc32C) is { } wrong)
            throw GcsErrors.Crc32CMismatch(wrong, blob.Crc32C);
        if (blob.Md5 is { } md5 && Md5.FirstOrDefault(provided => provided != md5) is { } wrongMd5)
            throw GcsErrors.Md5Mismatch(wrongMd5, md5);
    }
}
