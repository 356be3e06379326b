using System.Text.RegularExpressions;

namespace Sealtail.Diagnosing;

/// <summary>What is mounted where, as <c>/proc/&lt;pid&gt;/mountinfo</c> says (proc(5)). Paths are those of the process.</summary>
internal sealed partial class MountTable
{
    private const int MountPointField = 4;

    private readonly List<(string Point, string FileSystem)> mounts = [];

    /// <param name="text">The file's lines; later mounts hide earlier ones of the same place.</param>
    public MountTable(string text)
    {
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var fields = line.Split(' ');
            var separator = Array.IndexOf(fields, "-");
            if (separator > MountPointField && separator + 1 < fields.Length) mounts.Add((Unescape(fields[MountPointField]), fields[separator + 1]));
        }
    }

    /// <summary>Whether something is mounted exactly there: a file that is, was mounted alone.</summary>
    public bool IsMountPoint(string path) => mounts.Exists(mount => mount.Point == path);

    /// <summary>The type of the file system that holds the path; null if the table does not tell.</summary>
    public string? FileSystemOf(string path) => mounts
        .Where(mount => mount.Point == "/" || path == mount.Point || path.StartsWith(mount.Point + "/", StringComparison.Ordinal))
        .OrderBy(mount => mount.Point.Length) // stable: the last of equals is on top
        .Select(mount => mount.FileSystem)
        .LastOrDefault();

    // The kernel writes space, tab, newline and backslash as octal.
    private static string Unescape(string field) => Octal().Replace(field, match => ((char)Convert.ToInt32(match.Groups[1].Value, 8)).ToString());

    [GeneratedRegex(@"\\([0-7]{3})")]
    private static partial Regex Octal();
}
