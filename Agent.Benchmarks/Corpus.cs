using System.IO.Compression;
using System.Text;

namespace Sealtail.Benchmarks;

/// <summary>A rotated log of any size, made of the recorded sample: real records, each under an audit id of its own.</summary>
internal static class Corpus
{
    private const long FileBytes = 100L << 20; // kube-apiserver's usual --audit-log-maxsize

    /// <summary>Fills <paramref name="folder"/> with <c>audit.log</c> and as many backups as <paramref name="mib"/> asks for; returns the bytes.</summary>
    public static long Make(string folder, int mib)
    {
        Directory.CreateDirectory(folder);
        var lines = SampleLines();
        var left = (long)mib << 20;
        var number = 0;
        var made = 0L;
        for (var backup = 0; left > 0; backup++)
        {
            var isLive = left <= FileBytes;
            var name = isLive ? "audit.log" : $"audit-2026-01-01T00-{backup / 60:00}-{backup % 60:00}.000.log";
            using var file = File.Create(Path.Combine(folder, name), 1 << 20);
            while (file.Length < Math.Min(left, FileBytes))
            {
                foreach (var line in lines)
                {
                    file.Write(Encoding.UTF8.GetBytes($"{{\"n\":{number++},"));
                    file.Write(line.AsSpan(1));
                    if (file.Position >= Math.Min(left, FileBytes)) break;
                }

                file.Flush();
            }

            made += file.Length;
            left -= file.Length;
        }

        if (!File.Exists(Path.Combine(folder, "audit.log"))) File.Create(Path.Combine(folder, "audit.log")).Dispose();
        return made;
    }

    /// <summary>The recorded sample, a record each.</summary>
    public static List<byte[]> SampleLines()
    {
        var lines = new List<byte[]>();
        foreach (var path in Directory.EnumerateFiles(SampleFolder(), "audit*").Order(StringComparer.Ordinal))
        {
            using var file = File.OpenRead(path);
            using Stream plain = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
            using var reader = new StreamReader(plain);
            while (reader.ReadLine() is { } line) lines.Add(Encoding.UTF8.GetBytes(line + "\n"));
        }

        return lines;
    }

    private static string SampleFolder()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (Directory.Exists(Path.Combine(folder, "config", "samples", "log")))
                return Path.Combine(folder, "config", "samples", "log");

        throw new DirectoryNotFoundException("config/samples/log was not found above the program: run it from a checkout.");
    }
}
