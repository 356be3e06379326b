using NUnit.Framework;
using Sealtail.Buckets;
using Sealtail.Buckets.Gcs;
using Sealtail.FakeGcs.Faults;
using Sealtail.FakeGcs.Identity;
using Sealtail.FakeGcs.Protocol;
using static Sealtail.Tests.Buckets.GcsBed;

namespace Sealtail.Tests.Buckets;

internal sealed class GcsReadTests
{
    [Test]
    public async Task A_listing_goes_on_over_pages_and_faults()
    {
        await using var bed = await StartAsync();
        for (var i = 0; i < 2345; i++) bed.Stored.Put($"k8s/v1/{i:00000}", [(byte)i]);
        bed.Stored.Put("k8s/", "a console's folder"u8);
        bed.Stored.Put("k8sv1/other", "x"u8);
        bed.Server.Faults.Add(new() { Kind = FaultKind.Status, Call = GcsCall.ObjectList, Skip = 1, Count = 1 });
        bed.Server.Faults.Add(new() { Kind = FaultKind.Truncate, Form = FaultForm.Applied, Call = GcsCall.ObjectList, Skip = 1, Count = 1 });
        using var bucket = OpenInRealTime(bed, "gs://audit/k8s");

        var names = new List<string>();
        await foreach (var stored in bucket.ListAsync("", None)) names.Add(stored.Name);

        Assert.That(names, Is.EqualTo(Enumerable.Range(0, 2345).Select(i => $"v1/{i:00000}")));
        Assert.That(bed.Server.Journal.Requests, Has.Count.EqualTo(5));
    }

    [Test]
    public async Task A_listing_shows_what_the_store_says_of_each_object()
    {
        await using var bed = await StartAsync(new() { Retention = TimeSpan.FromDays(1) });
        bed.Stored.Put("x", "hello"u8);

        var stored = await FirstAsync(bed.Open());

        var fake = bed.Stored.Objects.Single();
        Assert.That(stored.Bytes, Is.EqualTo(5));
        Assert.That(stored.Crc32C, Is.EqualTo(Sealtail.Format.Crc32C.Of("hello"u8).Value));
        Assert.That(stored.Generation, Is.EqualTo($"{fake.Generation}"));
        Assert.That(stored.RetentionExpirationTime - stored.TimeCreated, Is.EqualTo(TimeSpan.FromDays(1)));
    }

    [TestCase(0)]
    [TestCase(1_000)]
    public async Task A_download_that_breaks_off_is_continued_where_it_broke(int offset)
    {
        await using var bed = await StartAsync();
        var bytes = new byte[1_000_000];
        TestContext.CurrentContext.Random.NextBytes(bytes);
        bed.Stored.Put("x", bytes);
        bed.Server.Faults.Add(new() { Kind = FaultKind.Truncate, Form = FaultForm.Applied, Call = GcsCall.ObjectGet, AfterBytes = 70_000, Count = 3 });
        bed.Server.Faults.Add(new() { Kind = FaultKind.Reset, Call = GcsCall.ObjectGet, Count = 1 });
        using var bucket = OpenInRealTime(bed, "gs://audit");

        Assert.That(await ReadAsync(bucket, await FirstAsync(bucket), offset), Is.EqualTo(bytes[offset..]));
        Assert.That(bed.Server.Journal.Requests.Count(request => request.Call == GcsCall.ObjectGet), Is.EqualTo(5));
    }

    [Test]
    public async Task A_download_that_stalls_is_asked_for_again()
    {
        await using var bed = await StartAsync();
        bed.Stored.Put("x", new byte[1_000_000]);
        bed.Server.Faults.Add(new() { Kind = FaultKind.Drip, Call = GcsCall.ObjectGet, PieceBytes = 1000, Delay = TimeSpan.FromDays(1), Count = 1 });
        var bucket = bed.Open();
        await using var stream = await bucket.OpenReadAsync(await FirstAsync(bucket), 0, None);
        var buffer = new byte[1_000_000];
        var came = await stream.ReadAtLeastAsync(buffer, 1000, true, None);

        var rest = stream.ReadExactlyAsync(buffer.AsMemory(came), None).AsTask();
        bed.Time.Advance(TimeSpan.FromSeconds(30));

        await rest;
        Assert.That(bed.Server.Journal.Requests[^1].Headers["Range"], Is.EqualTo("bytes=1000-"));
    }

    [Test]
    public async Task A_download_that_never_ends_well_is_given_up()
    {
        await using var bed = await StartAsync();
        bed.Stored.Put("x", new byte[1_000_000]);
        bed.Server.Faults.Add(new() { Kind = FaultKind.Truncate, Form = FaultForm.Applied, Call = GcsCall.ObjectGet, AfterBytes = 0 });
        using var bucket = OpenInRealTime(bed, "gs://audit");

        var fault = await Assert.ThrowsAsync<BucketException>(async () => await ReadAsync(bucket, await FirstAsync(bucket), 0));

        Assert.That(fault!.Fault, Is.EqualTo(BucketFault.Transient));
    }

    [Test]
    public async Task An_object_that_was_replaced_since_it_was_listed_is_not_found()
    {
        await using var bed = await StartAsync();
        bed.Stored.Put("x", "first"u8);
        var bucket = bed.Open();
        var listed = await FirstAsync(bucket);
        bed.Stored.Put("x", "other"u8);

        var fault = await Assert.ThrowsAsync<BucketException>(() => bucket.OpenReadAsync(listed, 0, None));

        Assert.That(fault!.Fault, Is.EqualTo(BucketFault.NotFound));
    }

    [Test]
    public async Task Bytes_marked_as_gzip_come_as_they_are_stored()
    {
        await using var bed = await StartAsync();
        bed.Stored.Put("x", [0x1f, 0x8b, 8, 0]);
        bed.Stored.Tampering.Change("x", stored => stored with { ContentEncoding = "gzip" });
        var bucket = bed.Open();

        Assert.That(await ReadAsync(bucket, await FirstAsync(bucket), 0), Is.EqualTo(new byte[] { 0x1f, 0x8b, 8, 0 }));
        Assert.That(bed.Server.Journal.Requests[^1].Headers["Accept-Encoding"], Is.EqualTo("gzip"));
    }

    [Test]
    public async Task Nothing_lies_behind_the_last_byte()
    {
        await using var bed = await StartAsync();
        bed.Stored.Put("x", "hello"u8);
        var bucket = bed.Open();

        Assert.That(await ReadAsync(bucket, await FirstAsync(bucket), 5), Is.Empty);
    }

    [Test]
    public async Task Who_may_not_read_hears_so_at_once()
    {
        using var folder = new TempFolder();
        await using var bed = await StartGuardedAsync();
        bed.Stored.Put("x", "hello"u8);
        var bucket = bed.OpenAs(bed.Server.Principals.Add("shipper@example.com", Permissions.ObjectCreator), folder["key.json"]);
        var listed = new StoredObject("x", 5, null, null, null, null);

        var list = await Assert.ThrowsAsync<BucketException>(() => FirstAsync(bucket));
        var read = await Assert.ThrowsAsync<BucketException>(() => bucket.OpenReadAsync(listed, 0, None));

        Assert.That((list!.Fault, read!.Fault), Is.EqualTo((BucketFault.Denied, BucketFault.Denied)));
        Assert.That(list.Message, Does.Contain("storage.objects.list"));
        Assert.That(bed.Server.Journal.Requests, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task A_bucket_that_is_not_there_is_named_so_by_every_way_of_reading()
    {
        await using var bed = await StartAsync();
        var bucket = bed.Open("gs://absent");

        var faults = new[]
        {
            await Assert.ThrowsAsync<BucketException>(() => FirstAsync(bucket)),
            await Assert.ThrowsAsync<BucketException>(() => bucket.OpenReadAsync(new StoredObject("x", 5, null, null, null, null), 0, None)),
            await Assert.ThrowsAsync<BucketException>(() => bucket.GetRetentionAsync(None)),
        };

        Assert.That(faults.Select(fault => fault!.Fault), Is.All.EqualTo(BucketFault.BucketMissing));
    }

    private static GcsBucket OpenInRealTime(GcsBed bed, string location) =>
        GcsBucket.Open(new BucketOptions { Location = location }, GcsScope.Read, bed.Environment, TimeProvider.System);

    private static async Task<StoredObject> FirstAsync(GcsBucket bucket)
    {
        await foreach (var stored in bucket.ListAsync("", None)) return stored;
        throw new AssertionException("nothing is there");
    }

    private static async Task<byte[]> ReadAsync(GcsBucket bucket, StoredObject stored, long offset)
    {
        await using var stream = await bucket.OpenReadAsync(stored, offset, None);
        var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, None);
        return bytes.ToArray();
    }
}
