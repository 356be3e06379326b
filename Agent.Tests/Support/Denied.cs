using System.Runtime.InteropServices;

namespace Sealtail.Tests.Support;

/// <summary>
/// Nobody may read the file or directory, in this thread, until it is disposed. Root reads everything; a thread with another file system user does not.
/// Where tests do not run as root, that call changes nothing, and the mode is what counts.
/// </summary>
internal sealed partial class Denied : IDisposable
{
    private const int Nobody = 65534;

    private readonly string path;
    private readonly UnixFileMode mode;
    private readonly int user;

    public Denied(string path)
    {
        (this.path, mode) = (path, File.GetUnixFileMode(path));
        File.SetUnixFileMode(path, UnixFileMode.None);
        user = SetFileSystemUser(Nobody);
    }

    public void Dispose()
    {
        _ = SetFileSystemUser(user);
        File.SetUnixFileMode(path, mode);
    }

    [LibraryImport("libc", EntryPoint = "setfsuid")]
    private static partial int SetFileSystemUser(int user);
}
