using NUnit.Framework;
using Sealtail.FakeGcs.Storage;

namespace Sealtail.Tests.FakeGcs;

[Parallelizable(ParallelScope.All)]
internal sealed class ObjectRetentionTests
{
    private static readonly BucketSettings Enabled = new() { ObjectRetention = true };

    [Test]
    public async Task An_object_may_carry_its_own_retention()
    {
        await using var gcs = await Gcs.StartAsync(Enabled);

        var answer = await gcs.InsertAsync("x", "x", "", Retention("Locked", "2026-12-01T00:00:00Z"));
        var deleted = await gcs.DeleteAsync("storage/v1/b/audit/o/x");

        Assert.That(((string?)answer.Json["retention"]!["mode"], answer["retentionExpirationTime"]), Is.EqualTo(("Locked", "2026-12-01T00:00:00.000Z")));
        Assert.That((deleted.Status, deleted.Reason), Is.EqualTo((403, "retentionPolicyNotMet")));
    }

    [TestCase(1, "2026-12-01T00:00:00.000Z")]
    [TestCase(30, "2026-12-22T09:00:00.000Z")]
    public async Task Of_two_retentions_the_later_wins(int bucketDays, string expected)
    {
        await using var gcs = await Gcs.StartAsync(Enabled with { Retention = TimeSpan.FromDays(bucketDays) });

        var answer = await gcs.InsertAsync("x", "x", "", Retention("Unlocked", "2026-12-01T00:00:00Z"));

        Assert.That(answer["retentionExpirationTime"], Is.EqualTo(expected));
    }

    [TestCase(false, "Locked", "2026-12-01T00:00:00Z")]
    [TestCase(true, "Locked", "2026-11-22T09:00:00Z")]
    [TestCase(true, "Locked", "2127-01-01T00:00:00Z")]
    [TestCase(true, "Sideways", "2026-12-01T00:00:00Z")]
    [TestCase(true, "Locked", "soon")]
    public async Task An_impossible_retention_is_400(bool enabled, string mode, string until)
    {
        await using var gcs = await Gcs.StartAsync(new BucketSettings { ObjectRetention = enabled });

        var answer = await gcs.InsertAsync("x", "x", "", Retention(mode, until));

        Assert.That((answer.Status, answer.Reason), Is.EqualTo((400, "invalid")));
        Assert.That(gcs.Bucket.Objects, Is.Empty);
    }

    [Test]
    public async Task A_malformed_retention_is_judged_before_a_precondition()
    {
        await using var gcs = await Gcs.StartAsync(Enabled);
        gcs.Bucket.Put("x", "x"u8);

        Assert.That((await gcs.InsertAsync("x", "x", "&ifGenerationMatch=0", Retention("Locked", "2020-01-01T00:00:00Z"))).Status, Is.EqualTo(400));
    }

    [TestCase("Locked", "Locked", "2026-12-02T00:00:00Z", "", 200)]
    [TestCase("Locked", "Locked", "2026-11-30T00:00:00Z", "?overrideUnlockedRetention=true", 403)]
    [TestCase("Locked", "Unlocked", "2026-12-02T00:00:00Z", "?overrideUnlockedRetention=true", 403)]
    [TestCase("Unlocked", "Unlocked", "2026-12-02T00:00:00Z", "", 200)]
    [TestCase("Unlocked", "Locked", "2026-12-01T00:00:00Z", "", 200)]
    [TestCase("Unlocked", "Unlocked", "2026-11-30T00:00:00Z", "", 403)]
    [TestCase("Unlocked", "Unlocked", "2026-11-30T00:00:00Z", "?overrideUnlockedRetention=true", 200)]
    public async Task Retention_may_grow_and_unlocked_may_shrink_on_purpose(string from, string to, string until, string query, int expected)
    {
        await using var gcs = await Gcs.StartAsync(Enabled);
        await gcs.InsertAsync("x", "x", "", Retention(from, "2026-12-01T00:00:00Z"));

        var answer = await gcs.PatchAsync($"storage/v1/b/audit/o/x{query}", Retention(to, until));

        Assert.That(answer.Status, Is.EqualTo(expected));
    }

    [TestCase("Locked", 403)]
    [TestCase("Unlocked", 200)]
    public async Task Only_an_unlocked_retention_may_be_removed(string mode, int expected)
    {
        await using var gcs = await Gcs.StartAsync(Enabled);
        await gcs.InsertAsync("x", "x", "", Retention(mode, "2026-12-01T00:00:00Z"));

        var answer = await gcs.PatchAsync("storage/v1/b/audit/o/x?overrideUnlockedRetention=true", """{"retention":null}""");

        Assert.That(answer.Status, Is.EqualTo(expected));
    }

    private static string Retention(string mode, string until) =>
        $$$"""{"retention":{"mode":"{{{mode}}}","retainUntilTime":"{{{until}}}"}}""";
}
