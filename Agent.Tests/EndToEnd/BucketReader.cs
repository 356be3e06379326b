using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;

namespace Sealtail.Tests.EndToEnd;

/// <summary>Reads a directory bucket with nothing of Sealtail's: manifests by name order, then the chunks that they name.</summary>
internal static class BucketReader
{
    /// <summary>The payloads in chain order.</summary>
    public static IEnumerable<JsonElement> Payloads(string bucket)
    {
        var folder = Path.Combine(bucket, "v1", "manifests");
        if (!Directory.Exists(folder)) yield break;
        foreach (var path in Directory.EnumerateFiles(folder, "*.dsse.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            using var envelope = JsonDocument.Parse(File.ReadAllBytes(path));
            using var payload = JsonDocument.Parse(Convert.FromBase64String(envelope.RootElement.GetProperty("payload").GetString()!));
            yield return payload.RootElement.GetProperty("predicate").Clone();
        }
    }

    /// <summary>SHA-256 and length of all chunks' plain bytes, in chain order.</summary>
    public static (string Sha256, long Bytes) Content(string bucket)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long bytes = 0;
        foreach (var chunk in ChunkBytes(bucket))
        {
            hash.AppendData(chunk);
            bytes += chunk.Length;
        }

        return (Convert.ToHexStringLower(hash.GetHashAndReset()), bytes);
    }

    public static IEnumerable<byte[]> ChunkBytes(string bucket)
    {
        foreach (var predicate in Payloads(bucket))
        {
            if (!predicate.TryGetProperty("object", out var chunk)) continue;
            using var gzip = new GZipStream(File.OpenRead(Path.Combine(bucket, chunk.GetProperty("name").GetString()!)), CompressionMode.Decompress);
            using var plain = new MemoryStream();
            gzip.CopyTo(plain);
            yield return plain.ToArray();
        }
    }

    /// <summary>Every object's path and content hash: to see that a run changed nothing.</summary>
    public static IReadOnlyList<string> Snapshot(string bucket) =>
        Directory.Exists(bucket)
            ? [.. Directory.EnumerateFiles(bucket, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(path => $"{path} {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)))}")]
            : [];
}
