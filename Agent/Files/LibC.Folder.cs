using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace Sealtail.Files;

/// <summary>What listing tells of one entry. Modified: in nanoseconds since 1970.</summary>
internal readonly record struct ListedFacts(bool IsFolder, long Bytes, Int128 Modified);

/// <summary>Many small files of other people: looked at from their folder, and read without a stream.</summary>
internal static unsafe partial class LibC
{
    private const int NoFollow = 0x100;
    private const uint EntryMask = 0x1 | 0x2 | 0x40 | 0x200; // type, mode, modification time, size
    private const uint TypeMask = 0x1;
    private const int Folder = 0x4000;
    private const int NameBytes = 256;

    // O_NOFOLLOW is not the same number everywhere.
    private static readonly int NoFollowLinks = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x8000 : 0x20000;

    /// <summary>The facts of an entry of an open folder, those of a link itself; null: it is gone.</summary>
    /// <exception cref="UnauthorizedAccessException">The folder may be listed, and what is in it not looked at.</exception>
    /// <exception cref="IOException">It cannot be.</exception>
    internal static ListedFacts? LookIn(int folder, ReadOnlySpan<byte> name, string path)
    {
        Span<byte> facts = stackalloc byte[FactsSize];
        Span<byte> text = name.Length < NameBytes ? stackalloc byte[NameBytes] : new byte[name.Length + 1]; // some file systems have longer names
        text[name.Length] = 0;
        name.CopyTo(text);
        if (Statx(folder, text, NoFollow, EntryMask, facts) != 0) return MeansMissing(Marshal.GetLastPInvokeError()) ? null : throw FailedAt("look into", path);
        return new ListedFacts(
            (MemoryMarshal.Read<ushort>(facts[28..]) & FileTypeMask) == Folder,
            MemoryMarshal.Read<long>(facts[40..]),
            ((Int128)MemoryMarshal.Read<long>(facts[112..]) * 1_000_000_000) + Word(facts, 120));
    }

    /// <summary>
    /// Reads a regular file from its start, as much as the buffer holds. Null: it is none, or it cannot be read; whoever wants to know why opens it otherwise.
    /// Neither a link, nor a pipe, nor a device leads anywhere.
    /// </summary>
    internal static int? TryReadFile(string path, Span<byte> buffer)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(path.Length) + 1);
        bytes[Encoding.UTF8.GetBytes(path, bytes)] = 0;
        int descriptor;
        fixed (byte* text = bytes) descriptor = OpenFile(text, ReadOnly | CloseOnExec | NonBlocking | NoControllingTerminal | NoFollowLinks);
        ArrayPool<byte>.Shared.Return(bytes);
        if (descriptor < 0) return null;
        try
        {
            return IsRegular(descriptor) ? ReadToEnd(descriptor, buffer) : null;
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static bool IsRegular(int descriptor)
    {
        Span<byte> facts = stackalloc byte[FactsSize];
        return Statx(descriptor, [0], EmptyPath, TypeMask, facts) == 0 && (MemoryMarshal.Read<ushort>(facts[28..]) & FileTypeMask) == RegularFile;
    }

    private static int? ReadToEnd(int descriptor, Span<byte> buffer)
    {
        var length = 0;
        while (length < buffer.Length)
        {
            nint read;
            fixed (byte* rest = buffer[length..]) read = Read(descriptor, rest, (nuint)(buffer.Length - length));
            if (read < 0 && Marshal.GetLastPInvokeError() == Interrupted) continue;
            if (read < 0) return null;
            if (read == 0) break;
            length += (int)read;
        }

        return length;
    }

    [LibraryImport("libc", EntryPoint = "open")]
    private static partial int OpenFile(byte* path, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(int descriptor, byte* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static partial int Statx(int directory, ReadOnlySpan<byte> path, int flags, uint mask, Span<byte> facts);
}
