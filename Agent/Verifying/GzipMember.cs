using System.Buffers.Binary;
using System.Security.Cryptography;
using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>
/// A chunk object on its way through: everything read from the store is hashed, and what lies between gzip's header and trailer is given out as the
/// deflate data. .NET's own gzip reader accepts truncated streams, second members and trailing bytes (measured); here the last deflate byte is given
/// out by itself, so that a decoder that ends before it, or asks for more after it, shows.
/// </summary>
/// <param name="source">The object's bytes.</param>
/// <param name="length">How many there must be.</param>
internal sealed class GzipMember(Stream source, long length) : Stream
{
    private const int HeaderBytes = 10;
    private const int TrailerBytes = 8;
    private const int BlockBytes = 64 * 1024;

    private readonly IncrementalHash sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] block = new byte[BlockBytes];
    private int start; // of what is not given out yet in the block
    private int end;
    private long given; // bytes of the object given out or skipped

    /// <summary>Bytes read from the store so far.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Of the bytes read from the store so far.</summary>
    public Crc32C Crc32C { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>The decoder took every deflate byte.</summary>
    public bool IsAllTaken => given >= length - TrailerBytes;

    /// <summary>The decoder asked for more than there is: the data ends in the middle.</summary>
    public bool IsOverread { get; private set; }

    /// <summary>Takes the header. Null if it is that of a chunk (docs/format.md, "Chunk": one member, FLG 0, MTIME 0), else what is wrong.</summary>
    public string? ReadHeader()
    {
        if (length < HeaderBytes + 1 + TrailerBytes) return $"it has only {length} bytes, fewer than the shortest gzip member";
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (TakeExactly(header) < header.Length) return "it ends within the gzip header";
        if (header is not [0x1f, 0x8b, 8, ..]) return "it does not begin as gzip with deflate (1f 8b 08)";
        if (header[3] != 0) return $"gzip's FLG is {header[3]}, not 0";
        return BinaryPrimitives.ReadUInt32LittleEndian(header[4..]) == 0 ? null : "gzip's MTIME is not 0";
    }

    public override int Read(Span<byte> buffer)
    {
        var left = length - TrailerBytes - given;
        if (left <= 0 || buffer.IsEmpty)
        {
            IsOverread |= !buffer.IsEmpty;
            return 0;
        }

        return Take(buffer[..(int)Math.Min(buffer.Length, Math.Max(1, left - 1))]);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <summary>After all deflate data was taken: gzip's CRC-32 and length of the plain bytes, or null if they are not there.</summary>
    public (uint Crc32, uint Length)? ReadTrailer()
    {
        Span<byte> trailer = stackalloc byte[TrailerBytes];
        return TakeExactly(trailer) < trailer.Length
            ? null
            : (BinaryPrimitives.ReadUInt32LittleEndian(trailer), BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]));
    }

    /// <summary>Reads what is left of the object, and its hash. It stops one byte after <c>length</c>: more is enough to know that it is another object.</summary>
    public Digest Finish()
    {
        while (BytesRead <= length && Fill() > 0)
        {
        }

        return Digest.Of(sha256);
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) sha256.Dispose();
        base.Dispose(disposing);
    }

    private int TakeExactly(Span<byte> buffer)
    {
        var taken = 0;
        while (taken < buffer.Length && Take(buffer[taken..]) is > 0 and var count) taken += count;
        return taken;
    }

    private int Take(Span<byte> buffer)
    {
        if (start == end && Fill() == 0) return 0;
        var count = Math.Min(buffer.Length, end - start);
        block.AsSpan(start, count).CopyTo(buffer);
        start += count;
        given += count;
        return count;
    }

    private int Fill()
    {
        start = 0;
        end = source.Read(block, 0, (int)Math.Min(BlockBytes, length + 1 - BytesRead));
        sha256.AppendData(block, 0, end);
        Crc32C = Crc32C.Append(block.AsSpan(0, end));
        BytesRead += end;
        return end;
    }
}
