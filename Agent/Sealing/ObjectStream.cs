using System.Security.Cryptography;
using Sealtail.Files;
using Sealtail.Format;

namespace Sealtail.Sealing;

/// <summary>The chunk as it lies in the bucket: compressed bytes on their way to the file, counted and hashed as they pass.</summary>
internal sealed class ObjectStream(DurableFile file) : Stream
{
    private const int BlockBytes = 64 * 1024;

    private readonly IncrementalHash sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] block = new byte[BlockBytes];
    private int filled;
    private Crc32C crc;

    public long Bytes { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Writes what is left and gives the object's hashes. Not synced: that is the commit's.</summary>
    public (Digest Sha256, Crc32C Crc32C) Finish()
    {
        WriteBlock();
        return (Digest.Of(sha256), crc);
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var count = Math.Min(buffer.Length, BlockBytes - filled);
            buffer[..count].CopyTo(block.AsSpan(filled));
            filled += count;
            buffer = buffer[count..];
            if (filled == BlockBytes) WriteBlock();
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    // The compressor flushes as it likes; the file is complete only after Finish.
    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) sha256.Dispose();
        base.Dispose(disposing);
    }

    private void WriteBlock()
    {
        var bytes = block.AsSpan(0, filled);
        file.Write(bytes, Bytes);
        sha256.AppendData(bytes);
        crc = crc.Append(bytes);
        Bytes += filled;
        filled = 0;
    }
}
