using System.Runtime.CompilerServices;
using NUnit.Framework;
using Sealtail.Buckets;
using Sealtail.Tampering;
using Sealtail.Verifying;

namespace Sealtail.Tests.Verifying;

/// <summary>Listing a tree by several at once finds what listing it in one go finds, whatever the tree looks like.</summary>
internal sealed class FolderWalkTests
{
    private const int AtOnce = 4;

    [Test]
    public async Task Random_trees_are_listed_whole_and_each_object_once([Range(0, 19)] int round)
    {
        var seed = TestContext.CurrentContext.Random.Next();
        var random = new Random(seed);
        using var bucket = new MemoryBucket();
        foreach (var name in Enumerable.Range(0, random.Next(600)).Select(_ => RandomName(random)).Distinct()) bucket.Replace(name, []);

        var found = await WalkAsync(bucket, folder => folder.Count(c => c == '/') > 1 + (round % 3) ? FolderUse.Whole : FolderUse.Opened);

        Assert.That(found, Is.EquivalentTo(bucket.Names.Where(name => name.StartsWith("v/", StringComparison.Ordinal))), $"seed {seed}");
    }

    [Test]
    public async Task Many_small_folders_are_listed_several_together()
    {
        using var bucket = new MemoryBucket();
        for (var epoch = 0; epoch < 1000; epoch++) bucket.Replace($"v/e{epoch:D8}/start", []);
        using var counting = new CountingBucket(bucket);

        var found = await WalkAsync(counting, folder => folder == "v/" ? FolderUse.Opened : FolderUse.Whole);

        Assert.That(found, Is.EquivalentTo(bucket.Names));
        Assert.That(counting.Listings, Is.EqualTo(10), "a hundred epochs each");
    }

    [Test]
    public async Task A_folder_that_is_of_no_use_is_not_looked_into()
    {
        using var bucket = new MemoryBucket();
        bucket.Replace("v/a/x", []);
        bucket.Replace("v/b/x", []);
        bucket.Fail("v/b/", BucketFault.Denied);

        Assert.That(await WalkAsync(bucket, folder => folder == "v/" ? FolderUse.Opened : folder == "v/b/" ? FolderUse.None : FolderUse.Whole), Is.EqualTo(new[] { "v/a/x" }));
    }

    [Test, CancelAfter(60_000)]
    public async Task As_many_are_at_work_as_may_be_and_no_more(CancellationToken cancellationToken)
    {
        using var bucket = new MemoryBucket();
        for (var i = 0; i < 20; i++) bucket.Replace($"v/{new string('x', i)}/x", []); // of different lengths: each by itself
        using var crowded = new CrowdedBucket(bucket, AtOnce);

        var found = await WalkAsync(crowded, folder => folder == "v/" ? FolderUse.Opened : FolderUse.Whole, cancellationToken: cancellationToken);

        Assert.That(found, Has.Count.EqualTo(20));
        Assert.That(crowded.Most, Is.EqualTo(AtOnce));
    }

    [Test]
    public async Task What_cannot_be_listed_is_told_and_the_rest_is_found([Values] bool isOpened)
    {
        using var bucket = new MemoryBucket();
        foreach (var folder in new[] { "a", "b", "c" }) bucket.Replace($"v/{folder}/x/y", []);
        bucket.Fail("v/b/", BucketFault.Denied);
        var failed = new List<string>();

        var found = await WalkAsync(bucket, folder => folder == "v/" || isOpened ? FolderUse.Opened : FolderUse.Whole, failed: failed);

        Assert.That(found, Is.EquivalentTo(new[] { "v/a/x/y", "v/c/x/y" }));
        Assert.That(failed, Is.EqualTo(new[] { "v/b/" }));
    }

    [Test]
    public async Task A_fault_that_is_not_the_stores_ends_it_for_all()
    {
        using var bucket = new MemoryBucket();
        for (var i = 0; i < 20; i++) bucket.Replace($"v/{i}/x", []);
        var walk = new FolderWalk(bucket, AtOnce) { UseOf = folder => folder == "v/" ? FolderUse.Opened : FolderUse.Whole, Found = _ => throw new InvalidDataException("mine"), Failed = (_, _) => { } };

        await Assert.ThrowsAsync<InvalidDataException>(() => walk.RunAsync(["v/"], CancellationToken.None));
    }

    private static async Task<List<string>> WalkAsync(IBucket bucket, Func<string, FolderUse> useOf, List<string>? failed = null, CancellationToken cancellationToken = default)
    {
        var found = new List<string>();
        var walk = new FolderWalk(bucket, AtOnce)
        {
            UseOf = useOf,
            Found = stored =>
            {
                lock (found) found.Add(stored.Name);
            },
            Failed = (prefix, fault) => (failed ?? throw fault).Add(prefix),
        };
        await walk.RunAsync(["v/"], cancellationToken);
        return found;
    }

    // Up to five folders deep, with names that sort around the slash, some levels with very many folders.
    private static string RandomName(Random random)
    {
        var parts = Enumerable.Range(0, 1 + random.Next(5)).Select(_ => random.Next(3) == 0 ? $"d{random.Next(200):D3}" : new[] { "a", "a-", "a.b", "ab", "~" }[random.Next(5)]);
        return (random.Next(10) == 0 ? "w/" : "v/") + string.Join('/', parts);
    }

    private class CountingBucket(MemoryBucket bucket) : IBucket
    {
        private int listings;

        public int Listings => listings;

        public string Location => bucket.Location;

        public bool HasStoreClock => true;

        public virtual IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref listings);
            return bucket.ListAsync(prefix, cancellationToken);
        }

        public IAsyncEnumerable<FolderEntry> ListFolderAsync(string folder, CancellationToken cancellationToken) => ((IBucket)bucket).ListFolderAsync(folder, cancellationToken);

        public Task<Stream> OpenReadAsync(StoredObject stored, long offset, CancellationToken cancellationToken) => bucket.OpenReadAsync(stored, offset, cancellationToken);

        public Task<PutOutcome> CreateAsync(Upload upload, CancellationToken cancellationToken) => bucket.CreateAsync(upload, cancellationToken);

        public Task<BucketRetention> GetRetentionAsync(CancellationToken cancellationToken) => bucket.GetRetentionAsync(cancellationToken);

        public void Dispose() => GC.SuppressFinalize(this);
    }

    // A listing waits until as many others are under way as there should be, and a little for one too many.
    private sealed class CrowdedBucket(MemoryBucket bucket, int crowd) : CountingBucket(bucket)
    {
        private readonly TaskCompletionSource full = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int now;
        private int most;

        public int Most => most;

        public override async IAsyncEnumerable<StoredObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            var count = Interlocked.Increment(ref now);
            for (var seen = most; count > seen; seen = most) Interlocked.CompareExchange(ref most, count, seen);
            if (count == crowd) full.TrySetResult();
            await full.Task.WaitAsync(cancellationToken);
            await Task.Yield();
            await foreach (var stored in base.ListAsync(prefix, cancellationToken)) yield return stored;
            Interlocked.Decrement(ref now);
        }
    }
}
