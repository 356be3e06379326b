namespace Sealtail.FakeGcs.Storage;

/// <summary>Uploaded bytes with the checksums taken while they came in.</summary>
internal sealed record Blob(long Size, string Crc32C, string? Md5, BlobContent Content)
{
    public byte[] ToArray()
    {
        if (!Content.IsReadable)
            throw new InvalidOperationException("This stand-in keeps hashes only (Retain.HashOnly); the bytes are gone.");

        var bytes = new byte[Size];
        Content.Read(0, bytes);
        return bytes;
    }
}
