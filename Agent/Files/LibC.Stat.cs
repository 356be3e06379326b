using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sealtail.Files;

/// <summary>Looking at files without exceptions: missing and unreadable ones are daily life for a reader of other programs' files.</summary>
internal static partial class LibC
{
    private const int CurrentDirectory = -100;
    private const int EmptyPath = 0x1000;
    private const uint BirthTime = 0x800;
    private const uint WantedFacts = 0x7ff | BirthTime;
    private const int FactsSize = 256;
    private const int NonBlocking = 0x800;
    private const int NoControllingTerminal = 0x100;
    private const int NotADirectory = 20;
    private const int FileTypeMask = 0xF000;
    private const int RegularFile = 0x8000;

    /// <summary>Opens a file for reading; never blocks, even if the path is a pipe. <see cref="FileAccessOutcome.Refused"/>: permission, I/O error, too many open files.</summary>
    public static FileAccessOutcome TryOpen(string path, out SafeFileHandle? file)
    {
        var descriptor = Open(path, ReadOnly | NonBlocking | NoControllingTerminal | CloseOnExec);
        file = descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
        return descriptor < 0 ? Outcome() : FileAccessOutcome.Done;
    }

    public static FileAccessOutcome TryStat(string path, out FileFacts facts)
    {
        Span<byte> buffer = stackalloc byte[FactsSize];
        var outcome = Statx(CurrentDirectory, path, 0, WantedFacts, buffer) == 0 ? FileAccessOutcome.Done : Outcome();
        facts = outcome == FileAccessOutcome.Done ? Parse(buffer) : default;
        return outcome;
    }

    /// <summary>Facts of an open file; they are there also when it has no name any more.</summary>
    public static FileFacts Stat(SafeFileHandle file, string path)
    {
        Span<byte> buffer = stackalloc byte[FactsSize];
        return Statx(file, "", EmptyPath, WantedFacts, buffer) == 0 ? Parse(buffer) : throw Failed("look at", path);
    }

    private static FileAccessOutcome Outcome() =>
        Marshal.GetLastPInvokeError() is NoEntry or NotADirectory ? FileAccessOutcome.Missing : FileAccessOutcome.Refused;

    // struct statx of linux/stat.h, the same on every architecture.
    private static FileFacts Parse(ReadOnlySpan<byte> statx) => new(
        new FileIdentity(Device(Word(statx, 136), Word(statx, 140)), MemoryMarshal.Read<ulong>(statx[32..]), Born(statx)),
        MemoryMarshal.Read<long>(statx[40..]),
        Word(statx, 16),
        MemoryMarshal.Read<long>(statx[112..]) * 1_000_000_000 + Word(statx, 120),
        (MemoryMarshal.Read<ushort>(statx[28..]) & FileTypeMask) == RegularFile);

    private static ulong Born(ReadOnlySpan<byte> statx) =>
        (Word(statx, 0) & BirthTime) != 0 ? (MemoryMarshal.Read<ulong>(statx[80..]) * 1_000_000_000) + Word(statx, 88) : 0;

    private static uint Word(ReadOnlySpan<byte> statx, int offset) => MemoryMarshal.Read<uint>(statx[offset..]);

    // As makedev(3) packs it, so that the number is the one stat(1) prints.
    private static ulong Device(ulong major, ulong minor) =>
        ((major & 0xffff_f000) << 32) | ((major & 0xfff) << 8) | ((minor & 0xffff_ff00) << 12) | (minor & 0xff);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, Span<byte> facts);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(SafeFileHandle file, string path, int flags, uint mask, Span<byte> facts);
}
