using Sealtail.Files;

namespace Sealtail.Diagnosing;

/// <summary>Room on a file system, in bytes.</summary>
internal readonly record struct DiskRoom(long Total, long Free);

/// <summary>
/// The machine as the doctor sees it: its files below <paramref name="Root"/> (<c>/</c>, or where a debugging pod has the node's file system), its
/// disks and its clock.
/// </summary>
/// <param name="Root">Below it lie <c>/proc</c>, <c>/etc</c> and every path of the configuration.</param>
/// <param name="Time">The clock that ages are taken by.</param>
/// <param name="RoomOf">Room on the file system of a path below the root.</param>
/// <param name="IsClockSynchronised">What the kernel says of its clock; null if it does not.</param>
internal sealed record Node(string Root, TimeProvider Time, Func<string, DiskRoom> RoomOf, Func<bool?> IsClockSynchronised)
{
    public static Node Real(string root, TimeProvider time) => new(root, time, RoomOn, LibC.IsClockSynchronised);

    /// <summary>Where an absolute path of the node is for this process.</summary>
    public string PathOf(string path) => Root == "/" ? path : Path.Join(Root, path);

    /// <summary>The file's text; null if it is not there or cannot be read.</summary>
    public string? TryRead(string path)
    {
        try
        {
            return File.ReadAllText(PathOf(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // a process that ended, a file of somebody else: what it would have said is not known
        }
    }

    /// <summary>Names in a directory, in order; none if it is not there or cannot be read.</summary>
    public IReadOnlyList<string> NamesIn(string directory)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(PathOf(directory)).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static DiskRoom RoomOn(string path)
    {
        var drive = new DriveInfo(path);
        return new DiskRoom(drive.TotalSize, drive.AvailableFreeSpace);
    }
}
