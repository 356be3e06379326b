using System.IO.Compression;
using System.Security.Cryptography;

namespace Sealtail.Benchmarks;

/// <summary>The pure cost of the same bytes: what any program that compresses and hashes them must spend.</summary>
internal static class Pure
{
    private const int BufferBytes = 256 * 1024;

    /// <summary>gzip at <paramref name="level"/> and SHA-256 over every file of the folder.</summary>
    public static int Compress(string folder, int level)
    {
        var buffer = new byte[BufferBytes];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var gzip = new GZipStream(Stream.Null, new ZLibCompressionOptions { CompressionLevel = level });
        foreach (var path in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            using var file = File.OpenHandle(path);
            for (long at = 0; RandomAccess.Read(file, buffer, at) is > 0 and var read; at += read)
            {
                hash.AppendData(buffer, 0, read);
                gzip.Write(buffer, 0, read);
            }
        }

        hash.GetHashAndReset();
        return 0;
    }

    /// <summary>gunzip and SHA-256 over every chunk below the folder, on one core.</summary>
    public static int Decompress(string folder)
    {
        var buffer = new byte[BufferBytes];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var path in Directory.EnumerateFiles(folder, "*.ndjson.gz", SearchOption.AllDirectories))
        {
            using var gzip = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
            while (gzip.Read(buffer) is > 0 and var read) hash.AppendData(buffer, 0, read);
        }

        hash.GetHashAndReset();
        return 0;
    }
}
