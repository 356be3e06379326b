using System.Globalization;

namespace Sealtail.Tailing;

/// <summary>
/// The names that kube-apiserver's rotator (natefinch/lumberjack) gives to backups of one log: <c>audit-2026-11-22T09-00-00.123.log</c>, and
/// with <c>.gz</c> once compressed. Strict: any other name in the directory is not a backup. A stem is the UTC time in the name, as text: stems
/// sort by time, and a backup keeps its stem when it is compressed.
/// </summary>
internal sealed class BackupNames
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH-mm-ss.fff";
    private const int StemLength = 23;
    private const string CompressedSuffix = ".gz";

    private readonly string prefix;
    private readonly string extension;

    public BackupNames(string livePath)
    {
        Directory = Path.GetDirectoryName(Path.GetFullPath(livePath)) ?? "/";
        var name = Path.GetFileName(livePath);
        var dot = name.LastIndexOf('.');
        extension = dot < 0 ? "" : name[dot..];
        prefix = (dot < 0 ? name : name[..dot]) + "-";
    }

    public string Directory { get; }

    public bool TryParse(ReadOnlySpan<char> fileName, out string stem, out bool compressed)
    {
        stem = "";
        compressed = fileName.Length == prefix.Length + StemLength + extension.Length + CompressedSuffix.Length;
        if (!compressed && fileName.Length != prefix.Length + StemLength + extension.Length) return false;
        if (!fileName.StartsWith(prefix, StringComparison.Ordinal)) return false;
        var ending = fileName[(prefix.Length + StemLength)..];
        if (!ending.StartsWith(extension, StringComparison.Ordinal)) return false;
        if (compressed && !ending[extension.Length..].SequenceEqual(CompressedSuffix)) return false;
        var time = fileName.Slice(prefix.Length, StemLength);
        if (!DateTime.TryParseExact(time, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out _)) return false;
        stem = time.ToString();
        return true;
    }

    public string PathOf(string stem, bool compressed) =>
        Path.Combine(Directory, prefix + stem + extension + (compressed ? CompressedSuffix : ""));
}
