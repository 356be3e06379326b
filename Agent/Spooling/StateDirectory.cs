using Sealtail.Files;

namespace Sealtail.Spooling;

/// <summary>A state directory as a place on a file system.</summary>
internal static class StateDirectory
{
    private static readonly string[] Forgetful = ["tmpfs", "ramfs", "overlay", "overlayfs"];
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Makes the directory and its parents, durably.</summary>
    public static void Make(string directory, DurableFiles files)
    {
        if (Directory.Exists(directory)) return;
        var parent = Path.GetDirectoryName(Path.GetFullPath(directory));
        if (parent is not null) Make(parent, files);
        Directory.CreateDirectory(directory, OwnerOnly);
        if (parent is not null) files.SyncDirectory(parent);
    }

    /// <summary>The file system's name if it does not outlive the machine or the container; null if it does.</summary>
    public static string? ForgetfulFileSystem(string directory) => new DriveInfo(directory).DriveFormat is var kind && Forgetful.Contains(kind) ? kind : null;

    public static IReadOnlyList<string> FindUnowned(string stateDirectory, IEnumerable<string> owned)
    {
        if (!Directory.Exists(stateDirectory)) return [];
        var known = owned.Select(Normalize).ToHashSet(StringComparer.Ordinal);
        return [.. Directory.EnumerateDirectories(stateDirectory).Where(directory => !known.Contains(Normalize(directory)) && HoldsEntries(directory)).Order(StringComparer.Ordinal)];
    }

    // A record without a chunk may be the one that is kept when all is shipped; what is sure to be unshipped has its chunk, or is not the only record.
    private static bool HoldsEntries(string directory)
    {
        var files = Directory.EnumerateFiles(directory).Select(path => EntryFile.TryParse(Path.GetFileName(path), out var file) ? file : (EntryFile?)null).OfType<EntryFile>().ToArray();
        return files.Any(file => file.Part == EntryPart.Chunk) || files.Length > 1;
    }

    private static string Normalize(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
}
