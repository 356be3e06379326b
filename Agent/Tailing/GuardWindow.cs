using Sealtail.Format;

namespace Sealtail.Tailing;

/// <summary>
/// The bytes directly before the position, at most 4 KiB. Their hash is the guard: it tells a file that still holds what was taken of it
/// from one that was truncated, rolled back or replaced.
/// </summary>
internal sealed class GuardWindow
{
    public const int Size = 4096;

    private readonly byte[] bytes = new byte[Size];
    private int length;

    public ReadOnlySpan<byte> Bytes => bytes.AsSpan(0, length);

    public Digest Guard => Digest.Of(Bytes);

    public static int LengthBefore(long position) => (int)Math.Min(position, Size);

    public void Clear() => length = 0;

    public void Append(ReadOnlySpan<byte> taken)
    {
        if (taken.Length >= Size)
        {
            taken[^Size..].CopyTo(bytes);
            length = Size;
            return;
        }

        var kept = Math.Min(length, Size - taken.Length);
        bytes.AsSpan(length - kept, kept).CopyTo(bytes);
        taken.CopyTo(bytes.AsSpan(kept));
        length = kept + taken.Length;
    }
}
