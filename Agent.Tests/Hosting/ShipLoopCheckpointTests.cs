using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using Sealtail.Buckets;
using Sealtail.Format;
using Sealtail.Hosting;
using Sealtail.Observability;
using Sealtail.Sealing;
using Sealtail.Shipping;
using Sealtail.Tests.Spooling;
using Sealtail.Tests.Support;

namespace Sealtail.Tests.Hosting;

/// <summary>The ship loop makes checkpoints beside its work, and its work does not depend on them.</summary>
internal sealed class ShipLoopCheckpointTests : IDisposable
{
    private readonly World world = World.InMemory(checkpointAge: TimeSpan.FromDays(1000)); // however often the clock is moved on
    private readonly MemoryBucket bucket = new();

    public void Dispose()
    {
        bucket.Dispose();
        world.Dispose();
    }

    [Test]
    public async Task Manifests_are_followed_by_checkpoints_that_hold()
    {
        await ShipAsync(entries: 7, bucket);

        var checkpoints = Checkpoints();
        Assert.That(checkpoints.Select(checkpoint => checkpoint.Size), Is.EqualTo(new long[] { 3, 6 }));
        foreach (var checkpoint in checkpoints) Assert.That(checkpoint.Root, Is.EqualTo(Root(checkpoint.Epoch, checkpoint.Size)));
        Assert.That(Manifests(1), Is.EqualTo(9), "a start, seven chunks, a stop");
    }

    [Test]
    public async Task A_run_with_nothing_to_say_writes_nothing_even_if_a_checkpoint_is_due()
    {
        await ShipAsync(entries: 7, bucket);
        world.Time.Advance(TimeSpan.FromDays(1));
        var before = bucket.Names;

        await ShipAsync(entries: 0, bucket);

        Assert.That(bucket.Names, Is.EqualTo(before));
    }

    [Test]
    public async Task A_run_that_has_something_to_say_covers_first_what_the_one_before_left()
    {
        await ShipAsync(entries: 7, bucket);
        world.Time.Advance(TimeSpan.FromDays(1));

        await ShipAsync(entries: 1, bucket);

        Assert.That(Checkpoints().Select(checkpoint => (checkpoint.Epoch, checkpoint.Size)), Is.EqualTo(new[] { (1L, 3L), (1L, 6L), (1L, 9L) }));
    }

    [Test]
    public async Task A_store_that_refuses_checkpoints_gets_everything_else()
    {
        await ShipAsync(entries: 7, new NoCheckpoints(bucket));

        Assert.That(Manifests(1), Is.EqualTo(9));
        Assert.That(bucket.Names.Where(name => name.StartsWith(CheckpointName.Root, StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public async Task A_store_that_never_answers_to_a_checkpoint_gets_everything_else_and_the_run_ends()
    {
        await ShipAsync(entries: 7, new NoCheckpoints(bucket) { Hangs = true }, waits: true);

        Assert.That(Manifests(1), Is.EqualTo(9));
    }

    private async Task ShipAsync(int entries, IBucket to, bool waits = false)
    {
        using var run = world.Start();
        for (var i = 0; i < entries; i++)
        {
            world.Write(2);
            run.Ingest();
        }

        var retry = new BucketRetryOptions { WaitsForAdministrator = waits, MaxAttempts = 3 };
        var shipper = new Shipper(to, retry, (_, _) => { }, TimeProvider.System, NullLogger<Shipper>.Instance);
        var repair = new SourceRepair("unused", new SealOptions(), World.Stream, run.Spool, world.Time, NullLogger<SourceRepair>.Instance);
        var loop = new ShipLoop(
            run.Spool, run.Chain, shipper, repair, () => null, new ShipCounters(), new IngestCounters(null), new ShipMode(Heartbeats: false, waits, ParallelChunks: 2),
            new Health(TimeProvider.System).Add("ship"), world.Time, NullLogger<ShipLoop>.Instance);
        var running = loop.RunAsync(Task.CompletedTask, CancellationToken.None);
        while (await Task.WhenAny(running, Task.Delay(5)) != running)
            if (run.Spool.Count == 0) world.Time.Advance(Pulse.Interval); // nothing is left: it only waits to look once more
        await running;
    }

    private Checkpoint[] Checkpoints() =>
        [.. bucket.Names.Where(name => name.StartsWith(CheckpointName.Root, StringComparison.Ordinal)).Select(name => Checkpoint.Parse(SignedNote.Parse(bucket[name]).Text))];

    private int Manifests(long epoch) => bucket.Names.Count(name => ManifestName.TryParse(name, out var manifest) && manifest.Epoch == epoch);

    private Digest Root(long epoch, long size)
    {
        var tree = new MerkleTree();
        foreach (var name in bucket.Names.Where(name => ManifestName.TryParse(name, out var manifest) && manifest.Epoch == epoch && manifest.Sequence < size))
            tree.Append(MerkleTree.LeafHash(Envelope.Parse(bucket[name]).Payload));
        return tree.Root();
    }

    // An identity that may create objects everywhere but under this prefix.
    private sealed class NoCheckpoints(MemoryBucket bucket) : IBucket
    {
        public bool Hangs { get; init; }

        public string Location => bucket.Location;

        public bool HasStoreClock => true;

        public async Task<PutOutcome> CreateAsync(Upload upload, CancellationToken cancellationToken)
        {
            if (!upload.Name.StartsWith(CheckpointName.Root, StringComparison.Ordinal)) return await bucket.CreateAsync(upload, cancellationToken);
            if (Hangs) await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            throw new BucketException(BucketFault.Denied, "Not there.");
        }

        public IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellationToken) => bucket.ListAsync(prefix, cancellationToken);

        public Task<Stream> OpenReadAsync(StoredObject stored, long offset, CancellationToken cancellationToken) => bucket.OpenReadAsync(stored, offset, cancellationToken);

        public Task<BucketRetention> GetRetentionAsync(CancellationToken cancellationToken) => bucket.GetRetentionAsync(cancellationToken);

        public void Dispose()
        {
        }
    }
}
