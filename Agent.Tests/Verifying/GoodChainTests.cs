using NUnit.Framework;
using Sealtail.Buckets;
using Sealtail.Files;
using Sealtail.Format;
using Sealtail.Tests.Support;
using Sealtail.Verifying;

namespace Sealtail.Tests.Verifying;

/// <summary>What is whole is proven, and nothing but information is said of it.</summary>
internal sealed class GoodChainTests : IDisposable
{
    private readonly ChainBuilder chain = new();

    public void Dispose() => chain.Dispose();

    [Test]
    public async Task A_chain_with_rotations_heartbeats_and_restarts_is_proven()
    {
        chain.Start().Chunk().Chunk().Read().Rotate().Read().Seal().Heartbeat().Rotate().Chunk().Stop().Start().Chunk().Heartbeat();

        var report = await Verification.RunAsync(chain);

        Assert.That(report.Weighing(), Is.Empty);
        Assert.That(report.ExitCode(strict: true), Is.Zero);
        var stream = report.Streams.Single();
        Assert.That((stream.Epochs, stream.Manifests, stream.Chunks, stream.Records, stream.Heartbeats), Is.EqualTo((2L, 10L, 5L, 6L, 2L)));
        Assert.That(stream.Bytes, Is.EqualTo(chain.Drafts.Sum(draft => draft.Plain?.Length ?? 0)));
        Assert.That(stream.Covered, Is.EqualTo(new[] { new TimeRange(chain.Drafts[0].Created, chain.Last.Created) }));
    }

    [Test]
    public async Task Several_streams_are_told_apart()
    {
        using var other = new ChainBuilder("prod/cp-1-b/audit");
        chain.Start().Chunk();
        other.Start().Chunk().Chunk();
        using var bucket = chain.Build();
        other.WriteTo(bucket);

        var report = await Verification.RunAsync(bucket, [chain, other]);

        Assert.That(report.Weighing(), Is.Empty);
        Assert.That(report.Streams.Select(stream => (stream.Stream, stream.Chunks)), Is.EqualTo(new[] { ("prod/cp-1-b/audit", 2L), ("prod/cp-1/audit", 1L) }));
    }

    [Test]
    public async Task A_directory_is_verified_by_the_nodes_own_times()
    {
        using var folder = new TempFolder();
        chain.Start().Chunk().Chunk().Stop();
        using (var memory = chain.Build()) memory.SaveTo(folder.Path);
        using var bucket = new DirectoryBucket(folder.Path, new DurableFiles());

        var report = await Verification.RunAsync(bucket, chain);

        Assert.That(report.Weighing(), Is.Empty);
        Assert.That(report.Ids(Severity.Info), Does.Contain("TIME_UNPROVEN"));
        Assert.That(report.Streams.Single().Covered.Single().To, Is.EqualTo(chain.Last.Manifest.Signed));
    }

    [Test]
    public async Task Without_an_inventory_the_report_says_what_cannot_be_seen()
    {
        chain.Start().Chunk();

        var report = await Verification.RunAsync(chain);

        Assert.That(report.Ids(Severity.Info), Does.Contain("NO_INVENTORY"));
    }

    [Test]
    public async Task A_chunk_of_no_bytes_stands_for_finished_empty_files()
    {
        chain.Start().Chunk().Rotate().Rotate().Rotate().Read("").Seal().Chunk();

        var report = await Verification.RunAsync(chain);

        Assert.That(report.Weighing(), Is.Empty);
        Assert.That(chain[1, 2].Manifest.Entry.Content!.Value, Is.EqualTo(new ChunkContent(0, Digest.Of([]), 0, 0, MerkleTree.EmptyRoot)));
    }

    [Test]
    public async Task Any_bytes_may_be_records([Values("no json\n", "{\"a\":1}\r\n", "\n", "\r\n", "{", "{}", "\0\0\0\n", "{\"auditID\":\"\\ud800\",\"stage\":7}\n", "{\"\\ud800\":1,\"auditID\":\"x\"}\n", "[1]\n")] string line)
    {
        chain.Start().Read("{\"x\":1}\n").Read(line).Rotate().Seal().Chunk();

        var report = await Verification.RunAsync(chain);

        Assert.That(report.Weighing(), Is.Empty);
    }

    [Test]
    public async Task Records_longer_than_any_buffer_are_proven([Values(60_000, 131_072, 131_073, 300_000, (1 << 20) - 20, 3 << 20)] int length)
    {
        chain.Start().Read().Read($"{{\"auditID\":\"{new string('x', length)}\"}}\n").Read().Seal().Read($"{{\"stage\":\"{new string('y', length)}\"}}\n").Seal();

        var report = await Verification.RunAsync(chain);

        Assert.That(report.Weighing(), Is.Empty);
    }
}
