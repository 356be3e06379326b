using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sealtail.Files;

/// <summary>inotify(7): which names appear in a directory, or leave it.</summary>
internal static partial class LibC
{
    private const uint NamesChange = 0x40 | 0x80 | 0x100 | 0x200; // IN_MOVED_FROM, IN_MOVED_TO, IN_CREATE, IN_DELETE
    private const uint DirectoryItselfMoves = 0x800;
    private const uint OnlyDirectories = 0x0100_0000;
    private const uint NothingMoreComes = DirectoryItselfMoves | 0x2000 | 0x8000; // IN_UNMOUNT, IN_IGNORED: the directory was deleted
    private const int EventSize = 16; // and as many bytes of name as its last word says
    private const short Readable = 1;

    /// <summary>Null: no such directory, no right to read it, or the user has no instances or watches left.</summary>
    public static SafeFileHandle? TryWatchNames(string directory)
    {
        var descriptor = InotifyInit(NonBlocking | CloseOnExec);
        if (descriptor < 0) return null;
        var watch = new SafeFileHandle(descriptor, ownsHandle: true);
        if (InotifyAddWatch(watch, directory, NamesChange | DirectoryItselfMoves | OnlyDirectories) >= 0) return watch;
        watch.Dispose();
        return null;
    }

    /// <summary>Something to poll for that <see cref="Wake"/> makes readable; null if no more descriptors can be had.</summary>
    public static SafeFileHandle? TryCreateWake()
    {
        var descriptor = EventFd(0, CloseOnExec);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    public static void Wake(SafeFileHandle wake)
    {
        if (Write(wake, 1, sizeof(ulong)) != sizeof(ulong)) throw Failed("signal", "an event");
    }

    /// <summary>Blocks until names changed, or <paramref name="wake"/> was woken: false then.</summary>
    public static bool AwaitNames(SafeFileHandle watch, SafeFileHandle wake)
    {
        Span<Polled> polled = [new Polled(Number(watch), Readable, 0), new Polled(Number(wake), Readable, 0)];
        while (Poll(polled, (nuint)polled.Length, -1) <= 0)
        {
            // A signal came.
        }

        return polled[1].Happened == 0;
    }

    /// <summary>Takes what happened. False: nothing more will be told of this directory.</summary>
    public static bool TakeNameChanges(SafeFileHandle watch)
    {
        Span<byte> events = stackalloc byte[4096];
        var length = (int)Read(watch, events, (nuint)events.Length); // negative: nothing there
        var isWatched = true;
        for (var at = 0; at < length; at += EventSize + (int)Word(events, at + 12)) isWatched &= (Word(events, at + 4) & NothingMoreComes) == 0;
        return isWatched;
    }

    private static int Number(SafeFileHandle handle) => (int)handle.DangerousGetHandle(); // the callers keep it open

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Polled(int descriptor, short wanted, short happened)
    {
        private readonly int descriptor = descriptor;
        private readonly short wanted = wanted;

        public readonly short Happened = happened;
    }

    [LibraryImport("libc", EntryPoint = "inotify_init1")]
    private static partial int InotifyInit(int flags);

    [LibraryImport("libc", EntryPoint = "inotify_add_watch", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int InotifyAddWatch(SafeFileHandle instance, string path, uint mask);

    [LibraryImport("libc", EntryPoint = "eventfd")]
    private static partial int EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(Span<Polled> polled, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint Read(SafeFileHandle file, Span<byte> buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeFileHandle file, in ulong value, nuint count);
}
