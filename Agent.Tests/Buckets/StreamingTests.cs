using System.Net;
using NUnit.Framework;
using Sealtail.Buckets;
using Sealtail.Buckets.Gcs;
using Sealtail.Format;

namespace Sealtail.Tests.Buckets;

/// <summary>Alone, because it measures what the whole process allocates.</summary>
[NonParallelizable]
internal sealed class StreamingTests
{
    private const long MiB = 1024 * 1024;

    [Test]
    public async Task A_large_object_is_streamed_from_the_disk_in_flat_memory()
    {
        using var folder = new TempFolder();
        using var sink = new SinkServer();
        var path = folder["chunk"];
        var crc = Write(path, 64 * MiB);
        using var bucket = GcsBucket.Open(new BucketOptions { Location = "gs://audit" }, GcsScope.Write, new GcsEnvironment { Emulator = sink.Address, Proxy = new WebProxy() }, TimeProvider.System);
        var upload = new Upload("x", "application/gzip", 64 * MiB, crc.Value, () => File.OpenRead(path));
        var reply = $$"""{"name":"x","size":"{{64 * MiB}}","crc32c":"{{crc}}","generation":"1"}""";

        // The least of three: what a test before this one left running allocates, too, but not each time as much.
        var least = long.MaxValue;
        for (var i = 0; i < 3; i++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            var taking = sink.TakeAsync(reply);
            var outcome = await bucket.CreateAsync(upload, CancellationToken.None);
            await taking;
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
            Assert.That(outcome.Created, Is.True);
        }

        TestContext.Out.WriteLine($"{least / 1024} KiB allocated for {upload.Bytes / MiB} MiB");
        Assert.That(least, Is.LessThan(4 * MiB));
    }

    private static Crc32C Write(string path, long bytes)
    {
        using var file = File.Create(path);
        var block = new byte[MiB];
        TestContext.CurrentContext.Random.NextBytes(block);
        var crc = default(Crc32C);
        for (long written = 0; written < bytes; written += block.Length)
        {
            file.Write(block);
            crc = crc.Append(block);
        }

        return crc;
    }
}
