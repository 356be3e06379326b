using Microsoft.Win32.SafeHandles;

namespace Sealtail.Files;

/// <summary>
/// Tells of names that appear in a directory or leave it, on a thread of its own. .NET's FileSystemWatcher keeps its thread and its inotify instance for
/// good when a directory may not be read or no watches are left, and each user has 128 instances: trying again would use them up, for others too.
/// </summary>
internal sealed class DirectoryWatch : IDisposable
{
    private readonly SafeFileHandle names;
    private readonly SafeFileHandle wake;
    private readonly Action<bool> changed;
    private readonly Thread thread;

    private DirectoryWatch(SafeFileHandle names, SafeFileHandle wake, Action<bool> changed)
    {
        (this.names, this.wake, this.changed) = (names, wake, changed);
        thread = new Thread(Run) { IsBackground = true, Name = "names" };
        thread.Start();
    }

    /// <summary>Null: no such directory, no right to read it, or no instances, watches or descriptors left.</summary>
    /// <param name="directory">Its path.</param>
    /// <param name="changed">Called on the watch's thread after each change; true: it was the last one, the directory is gone.</param>
    public static DirectoryWatch? TryStart(string directory, Action<bool> changed)
    {
        if (LibC.TryWatchNames(directory) is not { } names) return null;
        if (LibC.TryCreateWake() is { } wake) return new DirectoryWatch(names, wake, changed);
        names.Dispose();
        return null;
    }

    public void Dispose()
    {
        LibC.Wake(wake);
        thread.Join();
        names.Dispose();
        wake.Dispose();
    }

    private void Run()
    {
        while (LibC.AwaitNames(names, wake))
        {
            var isLast = !LibC.TakeNameChanges(names);
            changed(isLast);
            if (isLast) return;
        }
    }
}
