using NUnit.Framework;
using Sealtail.FakeGcs.Storage;

namespace Sealtail.Tests.FakeGcs;

[Parallelizable(ParallelScope.All)]
internal sealed class BucketTests
{
    [Test]
    public async Task A_bucket_is_created_with_its_retention()
    {
        await using var gcs = await Gcs.StartAsync();

        var answer = await gcs.PostAsync("storage/v1/b?project=p&enableObjectRetention=true", """{"name":"new-one","retentionPolicy":{"retentionPeriod":"3600"},"labels":{"a":"b"},"versioning":{"enabled":true}}""");
        var again = await gcs.GetAsync("storage/v1/b/new-one");

        Assert.That(answer.Status, Is.EqualTo(200));
        Assert.That(again.Text, Is.EqualTo(answer.Text));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer["kind"], Is.EqualTo("storage#bucket"));
            Assert.That(answer["metageneration"], Is.EqualTo("1"));
            Assert.That((string?)answer.Json["retentionPolicy"]!["retentionPeriod"], Is.EqualTo("3600"));
            Assert.That((string?)answer.Json["retentionPolicy"]!["effectiveTime"], Is.EqualTo("2026-11-22T09:00:00.000Z"));
            Assert.That(answer.Json["retentionPolicy"]!["isLocked"], Is.Null);
            Assert.That((string?)answer.Json["objectRetention"]!["mode"], Is.EqualTo("Enabled"));
            Assert.That((bool?)answer.Json["versioning"]!["enabled"], Is.True);
            Assert.That((string?)answer.Json["softDeletePolicy"]!["retentionDurationSeconds"], Is.EqualTo("604800"));
            Assert.That((bool?)answer.Json["iamConfiguration"]!["uniformBucketLevelAccess"]!["enabled"], Is.True);
            Assert.That((string?)answer.Json["labels"]!["a"], Is.EqualTo("b"));
        }
    }

    [Test]
    public async Task A_bucket_name_is_taken_once()
    {
        await using var gcs = await Gcs.StartAsync();

        var answer = await gcs.PostAsync("storage/v1/b?project=p", """{"name":"audit"}""");

        Assert.That((answer.Status, answer.Reason), Is.EqualTo((409, "conflict")));
    }

    [TestCase("""{"name":"x"}""")]
    [TestCase("""{"name":"Upper"}""")]
    [TestCase("""{"name":"google-ish"}""")]
    [TestCase("""{"name":"fine","retentionPolicy":{"retentionPeriod":"0"}}""")]
    [TestCase("""{"name":"fine","retentionPolicy":{"retentionPeriod":"3155760001"}}""")]
    [TestCase("""{"name":"fine","retentionPolicy":{"retentionPeriod":"soon"}}""")]
    [TestCase("""{"name":"fine","softDeletePolicy":{"retentionDurationSeconds":"60"}}""")]
    public async Task Impossible_buckets_are_refused(string json)
    {
        await using var gcs = await Gcs.StartAsync();

        var answer = await gcs.PostAsync("storage/v1/b?project=p", json);

        Assert.That((answer.Status, answer.Reason), Is.EqualTo((400, "invalid")));
    }

    [Test]
    public async Task An_absent_bucket_is_404()
    {
        await using var gcs = await Gcs.StartAsync();

        var answer = await gcs.GetAsync("storage/v1/b/absent");

        Assert.That((answer.Status, answer.Reason, answer.Message), Is.EqualTo((404, "notFound", "The specified bucket does not exist.")));
        Assert.That((int?)answer.Json["error"]!["code"], Is.EqualTo(404));
        Assert.That((string?)answer.Json["error"]!["errors"]![0]!["domain"], Is.EqualTo("global"));
    }

    [Test]
    public async Task Buckets_are_listed_by_name()
    {
        await using var gcs = await Gcs.StartAsync();
        gcs.Server.Buckets.Create("zulu");
        gcs.Server.Buckets.Create("alpha");

        var answer = await gcs.GetAsync("storage/v1/b?project=p&fields=items/name");

        Assert.That(answer.Json["items"]!.AsArray().Select(item => (string?)item!["name"]), Is.EqualTo(new[] { "alpha", "audit", "zulu" }));
    }

    [Test]
    public async Task A_patch_merges_and_a_put_replaces()
    {
        await using var gcs = await Gcs.StartAsync(new BucketSettings { Versioning = true });

        var patched = await gcs.PatchAsync("storage/v1/b/audit", """{"labels":{"a":"1","b":"2"}}""");
        var again = await gcs.PatchAsync("storage/v1/b/audit", """{"labels":{"a":null}}""");
        var put = await gcs.PutAsync("storage/v1/b/audit", """{"storageClass":"NEARLINE"}""");

        Assert.That(patched.Json["labels"]!.AsObject(), Has.Count.EqualTo(2));
        Assert.That(again.Json["labels"]!.ToJsonString(), Is.EqualTo("""{"b":"2"}"""));
        Assert.That((put["storageClass"], put.Json["labels"], put.Json["versioning"], put["metageneration"]), Is.EqualTo(("NEARLINE", (object?)null, (object?)null, "4")));
    }

    [Test]
    public async Task Bucket_preconditions_are_by_metageneration()
    {
        await using var gcs = await Gcs.StartAsync();

        Assert.That((await gcs.GetAsync("storage/v1/b/audit?ifMetagenerationMatch=2")).Status, Is.EqualTo(412));
        Assert.That((await gcs.PatchAsync("storage/v1/b/audit?ifMetagenerationMatch=1", "{}")).Status, Is.EqualTo(200));
        Assert.That((await gcs.DeleteAsync("storage/v1/b/audit?ifMetagenerationMatch=1")).Status, Is.EqualTo(412));
        Assert.That((await gcs.DeleteAsync("storage/v1/b/audit?ifMetagenerationMatch=2")).Status, Is.EqualTo(204));
    }

    [TestCase("storage/v1/b/audit/acl")]
    [TestCase("storage/v1/b/audit/notificationConfigs")]
    [TestCase("storage/v1/b/audit/o/x/acl")]
    [TestCase("storage/v1/b/audit/o?matchGlob=*")]
    public async Task What_is_not_imitated_says_so(string path)
    {
        await using var gcs = await Gcs.StartAsync();

        var answer = await gcs.GetAsync(path);

        Assert.That((answer.Status, answer.Reason), Is.EqualTo((501, "notImplemented")));
    }
}
