using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Sealtail.FakeGcs.Protocol;

namespace Sealtail.FakeGcs.Storage;

/// <summary>The buckets of a stand-in.</summary>
internal sealed class FakeBuckets(FakeGcsOptions options, StoreClock clock, BlobStore blobs)
{
    private readonly ConcurrentDictionary<string, FakeBucket> buckets = new();

    public FakeBucket this[string name] => buckets[name];

    /// <summary>What the IAM policy of the buckets' project shows, its audit configuration included.</summary>
    public JsonObject ProjectPolicy { get; set; } = new() { ["version"] = 1, ["bindings"] = new JsonArray() };

    public IEnumerable<FakeBucket> All => buckets.Values.OrderBy(bucket => bucket.Name, Utf8Order.Comparer);

    public FakeBucket Create(string name) => Create(name, new BucketSettings());

    public FakeBucket Create(string name, BucketSettings settings)
    {
        var now = clock.UtcNow;
        return Create(name, new BucketState
        {
            TimeCreated = now,
            Updated = now,
            RetentionSeconds = (long?)settings.Retention?.TotalSeconds,
            RetentionEffective = now,
            Locked = settings.Locked,
            Versioning = settings.Versioning,
            ObjectRetention = settings.ObjectRetention,
            DefaultEventBasedHold = settings.DefaultEventBasedHold,
            SoftDeleteEffective = now,
        });
    }

    public FakeBucket Create(string name, BucketState state)
    {
        var bucket = new FakeBucket(name, state, clock, blobs, options.ExistingName);
        return buckets.TryAdd(name, bucket)
            ? bucket
            : throw GcsErrors.Conflict("Your previous request to create the named bucket succeeded and you already own it.");
    }

    public FakeBucket Get(string name) => buckets.GetValueOrDefault(name) ?? throw GcsErrors.BucketNotFound();

    public void Delete(FakeBucket bucket, Preconditions preconditions)
    {
        bucket.Close(preconditions);
        buckets.TryRemove(bucket.Name, out _);
    }
}
