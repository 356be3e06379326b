using Microsoft.Win32.SafeHandles;

namespace Sealtail.FakeGcs.Storage;

/// <summary>Bytes in a file of their own. Nothing is synced: the stand-in forgets everything when it stops.</summary>
internal sealed class FileContent(string path) : BlobContent
{
    private readonly SafeFileHandle writing = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
    private long length;

    public override void Append(ReadOnlySpan<byte> bytes)
    {
        RandomAccess.Write(writing, bytes, length);
        length += bytes.Length;
    }

    public override void Seal() => writing.Dispose();

    public override int Read(long offset, Span<byte> destination)
    {
        // Opened anew each time, so that a hundred thousand objects do not hold a hundred thousand descriptors.
        using var reading = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var read = 0;
        while (read < destination.Length && RandomAccess.Read(reading, destination[read..], offset + read) is > 0 and var count)
            read += count;

        return read;
    }

    public override void Discard()
    {
        writing.Dispose();
        File.Delete(path);
    }
}
