using System.Buffers.Binary;
using System.IO.Compression;
using Microsoft.Win32.SafeHandles;
using Sealtail.Files;
using Sealtail.Format;

namespace Sealtail.Tailing;

/// <summary>
/// A compressed backup. It is read once from end to end before its first byte is handed out: inflating checks the CRC-32, and the length in the
/// trailer shows that the stream was not cut (GZipStream alone is content with half a file). Reading is sequential; going back starts anew.
/// </summary>
internal sealed class GzipContent : LogContent
{
    private const int TrailerLength = 8;

    private readonly SafeFileHandle file;
    private readonly byte[] head = new byte[Fingerprint.MaxBytes];
    private int headLength;
    private GZipStream? stream;
    private long at;
    private long size;

    private GzipContent(SafeFileHandle file) => this.file = file;

    public override Extent Extent => new(size, 0);

    public override bool IsWhole => true;

    /// <summary>Null if the file is damaged, cut short, or still being written.</summary>
    public static GzipContent? TryOpen(SafeFileHandle file, string path)
    {
        var content = new GzipContent(file);
        if (content.IsSound(path)) return content;
        content.Dispose();
        return null;
    }

    /// <summary>The uncompressed length that the trailer states, modulo 2^32; null if the file is too short to have one.</summary>
    public static uint? StatedLength(SafeFileHandle file, string path)
    {
        var length = LibC.Stat(file, path).Size;
        Span<byte> stated = stackalloc byte[4];
        return length > TrailerLength && RandomAccess.Read(file, stated, length - stated.Length) == stated.Length ? BinaryPrimitives.ReadUInt32LittleEndian(stated) : null;
    }

    /// <summary>The beginning of the uncompressed bytes, without reading the rest; shorter, or none, where the file is damaged.</summary>
    public static int ReadHead(SafeFileHandle file, Span<byte> buffer)
    {
        using var stream = new GZipStream(new HandleStream(file), CompressionMode.Decompress);
        try
        {
            return stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException)
        {
            return 0;
        }
    }

    /// <exception cref="InvalidDataException">The file was changed since it was opened.</exception>
    public override int ReadAt(Span<byte> buffer, long offset)
    {
        if (stream is null || offset < at) Restart();
        Span<byte> skipped = stackalloc byte[GuardWindow.Size];
        while (at < offset)
        {
            if (Inflate(skipped[..(int)Math.Min(skipped.Length, offset - at)]) == 0) return 0;
        }

        return Inflate(buffer);
    }

    public override int ReadHead(Span<byte> buffer)
    {
        var length = Math.Min(buffer.Length, headLength);
        head.AsSpan(0, length).CopyTo(buffer);
        return length;
    }

    public override void Dispose()
    {
        stream?.Dispose();
        base.Dispose();
    }

    private bool IsSound(string path)
    {
        try
        {
            headLength = ReadWhole(head, 0);
            Span<byte> passed = stackalloc byte[GuardWindow.Size];
            while (Inflate(passed) > 0)
            {
            }

            size = at;
            return StatedLength(file, path) == (uint)size;
        }
        catch (InvalidDataException)
        {
            return false;
        }
        finally
        {
            stream?.Dispose();
            stream = null;
        }
    }

    private int Inflate(Span<byte> buffer)
    {
        var read = stream!.Read(buffer); // every caller started it
        at += read;
        return read;
    }

    private void Restart()
    {
        stream?.Dispose();
        stream = new GZipStream(new HandleStream(file), CompressionMode.Decompress);
        at = 0;
    }
}
