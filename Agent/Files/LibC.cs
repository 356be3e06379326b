using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sealtail.Files;

/// <summary>The few system calls that .NET does not offer. Each throws with the path and errno's text.</summary>
internal static partial class LibC
{
    private const int ReadOnly = 0;
    private const int CloseOnExec = 0x80000;
    private const int NoEntry = 2;
    private const int AlreadyExists = 17;
    private const int NotPermitted = 1;
    private const int AccessDenied = 13;
    private const int OpenFiles = 7; // RLIMIT_NOFILE

    /// <summary>Makes the directory's entries durable: what was linked, renamed or unlinked in it survives a power cut.</summary>
    public static void SyncDirectory(string path)
    {
        var descriptor = Open(path, ReadOnly | CloseOnExec);
        if (descriptor < 0) throw Failed("open directory", path);
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (Fsync(handle) != 0) throw Failed("sync directory", path);
    }

    /// <summary>Gives the file a second name. False if that name exists: nothing was changed then.</summary>
    public static bool TryLink(string existing, string name)
    {
        if (Link(existing, name) == 0) return true;
        return Marshal.GetLastPInvokeError() == AlreadyExists ? false : throw Failed("link", name);
    }

    /// <summary>rename(2): atomic within a file system; replaces <paramref name="to"/> if it is there.</summary>
    public static void Rename(string from, string to)
    {
        if (RenameFile(from, to) != 0) throw Failed($"rename to {to}", from);
    }

    /// <summary>Removes the name; false if it was not there.</summary>
    public static bool TryUnlink(string path)
    {
        if (Unlink(path) == 0) return true;
        return Marshal.GetLastPInvokeError() == NoEntry ? false : throw Failed("unlink", path);
    }

    /// <summary>Reserves disk blocks for the first <paramref name="length"/> bytes, so that writing them later cannot fail for want of room.</summary>
    public static void Allocate(SafeFileHandle file, long length, string path)
    {
        var error = PosixFallocate(file, 0, length);
        if (error != 0) throw Failed("allocate", path, error);
    }

    /// <summary>How many descriptors this process may have open; the runtime raised the soft limit to the hard one at its start.</summary>
    public static long OpenFileLimit
    {
        get
        {
            Span<ulong> limits = stackalloc ulong[2];
            return GetLimit(OpenFiles, limits) == 0 ? (long)Math.Min(limits[0], long.MaxValue) : throw Failed("ask for the limit of", "open files");
        }
    }

    /// <summary>The last call's error, as .NET would tell it.</summary>
    internal static Exception FailedAt(string what, string path)
    {
        var failed = Failed(what, path);
        return failed.HResult is NotPermitted or AccessDenied ? new UnauthorizedAccessException(failed.Message, failed) : failed;
    }

    internal static bool MeansMissing(int error) => error is NoEntry or NotADirectory;

    private static IOException Failed(string what, string path) => Failed(what, path, Marshal.GetLastPInvokeError());

    private static IOException Failed(string what, string path, int error) =>
        new($"Cannot {what} {path}: {new Win32Exception(error).Message}", error);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    private static partial int GetLimit(int resource, Span<ulong> limits);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string name);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameFile(string from, string to);

    [LibraryImport("libc", EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unlink(string path);

    [LibraryImport("libc", EntryPoint = "posix_fallocate")]
    private static partial int PosixFallocate(SafeFileHandle file, long offset, long length);
}
