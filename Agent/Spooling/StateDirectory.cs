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
    public static string? ForgetfulFileSystem(string directory) => new DriveInfo(directory).DriveFormat is var kind && Forgets(kind) ? kind : null;

    /// <summary>Whether a file system of this type ends with the machine or the container.</summary>
    public static bool Forgets(string fileSystem) => Forgetful.Contains(fileSystem);

    public static IReadOnlyList<string> FindUnowned(string stateDirectory, IEnumerable<string> owned)
    {
        if (!Directory.Exists(stateDirectory)) return [];
        var known = owned.Select(Normalize).ToHashSet(StringComparer.Ordinal);
        return [.. Directory.EnumerateDirectories(stateDirectory).Where(directory => !known.Contains(Normalize(directory)) && HoldsEntries(directory)).Order(StringComparer.Ordinal)];
    }

    // The newest record stays when all is shipped: then it is marked as done, or is one that never was an entry.
    private static bool HoldsEntries(string directory)
    {
        var files = Directory.EnumerateFiles(directory).Select(path => EntryFile.TryParse(Path.GetFileName(path), out var file) ? file : (EntryFile?)null).OfType<EntryFile>().ToHashSet();
        return files.Any(file => file.Part == EntryPart.Chunk || (file.Part == EntryPart.Record && !files.Contains(file with { Part = EntryPart.Done }) && IsEntry(directory, file)));
    }

    private static bool IsEntry(string directory, EntryFile file) =>
        DirectoryContents.ReadRecord(Path.Combine(directory, file.ToString()), file.Number) is not { Facts: null }; // a damaged one is taken for an entry

    private static string Normalize(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
}
