using System.IO.Compression;
using System.Security.Cryptography;
using Sealtail.Buckets;
using Sealtail.Files;
using Sealtail.Format;
using Sealtail.Verifying;

namespace Sealtail.Benchmarks;

/// <summary>Proving chunks beside the pure cost of gunzip and SHA-256 over the same bytes: in one process, on one thread, in turn, after warming up.</summary>
internal static class ChunkBenchmark
{
    private const int BufferBytes = 256 * 1024;

    public static async Task<int> RunAsync(string folder, Options options)
    {
        var chunks = await LoadAsync(folder);
        var gib = chunks.Sum(chunk => chunk.Job.Content.Bytes) / (double)(1 << 30);
        var pure = new List<double>();
        var verify = new List<double>();
        for (var run = 0; run <= options.Number("runs", 5); run++)
        {
            var ofPure = CpuSeconds(() => chunks.ForEach(chunk => Decompress(chunk.Bytes)));
            var ofVerify = CpuSeconds(() => chunks.ForEach(chunk => Verify(chunk.Job, chunk.Bytes)));
            if (run == 0) continue; // warms up
            pure.Add(ofPure);
            verify.Add(ofVerify);
        }

        var median = pure.Zip(verify, (p, v) => p / v).Order().ElementAt(pure.Count / 2);
        Console.WriteLine($"{chunks.Count} chunks, {gib:0.00} GiB plain; CPU s/GiB, best of {pure.Count}: pure {pure.Min() / gib:0.00}, verify {verify.Min() / gib:0.00}");
        Console.WriteLine($"median speed per core against pure {median:0.000} (goal: at least 0.8)");
        return 0;
    }

    private static async Task<List<(ChunkJob Job, byte[] Bytes)>> LoadAsync(string folder)
    {
        using var bucket = new DirectoryBucket(Path.GetFullPath(folder), new DurableFiles());
        var chunks = new List<(ChunkJob, byte[])>();
        await foreach (var stored in bucket.ListAsync(ManifestName.Root, CancellationToken.None))
        {
            var manifest = ManifestReader.Parse(Envelope.Parse(await File.ReadAllBytesAsync(Path.Combine(folder, stored.Name))).Payload);
            if (manifest.Entry is { Object: { } chunk, Content: { } content })
                chunks.Add((new ChunkJob(stored, manifest.Entry, chunk, content), await File.ReadAllBytesAsync(Path.Combine(folder, chunk.Name))));
        }

        return chunks;
    }

    private static void Decompress(byte[] stored)
    {
        var buffer = new byte[BufferBytes];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var gzip = new GZipStream(new MemoryStream(stored), CompressionMode.Decompress);
        while (gzip.Read(buffer) is > 0 and var read) hash.AppendData(buffer, 0, read);
        hash.GetHashAndReset();
    }

    private static void Verify(ChunkJob job, byte[] stored)
    {
        if (ChunkVerifier.Verify(job, new MemoryStream(stored), CancellationToken.None).Faults is [var fault, ..])
            throw new InvalidOperationException($"{job.Chunk.Name}: {fault}");
    }

    private static double CpuSeconds(Action action)
    {
        var before = Environment.CpuUsage.TotalTime;
        action();
        return (Environment.CpuUsage.TotalTime - before).TotalSeconds;
    }
}
