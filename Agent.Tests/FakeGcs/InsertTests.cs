using System.Security.Cryptography;
using System.Text;
using NUnit.Framework;
using Sealtail.FakeGcs.Storage;

namespace Sealtail.Tests.FakeGcs;

[Parallelizable(ParallelScope.All)]
internal sealed class InsertTests
{
    [Test]
    public async Task An_upload_answers_with_the_whole_object()
    {
        await using var gcs = await Gcs.StartAsync(new BucketSettings { Retention = TimeSpan.FromDays(1) });

        var answer = await gcs.InsertAsync("v1/a b.gz", "hello", "&ifGenerationMatch=0", """{"contentType":"application/x","metadata":{"k":"v"},"cacheControl":"no-store"}""");

        Assert.That(answer.Status, Is.EqualTo(200));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer["kind"], Is.EqualTo("storage#object"));
            Assert.That(answer["name"], Is.EqualTo("v1/a b.gz"));
            Assert.That(answer["bucket"], Is.EqualTo("audit"));
            Assert.That(answer["size"], Is.EqualTo("5"));
            Assert.That(answer["crc32c"], Is.EqualTo("mnG7TA=="));
            Assert.That(answer["md5Hash"], Is.EqualTo("XUFAKrxLKna5cZ2REBfFkg=="));
            Assert.That(answer["metageneration"], Is.EqualTo("1"));
            Assert.That(answer["generation"], Is.EqualTo("1795338000000000"));
            Assert.That(answer["timeCreated"], Is.EqualTo("2026-11-22T09:00:00.000Z"));
            Assert.That(answer["retentionExpirationTime"], Is.EqualTo("2026-11-23T09:00:00.000Z"));
            Assert.That(answer["contentType"], Is.EqualTo("application/x"));
            Assert.That(answer["cacheControl"], Is.EqualTo("no-store"));
            Assert.That(answer["selfLink"], Does.EndWith("/storage/v1/b/audit/o/v1%2Fa%20b.gz"));
            Assert.That(answer["mediaLink"], Does.EndWith("/download/storage/v1/b/audit/o/v1%2Fa%20b.gz?generation=1795338000000000&alt=media"));
            Assert.That(answer["id"], Is.EqualTo("audit/v1/a b.gz/1795338000000000"));
            Assert.That(answer["etag"], Is.Not.Empty);
            Assert.That((string?)answer.Json["metadata"]!["k"], Is.EqualTo("v"));
            Assert.That(gcs.Bucket.Find("v1/a b.gz")!.ReadBytes(), Is.EqualTo("hello"u8.ToArray()));
        }
    }

    [Test]
    public async Task A_media_upload_takes_its_content_type_from_the_header()
    {
        await using var gcs = await Gcs.StartAsync();

        var answer = await gcs.SendAsync(HttpMethod.Post, "upload/storage/v1/b/audit/o?uploadType=media&name=x", new StringContent("hi", Encoding.UTF8, "text/csv"));

        Assert.That(answer["contentType"], Is.EqualTo("text/csv; charset=utf-8"));
    }

    [TestCase(true, false)]
    [TestCase(false, true)]
    [TestCase(true, true)]
    public async Task A_body_may_be_chunked_and_may_wait_for_100_continue(bool chunked, bool expectContinue)
    {
        await using var gcs = await Gcs.StartAsync();
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gcs.Server.Address, "upload/storage/v1/b/audit/o?uploadType=multipart"))
        {
            Content = Gcs.Multipart(new string('x', 200_000), """{"name":"x"}"""),
        };
        request.Headers.TransferEncodingChunked = chunked;
        request.Headers.ExpectContinue = expectContinue;

        using var response = await client.SendAsync(request);

        Assert.That((int)response.StatusCode, Is.EqualTo(200));
        Assert.That(gcs.Bucket.Find("x")!.Content.Size, Is.EqualTo(200_000));
    }

    [TestCase("\r\n", "b")]
    [TestCase("\n", "'=====1=='")]
    [TestCase("\r\n", "\"quoted one\"")]
    public async Task Multipart_is_read_with_either_newline_and_any_quotes(string newline, string boundary)
    {
        await using var gcs = await Gcs.StartAsync();
        var text = "ends in newlines \r\n\n--not-the-boundary\r\n";

        var answer = await gcs.SendAsync(HttpMethod.Post, "upload/storage/v1/b/audit/o?uploadType=multipart", Gcs.Multipart(text, """{"name":"x"}""", null, newline, boundary));

        Assert.That(answer.Status, Is.EqualTo(200));
        Assert.That(gcs.Bucket.Find("x")!.ReadBytes(), Is.EqualTo(Encoding.UTF8.GetBytes(text)));
    }

    [Test]
    public async Task Multipart_of_many_buffers_arrives_unchanged([Values(0, 1, 65_535, 65_536, 65_537, 3_000_001)] int size)
    {
        await using var gcs = await Gcs.StartAsync();
        var text = new string('x', size);

        var answer = await gcs.InsertAsync("big", text);

        Assert.That(answer["size"], Is.EqualTo(size.ToString()));
        Assert.That(SHA256.HashData(gcs.Bucket.Find("big")!.ReadBytes()), Is.EqualTo(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
    }

    [TestCase("""{"crc32c":"AAAAAA=="}""", null)]
    [TestCase("{}", "crc32c=AAAAAA==")]
    public async Task A_wrong_crc32c_is_refused_in_productions_words(string metadata, string? hash)
    {
        await using var gcs = await Gcs.StartAsync();

        var answer = await gcs.InsertAsync("x", "hello", "", metadata, hash);

        Assert.That((answer.Status, answer.Reason, answer.Message),
            Is.EqualTo((400, "invalid", "Provided CRC32C \"AAAAAA==\" doesn't match calculated CRC32C \"mnG7TA==\".")));
        Assert.That(gcs.Bucket.Objects, Is.Empty);
    }

    [TestCase("""{"md5Hash":"AAAAAAAAAAAAAAAAAAAAAA=="}""", null)]
    [TestCase("{}", "crc32c=mnG7TA==,md5=AAAAAAAAAAAAAAAAAAAAAA==")]
    public async Task A_wrong_md5_is_refused_in_productions_words(string metadata, string? hash)
    {
        await using var gcs = await Gcs.StartAsync();

        var answer = await gcs.InsertAsync("x", "hello", "", metadata, hash);

        Assert.That((answer.Status, answer.Reason, answer.Message),
            Is.EqualTo((400, "invalid", "Provided MD5 hash \"AAAAAAAAAAAAAAAAAAAAAA==\" doesn't match calculated MD5 hash \"XUFAKrxLKna5cZ2REBfFkg==\".")));
    }

    [Test]
    public async Task Right_checksums_pass()
    {
        await using var gcs = await Gcs.StartAsync();

        var answer = await gcs.InsertAsync("x", "hello", "", """{"crc32c":"mnG7TA==","md5Hash":"XUFAKrxLKna5cZ2REBfFkg=="}""", "crc32c=mnG7TA==,md5=XUFAKrxLKna5cZ2REBfFkg==");

        Assert.That(answer.Status, Is.EqualTo(200));
    }

    [TestCase("&ifGenerationMatch=0", 412)]
    [TestCase("&ifGenerationMatch=1", 412)]
    [TestCase("&ifGenerationMatch=LIVE", 200)]
    [TestCase("&ifGenerationNotMatch=LIVE", 412)]
    [TestCase("&ifGenerationNotMatch=0", 200)]
    [TestCase("&ifMetagenerationMatch=1", 200)]
    [TestCase("&ifMetagenerationMatch=2", 412)]
    [TestCase("&ifMetagenerationNotMatch=1", 412)]
    [TestCase("", 200)]
    public async Task Preconditions_meet_the_live_object(string query, int expected)
    {
        await using var gcs = await Gcs.StartAsync();
        var live = gcs.Bucket.Put("x", "old"u8).Generation;

        var answer = await gcs.InsertAsync("x", "new", query.Replace("LIVE", live.ToString()));

        Assert.That(answer.Status, Is.EqualTo(expected));
        Assert.That(gcs.Bucket.Find("x")!.Content.Size, Is.EqualTo(3));
        if (expected == 412)
            Assert.That((answer.Reason, answer.Message), Is.EqualTo(("conditionNotMet", "At least one of the pre-conditions you specified did not hold.")));
    }

    [Test]
    public async Task Of_simultaneous_creations_exactly_one_wins()
    {
        await using var gcs = await Gcs.StartAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => gcs.InsertAsync("slot", $"writer {i}", "&ifGenerationMatch=0")));

        Assert.That(answers.Count(answer => answer.Status == 200), Is.EqualTo(1));
        Assert.That(answers.Count(answer => answer.Status == 412), Is.EqualTo(23));
        Assert.That(answers.Single(answer => answer.Status == 200)["crc32c"], Is.EqualTo(gcs.Bucket.Find("slot")!.Content.Crc32C));
    }

    [Test]
    public async Task Generations_rise_even_when_the_clock_falls()
    {
        await using var gcs = await Gcs.StartAsync();
        var first = gcs.Bucket.Put("a", "1"u8);
        gcs.Server.Clock.Offset = TimeSpan.FromDays(-1);

        var second = gcs.Bucket.Put("b", "2"u8);

        Assert.That(second.Generation, Is.GreaterThan(first.Generation));
        Assert.That(second.TimeCreated, Is.LessThan(first.TimeCreated));
    }

    [TestCase("a%2Fb", "a/b")]
    [TestCase("a%252Fb", "a%2Fb")]
    [TestCase("..%2Fb", "../b")]
    [TestCase("a+b", "a+b")]
    [TestCase("%E2%82%AC", "€")]
    public async Task Object_names_are_decoded_once(string inPath, string name)
    {
        await using var gcs = await Gcs.StartAsync();
        gcs.Bucket.Put(name, "x"u8);

        var answer = await gcs.GetAsync($"storage/v1/b/audit/o/{inPath}");

        Assert.That((answer.Status, answer["name"]), Is.EqualTo((200, name)));
    }

    [TestCase("")]
    [TestCase(".")]
    [TestCase("..")]
    [TestCase("a\nb")]
    [TestCase(".well-known/acme-challenge/x")]
    public async Task Impossible_object_names_are_refused(string name)
    {
        await using var gcs = await Gcs.StartAsync();

        var answer = await gcs.InsertAsync(name, "x");

        Assert.That((answer.Status, answer.Reason), Is.EqualTo((400, "invalid")));
    }

    [Test]
    public async Task An_object_name_has_at_most_1024_bytes()
    {
        await using var gcs = await Gcs.StartAsync();

        Assert.That((await gcs.InsertAsync(new string('é', 512), "x")).Status, Is.EqualTo(200));
        Assert.That((await gcs.InsertAsync(new string('é', 512) + "x", "x")).Status, Is.EqualTo(400));
    }

    [TestCase("upload/storage/v1/b/audit/o?uploadType=multipart", "required")]
    [TestCase("upload/storage/v1/b/audit/o?uploadType=multipart&name=x&ifGenerationMatch=soon", "invalid")]
    [TestCase("upload/storage/v1/b/audit/o?name=x", "invalid")]
    public async Task A_malformed_request_is_400(string path, string reason)
    {
        await using var gcs = await Gcs.StartAsync();

        var answer = await gcs.SendAsync(HttpMethod.Post, path, Gcs.Multipart("x", "{}"));

        Assert.That((answer.Status, answer.Reason), Is.EqualTo((400, reason)));
    }

    [TestCase("--b\r\n\r\n{}\r\n--b\r\n\r\nnever ends")]
    [TestCase("no boundary at all")]
    [TestCase("--b\r\n\r\n{not json}\r\n--b\r\n\r\nx\r\n--b--")]
    public async Task A_malformed_body_is_400_and_stores_nothing(string body)
    {
        await using var gcs = await Gcs.StartAsync();
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", "multipart/related; boundary=b");

        var answer = await gcs.SendAsync(HttpMethod.Post, "upload/storage/v1/b/audit/o?uploadType=multipart&name=x", content);

        Assert.That(answer.Status, Is.EqualTo(400));
        Assert.That(gcs.Bucket.Objects, Is.Empty);
    }

    [Test]
    public async Task A_bucket_that_does_not_exist_is_404_before_the_body_is_judged()
    {
        await using var gcs = await Gcs.StartAsync();

        var answer = await gcs.SendAsync(HttpMethod.Post, "upload/storage/v1/b/absent/o?uploadType=multipart&name=x", Gcs.Multipart("x", "{not json"));

        Assert.That((answer.Status, answer.Reason, answer.Message), Is.EqualTo((404, "notFound", "The specified bucket does not exist.")));
    }

    [Test]
    public async Task A_checksum_is_judged_before_a_precondition()
    {
        await using var gcs = await Gcs.StartAsync();
        gcs.Bucket.Put("x", "old"u8);

        Assert.That((await gcs.InsertAsync("x", "hello", "&ifGenerationMatch=0", """{"crc32c":"AAAAAA=="}""")).Status, Is.EqualTo(400));
    }

    [Test]
    public async Task A_refused_upload_to_a_disk_store_leaves_no_file()
    {
        using var folder = new ScratchFolder();
        await using var gcs = await Gcs.StartAsync(new BucketSettings(), new() { Retain = Retain.Disk, Folder = folder.Path });
        await gcs.InsertAsync("x", "hello");

        await gcs.InsertAsync("x", "again", "&ifGenerationMatch=0");

        Assert.That(Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories), Has.Length.EqualTo(1));
        Assert.That((await gcs.GetAsync("storage/v1/b/audit/o/x?alt=media")).Text, Is.EqualTo("hello"));
    }

    [Test]
    public async Task A_store_of_hashes_only_knows_sizes_and_checksums_but_cannot_read_back()
    {
        await using var gcs = await Gcs.StartAsync(new BucketSettings(), new() { Retain = Retain.HashOnly });

        var answer = await gcs.InsertAsync("x", "hello");

        Assert.That((answer["size"], answer["crc32c"]), Is.EqualTo(("5", "mnG7TA==")));
        Assert.That((await gcs.GetAsync("storage/v1/b/audit/o/x?alt=media")).Status, Is.EqualTo(501));
    }
}
