using NUnit.Framework;
using Sealtail.FakeGcs.Storage;

namespace Sealtail.Tests.FakeGcs;

[Parallelizable(ParallelScope.All)]
internal sealed class HoldTests
{
    [TestCase("temporaryHold", "Temporary")]
    [TestCase("eventBasedHold", "Event-Based")]
    public async Task A_held_object_cannot_be_deleted_or_overwritten(string member, string kind)
    {
        await using var gcs = await Gcs.StartAsync();
        gcs.Bucket.Put("x", "x"u8);
        await gcs.PatchAsync("storage/v1/b/audit/o/x", $"{{\"{member}\":true}}");

        var deleted = await gcs.DeleteAsync("storage/v1/b/audit/o/x");
        var overwritten = await gcs.InsertAsync("x", "y");
        await gcs.PatchAsync("storage/v1/b/audit/o/x", $"{{\"{member}\":false}}");
        var released = await gcs.DeleteAsync("storage/v1/b/audit/o/x");

        var message = $"Object 'audit/x' is under active {kind} hold and cannot be deleted, overwritten or archived until hold is removed.";
        Assert.That((deleted.Status, deleted.Reason, deleted.Message), Is.EqualTo((403, "forbidden", message)));
        Assert.That((overwritten.Status, overwritten.Message), Is.EqualTo((403, message)));
        Assert.That(released.Status, Is.EqualTo(204));
    }

    [Test]
    public async Task The_period_begins_when_an_event_based_hold_is_released()
    {
        await using var gcs = await Gcs.StartAsync(new BucketSettings { Retention = TimeSpan.FromHours(1), DefaultEventBasedHold = true });
        var created = await gcs.InsertAsync("x", "x");
        gcs.Time.Advance(TimeSpan.FromDays(30));

        var released = await gcs.PatchAsync("storage/v1/b/audit/o/x", """{"eventBasedHold":false}""");

        Assert.That((created["eventBasedHold"], created["retentionExpirationTime"]), Is.EqualTo(("true", (string?)null)));
        Assert.That(released["retentionExpirationTime"], Is.EqualTo("2026-12-22T10:00:00.000Z"));
    }

    [Test]
    public async Task Under_a_temporary_hold_the_expiration_is_still_told()
    {
        await using var gcs = await Gcs.StartAsync(new BucketSettings { Retention = TimeSpan.FromHours(1) });
        gcs.Bucket.Put("x", "x"u8);

        var answer = await gcs.PatchAsync("storage/v1/b/audit/o/x", """{"temporaryHold":true}""");

        Assert.That(answer["retentionExpirationTime"], Is.EqualTo("2026-11-22T10:00:00.000Z"));
    }
}
