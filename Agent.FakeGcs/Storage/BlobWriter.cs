using System.Security.Cryptography;

namespace Sealtail.FakeGcs.Storage;

/// <summary>Takes an upload's bytes in pieces, hashing as they pass. Disposed before <see cref="Complete"/>, it leaves nothing behind.</summary>
internal sealed class BlobWriter(BlobContent content, bool withMd5) : IDisposable
{
    private readonly Crc32C crc = new();
    private readonly IncrementalHash? md5 = withMd5 ? IncrementalHash.CreateHash(HashAlgorithmName.MD5) : null;
    private Blob? blob;

    public long Length { get; private set; }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        crc.Append(bytes);
        md5?.AppendData(bytes);
        content.Append(bytes);
        Length += bytes.Length;
    }

    public Blob Complete()
    {
        if (blob is not null)
            return blob;

        content.Seal();
        return blob = new Blob(Length, crc.ToString(), md5 is null ? null : Convert.ToBase64String(md5.GetCurrentHash()), content);
    }

    public void Dispose()
    {
        md5?.Dispose();
        if (blob is null)
            content.Discard();
    }
}
