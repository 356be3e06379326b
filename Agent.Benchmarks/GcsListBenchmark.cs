using System.Net;
using Sealtail.Buckets;
using Sealtail.Buckets.Gcs;
using Sealtail.FakeGcs;
using Sealtail.FakeGcs.Faults;
using Sealtail.FakeGcs.Protocol;
using Sealtail.FakeGcs.Storage;
using Sealtail.Format;
using Sealtail.Verifying;

namespace Sealtail.Benchmarks;

/// <summary>Listing a bucket of several nodes, as <c>verify</c> does it, beside listing it in one sequence of pages, with a store that takes its time for each request.</summary>
internal static class GcsListBenchmark
{
    private const int SecondsPerDay = 86_400;

    public static async Task<int> RunAsync(Options options)
    {
        var (nodes, days, delay) = (options.Number("nodes", 3), options.Number("days", 20), TimeSpan.FromMilliseconds(options.Number("delay-ms", 30)));
        await using var server = await FakeGcsServer.StartAsync(new FakeGcsOptions { Md5 = false, JournalCapacity = 1 }, TimeProvider.System);
        var count = Fill(server.Buckets.Create("audit", new BucketSettings()), nodes, days);
        server.Faults.Add(new() { Kind = FaultKind.Stall, Call = GcsCall.ObjectList, Delay = delay });
        using var bucket = GcsBucket.Open(
            new BucketOptions { Location = "gs://audit", Endpoint = server.Address, Credentials = new CredentialOptions { Type = CredentialType.None } }, GcsScope.Read, new GcsEnvironment { Proxy = new WebProxy() }, TimeProvider.System);

        Console.WriteLine($"{count:N0} objects of {nodes} nodes and {days} days, one epoch each; {delay.TotalMilliseconds} ms for a request");
        Console.WriteLine("run   one sequence: s   side by side: s   requests");
        for (var run = 1; run <= options.Number("runs", 3); run++)
        {
            var begin = TimeProvider.System.GetTimestamp();
            var found = 0;
            await foreach (var _ in bucket.ListAsync("v1/", CancellationToken.None)) found++;
            var sequence = TimeProvider.System.GetElapsedTime(begin).TotalSeconds;

            var before = server.Faults.Faults[0].Struck;
            begin = TimeProvider.System.GetTimestamp();
            var index = new BucketIndex(new VerifyOptions(), new FindingLog());
            if (!await index.ReadAsync(bucket, CancellationToken.None)) throw new InvalidOperationException("Listing failed.");
            var walk = TimeProvider.System.GetElapsedTime(begin).TotalSeconds;
            if (found != count || index.Streams.Sum(stream => stream.Manifests + stream.Chunks) != count) throw new InvalidOperationException("Not everything was found.");
            Console.WriteLine($"{run,3}   {sequence,15:0.00}   {walk,15:0.00}   {server.Faults.Faults[0].Struck - before,8:N0}");
        }

        return 0;
    }

    // A chunk and its manifest every 30 s. Names are all that is looked at.
    private static int Fill(FakeBucket bucket, int nodes, int days)
    {
        var begin = new DateTime(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc);
        var count = 0;
        for (var node = 1; node <= nodes; node++)
        {
            var stream = StreamName.Create("bench", $"cp-{node}", "audit");
            for (var sequence = 0; sequence < days * SecondsPerDay / 30; sequence++, count += 2)
            {
                bucket.Put(new ManifestName(stream, 1, sequence, sequence == 0 ? null : Digest.Of(BitConverter.GetBytes(sequence))).ToString(), []);
                bucket.Put(new ChunkName(stream, begin.AddSeconds(30 * sequence), Digest.Of(BitConverter.GetBytes(-sequence))).ToString(), []);
            }
        }

        return count;
    }
}
