using System.Net.Http.Headers;
using NUnit.Framework;

namespace Sealtail.Tests.FakeGcs;

[Parallelizable(ParallelScope.All)]
internal sealed class ResumableTests
{
    private const int Quantum = 256 * 1024;

    private static readonly byte[] Bytes = MakeBytes(Quantum + 1000);

    [TestCase("upload/storage/v1")]
    [TestCase("resumable/upload/storage/v1")]
    public async Task An_upload_in_pieces_ends_in_an_object(string root)
    {
        await using var gcs = await Gcs.StartAsync();
        var start = await gcs.PostAsync($"{root}/b/audit/o?uploadType=resumable&ifGenerationMatch=0", """{"name":"x","contentType":"application/gzip"}""");
        var session = new Uri(start.Header("Location"));

        var first = await PutAsync(gcs, session, 0..Quantum, "bytes 0-262143/*");
        var question = await PutAsync(gcs, session, 0..0, "bytes */*");
        var last = await PutAsync(gcs, session, Quantum..Bytes.Length, $"bytes 262144-{Bytes.Length - 1}/{Bytes.Length}");
        var again = await PutAsync(gcs, session, 0..0, $"bytes */{Bytes.Length}");

        Assert.That(session.AbsolutePath, Does.StartWith($"/{root}/"));
        Assert.That(start.Header("X-GUploader-UploadID"), Is.Not.Empty);
        Assert.That((first.Status, first.Header("Range")), Is.EqualTo((308, "bytes=0-262143")));
        Assert.That((question.Status, question.Header("Range")), Is.EqualTo((308, "bytes=0-262143")));
        Assert.That((last.Status, last["contentType"], last["size"]), Is.EqualTo((200, "application/gzip", Bytes.Length.ToString())));
        Assert.That((again.Status, again["generation"]), Is.EqualTo((200, last["generation"])));
        Assert.That(gcs.Bucket.Find("x")!.ReadBytes(), Is.EqualTo(Bytes));
    }

    [Test]
    public async Task A_fresh_session_has_no_range()
    {
        await using var gcs = await Gcs.StartAsync();
        var session = await StartAsync(gcs, "x");

        var answer = await PutAsync(gcs, session, 0..0, "bytes */*");

        Assert.That((answer.Status, answer.Header("Range")), Is.EqualTo((308, "")));
    }

    [Test]
    public async Task Bytes_that_are_already_there_are_skipped()
    {
        await using var gcs = await Gcs.StartAsync();
        var session = await StartAsync(gcs, "x");
        await PutAsync(gcs, session, 0..Quantum, "bytes 0-262143/*");

        var answer = await PutAsync(gcs, session, 0..Bytes.Length, $"bytes 0-{Bytes.Length - 1}/{Bytes.Length}");

        Assert.That(answer.Status, Is.EqualTo(200));
        Assert.That(gcs.Bucket.Find("x")!.ReadBytes(), Is.EqualTo(Bytes));
    }

    [Test]
    public async Task A_piece_beyond_what_is_there_is_not_kept()
    {
        await using var gcs = await Gcs.StartAsync();
        var session = await StartAsync(gcs, "x");

        var answer = await PutAsync(gcs, session, 0..1000, $"bytes 262144-263143/{Bytes.Length}");

        Assert.That((answer.Status, answer.Header("Range")), Is.EqualTo((308, "")));
    }

    [TestCase("bytes 0-999/*", 1000)]
    [TestCase("bytes 0-999/1000", 900)]
    [TestCase("bytes 0-1499/1000", 1500)]
    [TestCase("octets 0-1/2", 2)]
    [TestCase("bytes x-1/2", 2)]
    public async Task A_wrong_piece_is_400(string range, int length)
    {
        await using var gcs = await Gcs.StartAsync();
        var session = await StartAsync(gcs, "x");

        var answer = await PutAsync(gcs, session, 0..length, range);

        Assert.That((answer.Status, answer.Reason), Is.EqualTo((400, "invalid")));
    }

    [TestCase(null)]
    [TestCase("bytes 0-*/*")]
    [TestCase("bytes 0-*/1000")]
    [TestCase("bytes 0-999/1000")]
    public async Task The_whole_may_come_at_once(string? range)
    {
        await using var gcs = await Gcs.StartAsync();
        var session = await StartAsync(gcs, "x");

        var answer = await PutAsync(gcs, session, 0..1000, range);

        Assert.That((answer.Status, answer["size"]), Is.EqualTo((200, "1000")));
    }

    [Test]
    public async Task An_empty_object_is_one_question_long()
    {
        await using var gcs = await Gcs.StartAsync();
        var session = await StartAsync(gcs, "x");

        Assert.That((await PutAsync(gcs, session, 0..0, "bytes */0"))["size"], Is.EqualTo("0"));
    }

    [Test]
    public async Task The_precondition_is_judged_at_the_end()
    {
        await using var gcs = await Gcs.StartAsync();
        var session = await StartAsync(gcs, "x", "&ifGenerationMatch=0");
        gcs.Bucket.Put("x", "in between"u8);

        var answer = await PutAsync(gcs, session, 0..1000, "bytes 0-999/1000");

        Assert.That((answer.Status, answer.Reason), Is.EqualTo((412, "conditionNotMet")));
    }

    [Test]
    public async Task The_checksum_is_judged_at_the_end()
    {
        await using var gcs = await Gcs.StartAsync();
        var start = await gcs.PostAsync("upload/storage/v1/b/audit/o?uploadType=resumable&name=x", """{"crc32c":"AAAAAA=="}""");

        var answer = await PutAsync(gcs, new Uri(start.Header("Location")), 0..1000, "bytes 0-999/1000");

        Assert.That((answer.Status, answer.Reason), Is.EqualTo((400, "invalid")));
        Assert.That(answer.Message, Does.StartWith("Provided CRC32C \"AAAAAA==\" doesn't match calculated CRC32C"));
    }

    [Test]
    public async Task Sessions_can_be_cancelled_lost_expired_or_unknown()
    {
        await using var gcs = await Gcs.StartAsync();
        var cancelled = await StartAsync(gcs, "cancelled");
        var expired = await StartAsync(gcs, "expired");

        var cancellation = await gcs.DeleteAsync(cancelled.PathAndQuery);
        var afterwards = await PutAsync(gcs, cancelled, 0..0, "bytes */*");
        gcs.Time.Advance(TimeSpan.FromDays(7));
        var late = await PutAsync(gcs, expired, 0..0, "bytes */*");
        var lost = await StartAsync(gcs, "lost");
        gcs.Server.Uploads.Lose();
        var gone = await PutAsync(gcs, lost, 0..0, "bytes */*");
        var unknown = await PutAsync(gcs, new Uri(gcs.Server.Address, "upload/storage/v1/b/audit/o?uploadType=resumable&upload_id=made-up"), 0..0, "bytes */*");

        Assert.That(new[] { cancellation.Status, afterwards.Status, late.Status, gone.Status, unknown.Status }, Is.EqualTo(new[] { 499, 499, 410, 410, 404 }));
    }

    private static async Task<Uri> StartAsync(Gcs gcs, string name, string query = "") =>
        new((await gcs.PostAsync($"upload/storage/v1/b/audit/o?uploadType=resumable&name={name}{query}", "{}")).Header("Location"));

    private static Task<Answer> PutAsync(Gcs gcs, Uri session, Range bytes, string? range)
    {
        var content = new ByteArrayContent(Bytes[bytes]);
        if (range is not null)
            content.Headers.TryAddWithoutValidation("Content-Range", range);

        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        return gcs.SendAsync(HttpMethod.Put, session.PathAndQuery, content);
    }

    private static byte[] MakeBytes(int length)
    {
        var bytes = new byte[length];
        new Random(7).NextBytes(bytes);
        return bytes;
    }
}
