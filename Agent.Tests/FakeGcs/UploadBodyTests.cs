using System.Security.Cryptography;
using System.Text;
using NUnit.Framework;
using Sealtail.FakeGcs.Storage;

namespace Sealtail.Tests.FakeGcs;

[Parallelizable(ParallelScope.All)]
internal sealed class UploadBodyTests
{
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
