using Microsoft.Extensions.Logging;
using NUnit.Framework;
using Sealtail.Buckets;
using Sealtail.Buckets.Gcs;
using Sealtail.FakeGcs.Faults;
using Sealtail.FakeGcs.Identity;
using Sealtail.FakeGcs.Protocol;
using Sealtail.FakeGcs.Storage;
using Sealtail.Files;
using static Sealtail.Tests.Buckets.GcsBed;

namespace Sealtail.Tests.Buckets;

/// <summary>Retention is ok, violated or unverified: the three states, and what brings them about.</summary>
internal sealed class RetentionTests
{
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    private readonly RecordingLogger<RetentionMonitor> log = new();

    [TestCase(true, 365, null, RetentionState.Ok)]
    [TestCase(true, 366, null, RetentionState.Ok)]
    [TestCase(true, 364, null, RetentionState.Violated)]
    [TestCase(false, 365, null, RetentionState.Violated)]
    [TestCase(false, null, null, RetentionState.Violated)]
    [TestCase(false, 365, RetentionRequirement.Policy, RetentionState.Ok)]
    [TestCase(false, 364, RetentionRequirement.Policy, RetentionState.Violated)]
    [TestCase(false, null, RetentionRequirement.Policy, RetentionState.Violated)]
    [TestCase(false, null, RetentionRequirement.None, RetentionState.NotRequired)]
    public async Task What_the_bucket_says_at_start_decides(bool locked, int? days, object? require, RetentionState expected)
    {
        await using var bed = await StartAsync(new BucketSettings { Retention = days is { } known ? TimeSpan.FromDays(known) : null, Locked = locked });
        var options = Options with { Require = (RetentionRequirement?)require, MinimumRetention = Year };
        var monitor = new RetentionMonitor(options, bed.Time, log);
        using var bucket = new WatchedBucket(bed.Open(options), monitor);

        Assert.That(monitor.Status.State, Is.EqualTo(require is RetentionRequirement.None ? RetentionState.NotRequired : RetentionState.Unverified));
        await monitor.LookAsync(bucket, None);

        Assert.That(monitor.Status.State, Is.EqualTo(expected), monitor.Status.Explanation);
        Assert.That(log.Lines.Single().Level, Is.EqualTo(expected == RetentionState.Violated ? LogLevel.Error : LogLevel.Information));
    }

    [Test]
    public async Task Without_permission_to_look_a_lock_is_never_taken_for_granted()
    {
        using var folder = new TempFolder();
        await using var bed = await StartLockedAsync();
        var (monitor, bucket) = OpenAs(bed, Permissions.ObjectCreator, Options with { MinimumRetention = Year }, folder);

        await monitor.LookAsync(bucket, None);
        await bucket.CreateAsync(UploadOf("x", "x"), None);

        Assert.That(monitor.Status.State, Is.EqualTo(RetentionState.Unverified));
        Assert.That(monitor.Status.Explanation, Does.Contain("storage.buckets.get"));
        Assert.That(log.Lines.Single().Level, Is.EqualTo(LogLevel.Warning));
    }

    [Test]
    public async Task Without_permission_to_look_a_reply_shows_a_policy()
    {
        using var folder = new TempFolder();
        await using var bed = await StartLockedAsync();
        var (monitor, bucket) = OpenAs(bed, Permissions.ObjectCreator, Options with { Require = RetentionRequirement.Policy, MinimumRetention = Year }, folder);

        await monitor.LookAsync(bucket, None);
        var before = monitor.Status.State;
        await bucket.CreateAsync(UploadOf("x", "x"), None);

        Assert.That((before, monitor.Status.State), Is.EqualTo((RetentionState.Unverified, RetentionState.Ok)));
    }

    [Test]
    public async Task Permission_granted_or_lost_while_running_is_noticed()
    {
        using var folder = new TempFolder();
        await using var bed = await StartLockedAsync();
        var (monitor, bucket) = OpenAs(bed, Permissions.ObjectCreator, Options, folder);
        var states = new List<RetentionState>();

        foreach (var permissions in new[] { Permissions.ObjectCreator, Permissions.All, Permissions.ObjectCreator })
        {
            bed.Server.Principals.Find("shipper@example.com")!.Permissions = permissions;
            await monitor.LookAsync(bucket, None);
            states.Add(monitor.Status.State);
        }

        Assert.That(states, Is.EqualTo(new[] { RetentionState.Unverified, RetentionState.Ok, RetentionState.Unverified }));
    }

    [TestCase(30)]
    [TestCase(null)]
    public async Task A_policy_shortened_or_removed_while_running_shows_in_the_next_reply(int? days)
    {
        await using var bed = await StartAsync(new BucketSettings { Retention = Year });
        var options = Options with { Require = RetentionRequirement.Policy, MinimumRetention = Year };
        var monitor = new RetentionMonitor(options, bed.Time, log);
        using var bucket = new WatchedBucket(bed.Open(options), monitor);
        await monitor.LookAsync(bucket, None);
        await bucket.CreateAsync(UploadOf("a", "x"), None);
        var before = monitor.Status.State;

        SetRetention(bed, days is { } known ? TimeSpan.FromDays(known) : null);
        await bucket.CreateAsync(UploadOf("b", "x"), None);
        var after = monitor.Status;
        SetRetention(bed, Year);
        await bucket.CreateAsync(UploadOf("c", "x"), None);

        Assert.That((before, after.State, after.ViolatingReplies), Is.EqualTo((RetentionState.Ok, RetentionState.Violated, 1)));
        Assert.That(after.Explanation, Does.Contain(days is null ? "no retention" : "30d"));
        Assert.That(monitor.Status.State, Is.EqualTo(RetentionState.Ok));
        Assert.That(log.Lines.Select(line => line.Level), Is.EqualTo(new[] { LogLevel.Information, LogLevel.Error, LogLevel.Information }));
        Assert.That(log.Lines.ElementAt(1).Text, Does.Contain("Uploads go on"));
    }

    [Test]
    public async Task A_contradiction_makes_the_watch_look_at_once()
    {
        await using var bed = await StartAsync(new BucketSettings { Retention = Year });
        var options = Options with { Require = RetentionRequirement.Policy, MinimumRetention = Year };
        var monitor = new RetentionMonitor(options, bed.Time, log);
        using var bucket = new WatchedBucket(bed.Open(options), monitor);
        using var stop = new CancellationTokenSource();
        var watching = monitor.WatchAsync(bucket, stop.Token);
        await LooksAsync(bed, 1);

        SetRetention(bed, null);
        await bucket.CreateAsync(UploadOf("b", "x"), None);
        await LooksAsync(bed, 2);
        await stop.CancelAsync();

        await Assert.CatchAsync<OperationCanceledException>(() => watching);
        Assert.That(monitor.Status.State, Is.EqualTo(RetentionState.Violated));
    }

    [Test]
    public async Task The_watch_looks_again_from_time_to_time()
    {
        await using var bed = await StartAsync(new BucketSettings { Retention = Year });
        var monitor = new RetentionMonitor(Options, bed.Time, log);
        using var bucket = new WatchedBucket(bed.Open(Options), monitor);
        using var stop = new CancellationTokenSource();
        var watching = monitor.WatchAsync(bucket, stop.Token);
        await LooksAsync(bed, 1);
        while (monitor.Status.State != RetentionState.Violated) await Task.Yield();

        bed.Stored.Change(new Preconditions(null, null, null, null), (state, _) => state with { Locked = true });
        while (monitor.Status.State != RetentionState.Ok)
        {
            bed.Time.Advance(TimeSpan.FromMinutes(5));
            await Task.Delay(20); // what was asked for gets answered before its time is up
        }

        await stop.CancelAsync();
        await Assert.CatchAsync<OperationCanceledException>(() => watching);
    }

    [Test]
    public async Task What_was_seen_long_ago_is_not_known_any_more()
    {
        await using var bed = await StartLockedAsync();
        var monitor = new RetentionMonitor(Options, bed.Time, log);
        using var bucket = GcsBucket.Open(Options, GcsScope.Write, bed.Environment, TimeProvider.System);
        await monitor.LookAsync(bucket, None);
        bed.Server.Faults.Add(new() { Kind = FaultKind.Status, Call = GcsCall.BucketGet, Status = 400, Message = "Out of order." });

        await monitor.LookAsync(bucket, None);
        var soon = monitor.Status.State;
        bed.Time.Advance(TimeSpan.FromHours(1));

        Assert.That((soon, monitor.Status.State), Is.EqualTo((RetentionState.Ok, RetentionState.Unverified)));
        Assert.That(monitor.Status.Explanation, Does.Contain("Out of order."));
    }

    [Test]
    public async Task Object_versioning_is_warned_of_once()
    {
        await using var bed = await StartAsync(new BucketSettings { Retention = Year, Locked = true, Versioning = true });
        var monitor = new RetentionMonitor(Options, bed.Time, log);
        using var bucket = bed.Open(Options);

        await monitor.LookAsync(bucket, None);
        await monitor.LookAsync(bucket, None);

        Assert.That(monitor.Status.State, Is.EqualTo(RetentionState.Ok));
        Assert.That(monitor.Status.Warning, Does.Contain("versions"));
        Assert.That(log.Lines.Count(line => line.Level == LogLevel.Warning), Is.EqualTo(1));
    }

    [Test]
    public async Task With_stop_nothing_leaves_until_it_is_mended()
    {
        await using var bed = await StartAsync(new BucketSettings { Retention = Year });
        var options = Options with { OnViolation = ViolationAction.Stop };
        var monitor = new RetentionMonitor(options, bed.Time, log);
        using var bucket = new WatchedBucket(bed.Open(options), monitor);

        var fault = await Assert.ThrowsAsync<BucketException>(() => bucket.CreateAsync(UploadOf("x", "x"), None));
        var stored = bed.Stored.Objects.Count;
        bed.Stored.Change(new Preconditions(null, null, null, null), (state, _) => state with { Locked = true });
        await monitor.LookAsync(bucket, None);

        Assert.That(fault!.Fault, Is.EqualTo(BucketFault.Refused));
        Assert.That(fault.Message, Does.Contain("on_violation").And.Contain("not locked"));
        Assert.That(stored, Is.Zero);
        Assert.That((await bucket.CreateAsync(UploadOf("x", "x"), None)).Created, Is.True);
    }

    [Test]
    public async Task With_stop_and_no_permission_to_look_one_upload_is_risked_now_and_then()
    {
        using var folder = new TempFolder();
        await using var bed = await StartAsync(new BucketSettings(), new() { AnonymousPermissions = Permissions.None });
        var (monitor, bucket) = OpenAs(bed, Permissions.ObjectCreator, Options with { OnViolation = ViolationAction.Stop, MinimumRetention = Year }, folder);
        await bucket.CreateAsync(UploadOf("a", "x"), None); // unverified is not violated

        await Assert.ThrowsAsync<BucketException>(() => bucket.CreateAsync(UploadOf("b", "x"), None));
        bed.Time.Advance(TimeSpan.FromMinutes(10));
        await bucket.CreateAsync(UploadOf("b", "x"), None);
        await Assert.ThrowsAsync<BucketException>(() => bucket.CreateAsync(UploadOf("c", "x"), None));
        SetRetention(bed, Year);
        bed.Time.Advance(TimeSpan.FromMinutes(10));
        await bucket.CreateAsync(UploadOf("c", "x"), None);
        await bucket.CreateAsync(UploadOf("d", "x"), None);

        Assert.That(bed.Stored.Objects.Select(stored => stored.Name), Is.EqualTo(new[] { "a", "b", "c", "d" }));
        Assert.That(monitor.Status.State, Is.EqualTo(RetentionState.Unverified));
    }

    [TestCase(null, null, RetentionState.NotRequired)]
    [TestCase(RetentionRequirement.Locked, null, RetentionState.Violated)]
    [TestCase(RetentionRequirement.Policy, null, RetentionState.Violated)]
    [TestCase(null, 1, RetentionState.Violated)]
    public async Task A_directory_is_shown_to_enforce_nothing(object? require, int? days, RetentionState expected)
    {
        using var folder = new TempFolder();
        var options = new BucketOptions { Location = $"file://{folder.Path}", Require = (RetentionRequirement?)require, MinimumRetention = days is { } known ? TimeSpan.FromDays(known) : null };
        var monitor = new RetentionMonitor(options, TimeProvider.System, log);
        using var bucket = new WatchedBucket(BucketFactory.Open(options, new DurableFiles(), TimeProvider.System), monitor);

        await monitor.LookAsync(bucket, None);
        await bucket.CreateAsync(UploadOf("v1/x", "x"), None);

        Assert.That(monitor.Status.State, Is.EqualTo(expected));
        if (expected == RetentionState.NotRequired) Assert.That(monitor.Status.Explanation, Does.Contain("A directory has no retention"));
    }

    [TestCase(365 * 86_400.0, false)]
    [TestCase((365 * 86_400) - 0.999, false)] // two times of one reply, rounded unlike
    [TestCase((365 * 86_400) - 1.0, true)]
    public void A_reply_is_held_to_the_second(double seconds, bool violated)
    {
        var created = new DateTimeOffset(2026, 11, 22, 9, 0, 0, TimeSpan.Zero);
        var receipt = new StoreReceipt("1", created, created.AddSeconds(seconds));

        Assert.That(new RetentionRequired(RetentionRequirement.Locked, Year).ViolationOf(receipt) is not null, Is.EqualTo(violated));
    }

    private static BucketOptions Options => new() { Location = "gs://audit" };

    private static Task<GcsBed> StartLockedAsync() =>
        StartAsync(new BucketSettings { Retention = Year, Locked = true }, new() { AnonymousPermissions = Permissions.All });

    private (RetentionMonitor Monitor, WatchedBucket Bucket) OpenAs(GcsBed bed, IReadOnlySet<string> permissions, BucketOptions options, TempFolder folder)
    {
        var monitor = new RetentionMonitor(options, bed.Time, log);
        return (monitor, new WatchedBucket(bed.OpenAs(bed.Server.Principals.Add("shipper@example.com", permissions), folder["key.json"]), monitor));
    }

    private static void SetRetention(GcsBed bed, TimeSpan? period) =>
        bed.Stored.Change(new Preconditions(null, null, null, null), (state, now) => state with { RetentionSeconds = (long?)period?.TotalSeconds, RetentionEffective = now });

    private static async Task LooksAsync(GcsBed bed, int count)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await bed.Server.Journal.WaitForAsync(request => request.Call == GcsCall.BucketGet && bed.Server.Journal.Requests.Count(other => other.Call == GcsCall.BucketGet) >= count, patience.Token);
    }
}
