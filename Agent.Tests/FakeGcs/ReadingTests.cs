using NUnit.Framework;
using Sealtail.FakeGcs.Storage;

namespace Sealtail.Tests.FakeGcs;

[Parallelizable(ParallelScope.All)]
internal sealed class ReadingTests
{
    [TestCase("storage/v1/b/audit/o/a%2Fb?alt=media")]
    [TestCase("download/storage/v1/b/audit/o/a%2Fb?alt=media")]
    [TestCase("audit/a/b")]
    public async Task Bytes_come_with_checksums_and_generation(string path)
    {
        await using var gcs = await Gcs.StartAsync();
        await gcs.InsertAsync("a/b", "hello");

        var answer = await gcs.GetAsync(path);

        Assert.That((answer.Status, answer.Text), Is.EqualTo((200, "hello")));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.Header("x-goog-hash"), Is.EqualTo("crc32c=mnG7TA==,md5=XUFAKrxLKna5cZ2REBfFkg=="));
            Assert.That(answer.Header("x-goog-generation"), Is.EqualTo("1795338000000000"));
            Assert.That(answer.Header("x-goog-stored-content-length"), Is.EqualTo("5"));
            Assert.That(answer.Header("ETag"), Is.Not.Empty);
            Assert.That(answer.Header("Content-Type"), Is.EqualTo("application/gzip"));
            Assert.That(answer.Header("Content-Encoding"), Is.Empty);
        }
    }

    [TestCase("bytes=0-0", "0", "bytes 0-0/10")]
    [TestCase("bytes=3-5", "345", "bytes 3-5/10")]
    [TestCase("bytes=7-", "789", "bytes 7-9/10")]
    [TestCase("bytes=-2", "89", "bytes 8-9/10")]
    [TestCase("bytes=-20", "0123456789", "bytes 0-9/10")]
    [TestCase("bytes=8-100", "89", "bytes 8-9/10")]
    public async Task A_range_is_206(string range, string expected, string contentRange)
    {
        await using var gcs = await Gcs.StartAsync();
        gcs.Bucket.Put("x", "0123456789"u8);

        var answer = await gcs.SendAsync(HttpMethod.Get, "storage/v1/b/audit/o/x?alt=media", null, range);

        Assert.That((answer.Status, answer.Text, answer.Header("Content-Range")), Is.EqualTo((206, expected, contentRange)));
    }

    [TestCase("bytes=10-")]
    [TestCase("bytes=-0")]
    public async Task A_range_past_the_end_is_416(string range)
    {
        await using var gcs = await Gcs.StartAsync();
        gcs.Bucket.Put("x", "0123456789"u8);

        Assert.That((await gcs.SendAsync(HttpMethod.Get, "audit/x", null, range)).Status, Is.EqualTo(416));
    }

    [TestCase("lines=1-2")]
    [TestCase("bytes=5-3")]
    [TestCase("bytes=0-1,4-5")]
    public async Task A_range_that_is_none_is_ignored(string range)
    {
        await using var gcs = await Gcs.StartAsync();
        gcs.Bucket.Put("x", "0123456789"u8);

        Assert.That((await gcs.SendAsync(HttpMethod.Get, "audit/x", null, range)).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task A_range_across_segments_is_right([Values(Retain.Memory, Retain.Disk)] Retain retain)
    {
        await using var gcs = await Gcs.StartAsync(new BucketSettings(), new() { Retain = retain });
        var bytes = new byte[900_000];
        new Random(1).NextBytes(bytes);
        await gcs.InsertMediaAsync("x", bytes);

        var answer = await gcs.SendAsync(HttpMethod.Get, "audit/x", null, "bytes=262100-786500");

        Assert.That(answer.Bytes.AsSpan().SequenceEqual(bytes.AsSpan(262_100..786_501)), Is.True);
    }

    [Test]
    public async Task An_absent_object_is_404()
    {
        await using var gcs = await Gcs.StartAsync();

        var json = await gcs.GetAsync("storage/v1/b/audit/o/absent");
        var xml = await gcs.GetAsync("audit/absent");

        Assert.That((json.Status, json.Reason, json.Message), Is.EqualTo((404, "notFound", "No such object: audit/absent")));
        Assert.That((xml.Status, xml.Text), Is.EqualTo((404, "<?xml version='1.0' encoding='UTF-8'?><Error><Code>NoSuchKey</Code><Message>No such object: audit/absent</Message></Error>")));
    }

    [Test]
    public async Task A_head_request_has_headers_only()
    {
        await using var gcs = await Gcs.StartAsync();
        gcs.Bucket.Put("x", "hello"u8);

        var answer = await gcs.SendAsync(HttpMethod.Head, "audit/x", null);

        Assert.That((answer.Status, answer.Header("Content-Length"), answer.Bytes.Length), Is.EqualTo((200, "5", 0)));
    }

    [TestCase("ifGenerationMatch=1", 412)]
    [TestCase("ifGenerationNotMatch=LIVE", 304)]
    [TestCase("ifGenerationMatch=LIVE", 200)]
    [TestCase("generation=LIVE", 200)]
    [TestCase("generation=1", 404)]
    public async Task Reads_may_be_conditional(string query, int expected)
    {
        await using var gcs = await Gcs.StartAsync();
        var live = gcs.Bucket.Put("x", "x"u8).Generation;

        Assert.That((await gcs.GetAsync($"storage/v1/b/audit/o/x?{query.Replace("LIVE", live.ToString())}")).Status, Is.EqualTo(expected));
    }

    [Test]
    public async Task Fields_select_and_unknown_ones_select_nothing()
    {
        await using var gcs = await Gcs.StartAsync();
        await gcs.InsertAsync("x", "hello", "", """{"metadata":{"a":"1","b":"2"}}""");

        var answer = await gcs.GetAsync("storage/v1/b/audit/o/x?fields=size,crc32c,metadata/a,nonsense(x,y)");

        Assert.That(answer.Json.ToJsonString(), Is.EqualTo("""{"size":"5","crc32c":"mnG7TA==","metadata":{"a":"1"}}"""));
    }

    [Test]
    public async Task Stored_bytes_can_rot_be_swapped_or_vanish_behind_retentions_back()
    {
        await using var gcs = await Gcs.StartAsync(new BucketSettings { Retention = TimeSpan.FromDays(1), Locked = true });
        foreach (var name in new[] { "rot", "swap", "gone", "late" })
            gcs.Bucket.Put(name, "hello"u8);

        gcs.Bucket.Tampering.Corrupt("rot", 0);
        gcs.Bucket.Tampering.Replace("swap", "other"u8.ToArray());
        gcs.Bucket.Tampering.Delete("gone");
        gcs.Bucket.Tampering.Change("late", stored => stored with { TimeCreated = Gcs.Start.AddYears(1) });

        var rot = await gcs.GetAsync("audit/rot");
        Assert.That((rot.Bytes[0], rot.Header("x-goog-hash")), Is.EqualTo(((byte)('h' ^ 0xFF), "crc32c=mnG7TA==,md5=XUFAKrxLKna5cZ2REBfFkg==")));
        var swap = await gcs.GetAsync("audit/swap");
        Assert.That(swap.Text, Is.EqualTo("other"));
        Assert.That(swap.Header("x-goog-hash"), Does.StartWith($"crc32c={Crc32C.Of("other"u8)}"));
        Assert.That((await gcs.GetAsync("audit/gone")).Status, Is.EqualTo(404));
        Assert.That((await gcs.GetAsync("storage/v1/b/audit/o/late"))["timeCreated"], Is.EqualTo("2027-11-22T09:00:00.000Z"));
    }
}
