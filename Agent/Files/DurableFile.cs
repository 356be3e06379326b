namespace Sealtail.Files;

/// <summary>
/// One file being written. After a failed sync it is broken: the kernel may have dropped the pages and would report the next sync
/// as good, so the file must be abandoned and written anew.
/// </summary>
internal sealed class DurableFile(FileStream stream, string path, StepHook? hook) : IDisposable
{
    private bool broken;

    public string Path { get; } = path;

    public long Length => stream.Length;

    /// <summary>Writes at the end of what was appended so far.</summary>
    public void Append(ReadOnlySpan<byte> bytes) => Write(bytes, stream.Length);

    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        hook?.Invoke(DurableStep.Write, false, Path);
        RandomAccess.Write(stream.SafeFileHandle, bytes, offset);
        hook?.Invoke(DurableStep.Write, true, Path);
    }

    /// <summary>Reads up to the buffer's length from <paramref name="offset"/>; fewer bytes only at the end of the file.</summary>
    public int Read(Span<byte> buffer, long offset)
    {
        var total = 0;
        while (total < buffer.Length && RandomAccess.Read(stream.SafeFileHandle, buffer[total..], offset + total) is > 0 and var read) total += read;
        return total;
    }

    public void Preallocate(long length)
    {
        hook?.Invoke(DurableStep.Preallocate, false, Path);
        LibC.Allocate(stream.SafeFileHandle, length, Path);
        hook?.Invoke(DurableStep.Preallocate, true, Path);
    }

    public void Sync()
    {
        if (broken) throw new IOException($"A sync of {Path} failed before; the file must be written anew.");
        broken = true;
        hook?.Invoke(DurableStep.Sync, false, Path);
        RandomAccess.FlushToDisk(stream.SafeFileHandle);
        hook?.Invoke(DurableStep.Sync, true, Path);
        broken = false;
    }

    public void Dispose() => stream.Dispose();
}
