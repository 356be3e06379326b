using System.Globalization;
using System.IO.Compression;

namespace Sealtail.Tests.Support;

/// <summary>
/// kube-apiserver's rotator (natefinch/lumberjack v2), step by step: close, rename, create; then compress in place, unlink the plain backup, and delete
/// backups beyond the count, oldest name first. A new file is not opened for appending, an existing one is: so with the original.
/// </summary>
internal sealed class LumberjackWriter(string path) : IDisposable
{
    private FileStream? file;
    private DateTime now = new(2026, 11, 22, 9, 0, 0, DateTimeKind.Utc);

    public string Path => path;

    /// <summary>Backups kept; 0 keeps all.</summary>
    public int MaxBackups { get; set; }

    /// <summary>Names of backups by age of their names.</summary>
    public IReadOnlyList<string> Backups => [.. Directory.EnumerateFiles(Folder, Stem + "-*").Order(StringComparer.Ordinal)];

    private string Folder => System.IO.Path.GetDirectoryName(path)!; // a file has one

    private string Stem => System.IO.Path.GetFileNameWithoutExtension(path);

    /// <summary>Moves the clock that names backups, back too.</summary>
    public void Step(TimeSpan by) => now += by;

    public LumberjackWriter Write(string text) => Write(System.Text.Encoding.UTF8.GetBytes(text));

    public LumberjackWriter Write(byte[] bytes)
    {
        file ??= new FileStream(path, new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 });
        file.Write(bytes);
        return this;
    }

    /// <summary>As a crash of the apiserver leaves it.</summary>
    public LumberjackWriter Close()
    {
        file?.Dispose();
        file = null;
        return this;
    }

    /// <summary>Returns the path of the backup; null if there was no file to move.</summary>
    public string? Rotate()
    {
        Close();
        string? backup = null;
        if (File.Exists(path))
        {
            backup = System.IO.Path.Combine(Folder, $"{Stem}-{now.ToString("yyyy-MM-dd'T'HH-mm-ss.fff", CultureInfo.InvariantCulture)}.log");
            File.Move(path, backup, overwrite: true);
            now += TimeSpan.FromMilliseconds(1);
        }

        file = new FileStream(path, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 });
        return backup;
    }

    /// <summary>What the mill does after a rotation.</summary>
    public void Mill(bool compress)
    {
        var stems = Backups.Select(name => name.EndsWith(".gz", StringComparison.Ordinal) ? name[..^3] : name).Distinct().ToArray();
        foreach (var old in MaxBackups > 0 ? stems.SkipLast(MaxBackups) : [])
        {
            File.Delete(old);
            File.Delete(old + ".gz");
        }

        if (!compress) return;
        foreach (var plain in Backups.Where(name => name.EndsWith(".log", StringComparison.Ordinal))) Compress(plain);
    }

    public static void Compress(string plain)
    {
        var bytes = File.ReadAllBytes(plain);
        File.WriteAllBytes(plain + ".gz", Gzip(bytes));
        File.Delete(plain);
    }

    /// <summary>Go writes a header and a trailer also around nothing; GZipStream would write no byte at all.</summary>
    public static byte[] Gzip(byte[] bytes)
    {
        if (bytes.Length == 0) return Convert.FromHexString("1f8b08000000000000ff0300" + "0000000000000000");
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(bytes);
        return buffer.ToArray();
    }

    public static byte[] Gunzip(byte[] bytes)
    {
        using var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        gzip.CopyTo(plain);
        return plain.ToArray();
    }

    public void Dispose() => Close();
}
