using System.Text;
using NUnit.Framework;
using Sealtail.FakeGcs.Identity;
using Sealtail.FakeGcs.Protocol;
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

    // Requests over sockets seldom truly meet; threads do. Every tenth name is wanted by all of them.
    [Test]
    public async Task Check_and_commit_are_one_step()
    {
        const int Threads = 4;
        const int Names = 10_000;
        await using var gcs = await Gcs.StartAsync();
        var owner = new Caller("owner", Permissions.All);
        var content = gcs.Bucket.Put("seed", default).Content;
        using var start = new Barrier(Threads);
        var refused = 0;

        var racers = Enumerable.Range(0, Threads).Select(thread => Task.Factory.StartNew(() =>
        {
            start.SignalAndWait();
            for (var i = 0; i < Names; i++)
            {
                var name = i % 10 == 0 ? $"{i}" : $"{i}/{thread}";
                try
                {
                    gcs.Bucket.Insert(new StoredObject { Bucket = "audit", Name = name, Content = content }, new Preconditions(GenerationMatch: 0), owner);
                }
                catch (GcsException refusal) when (refusal.Status == 412)
                {
                    Interlocked.Increment(ref refused);
                }
            }
        }, TaskCreationOptions.LongRunning));
        await Task.WhenAll(racers);

        Assert.That(refused, Is.EqualTo(Names / 10 * (Threads - 1)));
        Assert.That(gcs.Bucket.Objects.Select(stored => stored.Generation).Distinct().Count(), Is.EqualTo((Names * Threads) - refused + 1));
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

    [Test]
    public async Task A_bucket_that_does_not_exist_is_404_before_the_body_is_judged()
    {
        await using var gcs = await Gcs.StartAsync();

        var answer = await gcs.SendAsync(HttpMethod.Post, "upload/storage/v1/b/absent/o?uploadType=multipart&name=x", Gcs.Multipart("x", "{not json"));

        Assert.That((answer.Status, answer.Reason, answer.Message), Is.EqualTo((404, "notFound", "The specified bucket does not exist.")));
    }
}
