using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using Sealtail.Buckets;
using Sealtail.Files;
using Sealtail.Format;
using Sealtail.Shipping;

namespace Sealtail.Tests.Shipping;

/// <summary>What the shipper says of itself while uploads fail.</summary>
internal sealed class ShipperTroubleTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Test]
    public async Task Trouble_begins_with_the_first_failure_and_ends_with_the_first_success()
    {
        folder.Write("bucket", "a file where the bucket's directory should be");
        using var bucket = new DirectoryBucket(folder["bucket"], new DurableFiles());
        var results = new List<string>();
        var retry = new BucketRetryOptions { ParkedDelay = TimeSpan.FromMilliseconds(50) };
        var failedTwice = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var shipper = new Shipper(bucket, retry, Attempted, TimeProvider.System, NullLogger<Shipper>.Instance);
        Assert.That(shipper.Trouble, Is.Null, "before the first attempt");

        var uploading = shipper.PutAsync(Upload("x"), CancellationToken.None);
        await failedTwice.Task.WaitAsync(TimeSpan.FromSeconds(30));
        var trouble = shipper.Trouble;
        File.Delete(folder["bucket"]);
        await uploading.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.That(trouble, Is.Not.Null.And.Property(nameof(UploadTrouble.NeedsAdministrator)).True);
        Assert.That(trouble!.Reason, Does.Contain(folder["bucket"])); // not null: asserted
        Assert.That(shipper.Trouble, Is.Null);
        lock (results)
        {
            Assert.That(results[^1], Is.EqualTo("created in time"));
            Assert.That(results.SkipLast(1).ToArray(), Has.Length.AtLeast(2).And.All.EqualTo(results[0]).And.All.Not.StartsWith("created"));
        }

        void Attempted(string result, TimeSpan? elapsed)
        {
            lock (results) results.Add(elapsed is null ? result : $"{result} in time");
            if (results.Count == 2) failedTwice.TrySetResult();
        }
    }

    [Test]
    public async Task An_object_that_is_there_is_counted_as_such()
    {
        using var bucket = new DirectoryBucket(folder["bucket"], new DurableFiles());
        var results = new List<string>();
        var shipper = new Shipper(bucket, new BucketRetryOptions(), (result, _) => results.Add(result), TimeProvider.System, NullLogger<Shipper>.Instance);

        await shipper.PutAsync(Upload("x"), CancellationToken.None);
        await shipper.PutAsync(Upload("x"), CancellationToken.None);

        Assert.That(results, Is.EqualTo(new[] { "created", "exists" }));
    }

    [Test]
    public void A_fault_that_is_not_repeated_is_remembered_too()
    {
        using var bucket = new DirectoryBucket(folder["bucket"], new DurableFiles());
        var results = new List<string>();
        var shipper = new Shipper(bucket, new BucketRetryOptions(), (result, _) => results.Add(result), TimeProvider.System, NullLogger<Shipper>.Instance);

        Assert.That(async () => await shipper.PutAsync(Upload("x") with { Crc32C = 1 }, CancellationToken.None), Throws.TypeOf<BucketException>());
        Assert.That(shipper.Trouble, Is.Not.Null.And.Property(nameof(UploadTrouble.NeedsAdministrator)).True);
        Assert.That(results, Is.EqualTo(new[] { "damaged" }));
    }

    private static Upload Upload(string name) => new(name, "text/plain", 3, Crc32C.Of("abc"u8).Value, () => new MemoryStream("abc"u8.ToArray()));
}
