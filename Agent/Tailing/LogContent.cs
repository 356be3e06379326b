using Microsoft.Win32.SafeHandles;
using Sealtail.Files;
using Sealtail.Format;

namespace Sealtail.Tailing;

/// <summary>Bytes that are there, and when they last changed (nanoseconds since 1970).</summary>
internal readonly record struct Extent(long Size, long Modified);

/// <summary>The uncompressed bytes of one log file that is held open. It does not own the handle.</summary>
internal abstract class LogContent : IDisposable
{
    /// <summary>Bytes there are now; of a plain file this may grow or shrink.</summary>
    public long Size => Extent.Size;

    /// <summary>Size and time of the last change.</summary>
    public abstract Extent Extent { get; }

    /// <summary>Whether all bytes are known to be there and none will come.</summary>
    public abstract bool IsWhole { get; }

    /// <summary>Fills as much of the buffer as there is from <paramref name="offset"/> on; 0 at the end.</summary>
    public abstract int ReadAt(Span<byte> buffer, long offset);

    /// <summary>As <see cref="ReadAt"/> from offset 0, cheap also where reading is sequential; at most <see cref="Fingerprint.MaxBytes"/>.</summary>
    public abstract int ReadHead(Span<byte> buffer);

    public virtual void Dispose()
    {
    }

    public int ReadWhole(Span<byte> buffer, long offset)
    {
        var total = 0;
        while (total < buffer.Length && ReadAt(buffer[total..], offset + total) is > 0 and var read) total += read;
        return total;
    }

    /// <summary>Whether the file begins as <paramref name="fingerprint"/> says; one of no bytes matches nothing.</summary>
    public bool BeginsAs(Fingerprint fingerprint)
    {
        Span<byte> head = stackalloc byte[Fingerprint.MaxBytes];
        var wanted = head[..fingerprint.Bytes];
        return fingerprint.Bytes > 0 && ReadHead(wanted) == fingerprint.Bytes && Fingerprint.Of(wanted) == fingerprint;
    }

    /// <summary>Whether the bytes before <paramref name="position"/> are still those that <paramref name="guard"/> was taken of.</summary>
    public bool IsGuardedAt(long position, Digest guard)
    {
        Span<byte> window = stackalloc byte[GuardWindow.Size];
        var wanted = window[..GuardWindow.LengthBefore(position)];
        return Size >= position && ReadWhole(wanted, position - wanted.Length) == wanted.Length && Digest.Of(wanted) == guard;
    }

    /// <summary>Whether beginning, end and length are equal.</summary>
    public bool IsCopyOf(LogContent original)
    {
        var size = original.Size;
        if (Size != size) return false;
        Span<byte> end = stackalloc byte[GuardWindow.Size];
        end = end[..GuardWindow.LengthBefore(size)];
        if (original.ReadWhole(end, size - end.Length) != end.Length || !IsGuardedAt(size, Digest.Of(end))) return false;
        Span<byte> head = stackalloc byte[Fingerprint.MaxBytes];
        return size == 0 || BeginsAs(Fingerprint.Of(head[..original.ReadHead(head)]));
    }
}

internal sealed class PlainContent(SafeFileHandle file, string path) : LogContent
{
    public override Extent Extent => LibC.Stat(file, path) is var facts ? new Extent(facts.Size, facts.Modified) : default;

    public override bool IsWhole => false;

    public override int ReadAt(Span<byte> buffer, long offset) => RandomAccess.Read(file, buffer, offset);

    public override int ReadHead(Span<byte> buffer) => ReadWhole(buffer, 0);
}
