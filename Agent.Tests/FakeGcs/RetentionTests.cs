using System.Globalization;
using NUnit.Framework;
using Sealtail.FakeGcs.Storage;

namespace Sealtail.Tests.FakeGcs;

[Parallelizable(ParallelScope.All)]
internal sealed class RetentionTests
{
    private static readonly BucketSettings OneDayLocked = new() { Retention = TimeSpan.FromDays(1), Locked = true };

    private const string UntilTomorrow =
        "Object 'audit/x' is subject to bucket's retention policy or object retention and cannot be deleted or overwritten until 2026-11-23T02:00:00.000000-07:00";

    [Test]
    public async Task A_retained_object_cannot_be_deleted()
    {
        await using var gcs = await Gcs.StartAsync(OneDayLocked);
        gcs.Bucket.Put("x", "x"u8);

        var answer = await gcs.DeleteAsync("storage/v1/b/audit/o/x");

        Assert.That((answer.Status, answer.Reason, answer.Message), Is.EqualTo((403, "retentionPolicyNotMet", UntilTomorrow)));
        Assert.That(gcs.Bucket.Find("x"), Is.Not.Null);
    }

    [Test]
    public async Task A_retained_object_cannot_be_overwritten()
    {
        await using var gcs = await Gcs.StartAsync(OneDayLocked);
        gcs.Bucket.Put("x", "x"u8);

        var answer = await gcs.InsertAsync("x", "other");

        Assert.That((answer.Status, answer.Reason, answer.Message), Is.EqualTo((403, "retentionPolicyNotMet", UntilTomorrow)));
    }

    [Test]
    public async Task A_precondition_is_judged_before_retention()
    {
        await using var gcs = await Gcs.StartAsync(OneDayLocked);
        gcs.Bucket.Put("x", "x"u8);

        Assert.That((await gcs.InsertAsync("x", "other", "&ifGenerationMatch=0")).Status, Is.EqualTo(412));
        Assert.That((await gcs.DeleteAsync("storage/v1/b/audit/o/x?ifGenerationMatch=1")).Status, Is.EqualTo(412));
    }

    [Test]
    public async Task Metadata_may_change_under_retention()
    {
        await using var gcs = await Gcs.StartAsync(OneDayLocked);
        gcs.Bucket.Put("x", "x"u8);

        var answer = await gcs.PatchAsync("storage/v1/b/audit/o/x", """{"metadata":{"k":"v"}}""");

        Assert.That((answer.Status, answer["metageneration"]), Is.EqualTo((200, "2")));
    }

    [Test]
    public async Task Retention_ends_to_the_second_by_the_stores_clock([Values("advance", "skew")] string how)
    {
        await using var gcs = await Gcs.StartAsync(OneDayLocked);
        gcs.Bucket.Put("x", "x"u8);
        Move(TimeSpan.FromDays(1) - TimeSpan.FromSeconds(1));
        var early = await gcs.DeleteAsync("storage/v1/b/audit/o/x");

        Move(TimeSpan.FromSeconds(1));
        var late = await gcs.DeleteAsync("storage/v1/b/audit/o/x");

        Assert.That((early.Status, late.Status), Is.EqualTo((403, 204)));

        void Move(TimeSpan by)
        {
            if (how == "advance")
                gcs.Time.Advance(by);
            else
                gcs.Server.Clock.Jump(by);
        }
    }

    [Test]
    public async Task A_longer_period_reaches_objects_that_are_already_there()
    {
        await using var gcs = await Gcs.StartAsync(OneDayLocked);
        gcs.Bucket.Put("x", "x"u8);

        await gcs.PatchAsync("storage/v1/b/audit", """{"retentionPolicy":{"retentionPeriod":"172800"}}""");

        Assert.That((await gcs.GetAsync("storage/v1/b/audit/o/x"))["retentionExpirationTime"], Is.EqualTo("2026-11-24T09:00:00.000Z"));
    }

    [Test]
    public async Task An_unlocked_policy_may_shrink_and_go()
    {
        await using var gcs = await Gcs.StartAsync(OneDayLocked with { Locked = false });

        var shrunk = await gcs.PatchAsync("storage/v1/b/audit", """{"retentionPolicy":{"retentionPeriod":"60"}}""");
        var gone = await gcs.PatchAsync("storage/v1/b/audit", """{"retentionPolicy":null}""");

        Assert.That(((string?)shrunk.Json["retentionPolicy"]!["retentionPeriod"], shrunk["metageneration"]), Is.EqualTo(("60", "2")));
        Assert.That((gone.Json["retentionPolicy"], gone["metageneration"]), Is.EqualTo(((object?)null, "3")));
    }

    [Test]
    public async Task A_locked_policy_may_only_grow()
    {
        await using var gcs = await Gcs.StartAsync(OneDayLocked);

        var grown = await gcs.PatchAsync("storage/v1/b/audit", """{"retentionPolicy":{"retentionPeriod":"86401"}}""");
        var shrunk = await gcs.PatchAsync("storage/v1/b/audit", """{"retentionPolicy":{"retentionPeriod":"86400"}}""");

        Assert.That((grown.Status, (bool?)grown.Json["retentionPolicy"]!["isLocked"]), Is.EqualTo((200, (bool?)true)));
        Assert.That((shrunk.Status, shrunk.Reason, shrunk.Message),
            Is.EqualTo((403, "forbidden", "Cannot reduce retention duration of a locked Retention Policy for bucket 'audit'.")));
    }

    [Test]
    public async Task A_locked_policy_cannot_be_removed([Values("PATCH", "PUT")] string method)
    {
        await using var gcs = await Gcs.StartAsync(OneDayLocked);

        var answer = method == "PATCH"
            ? await gcs.PatchAsync("storage/v1/b/audit", """{"retentionPolicy":null}""")
            : await gcs.PutAsync("storage/v1/b/audit", "{}");

        Assert.That((answer.Status, answer.Reason, answer.Message),
            Is.EqualTo((403, "retentionPolicyNotMet", "Bucket 'audit' has a locked Retention Policy which cannot be removed.")));
    }

    [Test]
    public async Task Locking_wants_the_right_metageneration()
    {
        await using var gcs = await Gcs.StartAsync(OneDayLocked with { Locked = false });

        var missing = await gcs.PostAsync("storage/v1/b/audit/lockRetentionPolicy", "");
        var wrong = await gcs.PostAsync("storage/v1/b/audit/lockRetentionPolicy?ifMetagenerationMatch=7", "");
        var right = await gcs.PostAsync("storage/v1/b/audit/lockRetentionPolicy?ifMetagenerationMatch=1", "");

        Assert.That((missing.Status, missing.Reason), Is.EqualTo((400, "required")));
        Assert.That((wrong.Status, wrong.Reason), Is.EqualTo((412, "conditionNotMet")));
        Assert.That((right.Status, right["metageneration"], (bool?)right.Json["retentionPolicy"]!["isLocked"]), Is.EqualTo((200, "2", (bool?)true)));
    }

    [Test]
    public async Task Without_a_policy_there_is_nothing_to_lock()
    {
        await using var gcs = await Gcs.StartAsync();

        Assert.That((await gcs.PostAsync("storage/v1/b/audit/lockRetentionPolicy?ifMetagenerationMatch=1", "")).Status, Is.EqualTo(400));
    }

    [Test]
    public async Task A_resumable_upload_over_a_retained_object_is_refused_only_at_its_end()
    {
        await using var gcs = await Gcs.StartAsync(OneDayLocked);
        gcs.Bucket.Put("x", "x"u8);

        var session = new Uri((await gcs.PostAsync("upload/storage/v1/b/audit/o?uploadType=resumable&name=x", "{}")).Header("Location"));
        var answer = await gcs.PutAsync(session.PathAndQuery, "all the bytes");

        Assert.That((answer.Status, answer.Reason), Is.EqualTo((403, "retentionPolicyNotMet")));
    }

    [TestCase("storage/v1/b/audit/o/x/compose")]
    [TestCase("storage/v1/b/audit/o/other/rewriteTo/b/audit/o/x")]
    [TestCase("storage/v1/b/audit/o/x/rewriteTo/b/audit/o/x")]
    [TestCase("storage/v1/b/audit/o/other/copyTo/b/audit/o/x")]
    [TestCase("storage/v1/b/audit/o/x/moveTo/o/free")]
    [TestCase("storage/v1/b/audit/o/other/moveTo/o/x")]
    public async Task No_derived_write_gets_past_retention(string path)
    {
        await using var gcs = await Gcs.StartAsync(OneDayLocked);
        gcs.Bucket.Put("x", "x"u8);

        var answer = await gcs.PostAsync(path, "{}");

        Assert.That((answer.Status, answer.Reason), Is.EqualTo((403, "retentionPolicyNotMet")));
    }

    [Test]
    public async Task Derived_writes_to_free_names_are_not_implemented()
    {
        await using var gcs = await Gcs.StartAsync();

        Assert.That((await gcs.PostAsync("storage/v1/b/audit/o/a/compose", "{}")).Status, Is.EqualTo(501));
    }

    [Test]
    public async Task With_versioning_a_retained_object_makes_way_but_its_version_stays()
    {
        await using var gcs = await Gcs.StartAsync(OneDayLocked with { Versioning = true });
        var first = gcs.Bucket.Put("x", "first"u8);

        var overwritten = await gcs.InsertAsync("x", "second");
        var deleted = await gcs.DeleteAsync("storage/v1/b/audit/o/x");
        var live = await gcs.GetAsync("storage/v1/b/audit/o/x");
        var old = await gcs.GetAsync($"storage/v1/b/audit/o/x?generation={first.Generation}&alt=media");
        var erased = await gcs.DeleteAsync($"storage/v1/b/audit/o/x?generation={first.Generation}");

        Assert.That((overwritten.Status, deleted.Status, live.Status, old.Text), Is.EqualTo((200, 204, 404, "first")));
        Assert.That((erased.Status, erased.Reason), Is.EqualTo((403, "retentionPolicyNotMet")));
        Assert.That(gcs.Bucket.Versions.Select(version => version.TimeDeleted), Is.All.EqualTo(Gcs.Start));
    }

    [Test]
    public async Task A_bucket_with_retained_objects_cannot_be_deleted()
    {
        await using var gcs = await Gcs.StartAsync(OneDayLocked);
        gcs.Bucket.Put("x", "x"u8);

        var full = await gcs.DeleteAsync("storage/v1/b/audit");
        gcs.Time.Advance(TimeSpan.FromDays(1));
        await gcs.DeleteAsync("storage/v1/b/audit/o/x");
        var empty = await gcs.DeleteAsync("storage/v1/b/audit");

        Assert.That((full.Status, full.Reason), Is.EqualTo((409, "conflict")));
        Assert.That(empty.Status, Is.EqualTo(204));
        Assert.That((await gcs.GetAsync("storage/v1/b/audit")).Status, Is.EqualTo(404));
    }

    [Test]
    public async Task The_date_header_tells_the_stores_time()
    {
        await using var gcs = await Gcs.StartAsync();
        gcs.Server.Clock.Offset = TimeSpan.FromHours(3);

        var answer = await gcs.GetAsync("storage/v1/b/audit");

        Assert.That(DateTimeOffset.Parse(answer.Header("Date"), CultureInfo.InvariantCulture), Is.EqualTo(Gcs.Start.AddHours(3)));
    }
}
