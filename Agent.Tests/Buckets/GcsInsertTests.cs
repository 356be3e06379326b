using System.Globalization;
using NUnit.Framework;
using Sealtail.Buckets;
using Sealtail.FakeGcs.Faults;
using Sealtail.FakeGcs.Identity;
using Sealtail.FakeGcs.Protocol;
using Sealtail.FakeGcs.Storage;
using static Sealtail.Tests.Buckets.GcsBed;

namespace Sealtail.Tests.Buckets;

/// <summary>What each reply to an upload means for the next attempt, one reply at a time.</summary>
internal sealed class GcsInsertTests
{
    private const string Denied = "does not have storage.objects.create access to the Google Cloud Storage object. Permission 'storage.objects.create' denied on resource (or it may not exist).";

    [Test]
    public async Task An_insert_says_what_it_must_and_nothing_that_changes_the_bytes()
    {
        await using var bed = await StartAsync();
        await bed.Open("gs://audit/k8s").CreateAsync(UploadOf("v1/chunks/a=b/x y.ndjson.gz", "hello"), None);

        var request = bed.Server.Journal.Requests.Single();
        var stored = bed.Stored.Objects.Single();
        Assert.Multiple(() =>
        {
            Assert.That(request.Target, Does.Contain("uploadType=multipart").And.Contain("ifGenerationMatch=0"));
            Assert.That(request.Headers["x-goog-hash"], Is.EqualTo("crc32c=mnG7TA=="));
            Assert.That(request.Headers["User-Agent"], Does.Match(@"^sealtail/\d+\.\d+\.\d+"));
            Assert.That(request.Headers.Keys, Does.Not.Contain("Expect").And.Not.Contain("Authorization").And.Not.Contain("Transfer-Encoding"));
            Assert.That(request.Headers["Content-Length"], Is.EqualTo(request.BodyBytes.ToString(CultureInfo.InvariantCulture)));
            Assert.That(stored.Name, Is.EqualTo("k8s/v1/chunks/a=b/x y.ndjson.gz"));
            Assert.That(stored.ContentType, Is.EqualTo("application/gzip"));
            Assert.That(stored.ContentEncoding, Is.Null);
            Assert.That(stored.ReadBytes(), Is.EqualTo("hello"u8.ToArray()));
        });
    }

    [Test]
    public async Task The_receipt_is_the_stores_own()
    {
        await using var bed = await StartAsync(new BucketSettings { Retention = TimeSpan.FromDays(365), Locked = true });

        var outcome = await bed.Open().CreateAsync(UploadOf("x", "hello"), None);

        var stored = bed.Stored.Objects.Single();
        Assert.That(outcome.Receipt!.Generation, Is.EqualTo(stored.Generation.ToString(CultureInfo.InvariantCulture)));
        Assert.That(outcome.Receipt.TimeCreated, Is.EqualTo(stored.TimeCreated).Within(TimeSpan.FromMilliseconds(1)));
        Assert.That(outcome.Receipt.RetentionExpirationTime - outcome.Receipt.TimeCreated, Is.EqualTo(TimeSpan.FromDays(365)));
    }

    [Test]
    public async Task A_name_that_exists_under_retention_is_already_there()
    {
        await using var bed = await StartAsync(new BucketSettings { Retention = TimeSpan.FromDays(365), Locked = true });
        var bucket = bed.Open();
        await bucket.CreateAsync(UploadOf("x", "hello"), None);

        Assert.That(await bucket.CreateAsync(UploadOf("x", "hello"), None), Is.EqualTo(PutOutcome.AlreadyThere));
    }

    [Test]
    public async Task Permission_to_create_is_enough_and_an_existing_name_is_understood([Values] ExistingNameAnswer answer)
    {
        using var folder = new TempFolder();
        await using var bed = await StartAsync(new BucketSettings(), new() { AnonymousPermissions = Permissions.None, ExistingName = answer });
        var bucket = bed.OpenAs(bed.Server.Principals.Add("shipper@example.com", Permissions.ObjectCreator), folder["key.json"]);

        var first = await bucket.CreateAsync(UploadOf("x", "hello"), None);
        var second = await bucket.CreateAsync(UploadOf("x", "hello"), None);

        Assert.That(first.Created, Is.True);
        Assert.That(second, Is.EqualTo(PutOutcome.AlreadyThere));
        Assert.That(bed.Server.Journal.Requests[^1].Status, Is.EqualTo(answer == ExistingNameAnswer.PreconditionFailed ? 412 : 403));
        Assert.That(bed.Stored.Versions, Has.Count.EqualTo(1));
    }

    [TestCase("retentionPolicyNotMet", "Object 'b/o' is subject to bucket's retention policy or object retention and cannot be deleted or overwritten until 2026-09-30T15:58:01.185839-07:00")]
    [TestCase("forbidden", "Object 'b/o' is subject to bucket's retention policy and cannot be deleted, overwritten or archived until 2019-09-30T15:58:01-07:00")]
    [TestCase("forbidden", "Object 'b/o' is under active Temporary hold and cannot be deleted, overwritten or archived until hold is removed.")]
    [TestCase("objectUnderActiveHold", "")]
    [TestCase("retentionPolicyNotMet", "Words that nobody has seen yet.")]
    [TestCase("forbidden", "shipper@example.com does not have storage.objects.delete access to the Google Cloud Storage object. Permission 'storage.objects.delete' denied on resource (or it may not exist).")]
    public async Task A_403_because_the_object_exists_means_that_it_is_there(string reason, string message)
    {
        await using var bed = await StartAsync();
        bed.Server.Faults.Add(new() { Kind = FaultKind.Status, Status = 403, Reason = reason, Message = message });

        Assert.That(await bed.Open().CreateAsync(UploadOf("x", "x"), None), Is.EqualTo(PutOutcome.AlreadyThere));
    }

    // An account may be called after what the words look for.
    [TestCase("forbidden", "retention-hold@quota.example.com " + Denied)]
    [TestCase("forbidden", "Request is prohibited by organization's policy. vpcServiceControlsUniqueIdentifier: x")]
    [TestCase("accountDisabled", "The account has been disabled.")]
    [TestCase("", "")]
    public async Task Any_other_403_waits_for_an_administrator(string reason, string message)
    {
        await using var bed = await StartAsync();
        bed.Server.Faults.Add(new() { Kind = FaultKind.Status, Status = 403, Reason = reason, Message = message });

        var fault = await FaultOfAsync(bed);

        Assert.That(fault.Fault, Is.EqualTo(BucketFault.Denied));
        Assert.That(fault.Message, Does.Contain("403").And.Contain(message));
    }

    [TestCase("rateLimitExceeded", "")]
    [TestCase("userRateLimitExceeded", "")]
    [TestCase("quotaExceeded", "")]
    [TestCase("forbidden", "The project exceeded the rate limit for creating objects.")]
    [TestCase("forbidden", "Quota exceeded for quota metric 'Write requests'.")]
    public async Task A_403_for_rate_or_quota_backs_off_as_long_as_it_says(string reason, string message)
    {
        await using var bed = await StartAsync();
        bed.Server.Faults.Add(new() { Kind = FaultKind.Status, Status = 403, Reason = reason, Message = message, RetryAfter = "11" });

        var fault = await FaultOfAsync(bed);

        Assert.That((fault.Fault, fault.RetryAfter), Is.EqualTo((BucketFault.Transient, TimeSpan.FromSeconds(11))));
    }

    [TestCase(408, FaultBody.Json)]
    [TestCase(429, FaultBody.Json)]
    [TestCase(500, FaultBody.Empty)]
    [TestCase(502, FaultBody.Html)]
    [TestCase(503, FaultBody.Json)]
    [TestCase(504, FaultBody.Html)]
    public async Task A_passing_failure_is_told_as_one(int status, FaultBody body)
    {
        await using var bed = await StartAsync();
        bed.Server.Faults.Add(new() { Kind = FaultKind.Status, Status = status, Body = body });

        var fault = await FaultOfAsync(bed);

        Assert.That((fault.Fault, fault.RetryAfter), Is.EqualTo((BucketFault.Transient, (TimeSpan?)null)));
        Assert.That(fault.Message, Does.Contain($"{status}").And.Not.Contain("<"));
    }

    [TestCase("7", 7)]
    [TestCase("0", 0)]
    [TestCase("999999", 900)] // not for ever
    [TestCase("soon", null)]
    public async Task Retry_after_in_seconds_is_understood(string header, int? seconds)
    {
        await using var bed = await StartAsync();
        bed.Server.Faults.Add(new() { Kind = FaultKind.Status, Status = 503, RetryAfter = header });

        Assert.That((await FaultOfAsync(bed)).RetryAfter, Is.EqualTo(seconds is { } known ? TimeSpan.FromSeconds(known) : (TimeSpan?)null));
    }

    [TestCase(90, 90)]
    [TestCase(-90, 0)]
    public async Task Retry_after_as_a_date_is_understood(int ahead, int seconds)
    {
        await using var bed = await StartAsync();
        bed.Server.Faults.Add(new() { Kind = FaultKind.Status, Status = 429, RetryAfter = bed.Time.GetUtcNow().AddSeconds(ahead).ToString("R", CultureInfo.InvariantCulture) });

        Assert.That((await FaultOfAsync(bed)).RetryAfter, Is.EqualTo(TimeSpan.FromSeconds(seconds)).Within(TimeSpan.FromSeconds(1)));
    }

    [TestCase("Provided CRC32C \"AAAAAA==\" doesn't match calculated CRC32C \"2HvlZg==\".", BucketFault.Damaged)]
    [TestCase("Provided MD5 hash \"x\" doesn't match calculated MD5 hash \"y\".", BucketFault.Damaged)]
    [TestCase("Invalid argument.", BucketFault.Refused)]
    public async Task A_400_is_damage_only_if_it_is_about_the_checksum(string message, BucketFault expected)
    {
        await using var bed = await StartAsync();
        bed.Server.Faults.Add(new() { Kind = FaultKind.Status, Status = 400, Reason = "invalid", Message = message });

        Assert.That((await FaultOfAsync(bed)).Fault, Is.EqualTo(expected));
    }

    [Test]
    public async Task A_bucket_that_is_not_there_is_named()
    {
        await using var bed = await StartAsync();

        var fault = await Assert.ThrowsAsync<BucketException>(() => bed.Open("gs://absent").CreateAsync(UploadOf("x", "x"), None));

        Assert.That(fault!.Fault, Is.EqualTo(BucketFault.BucketMissing));
        Assert.That(fault.Message, Does.Contain("gs://absent"));
    }

    [TestCase(307)]
    [TestCase(409)]
    [TestCase(413)]
    public async Task A_status_that_time_does_not_mend_waits_for_an_administrator(int status)
    {
        await using var bed = await StartAsync();
        bed.Server.Faults.Add(new() { Kind = FaultKind.Status, Status = status });

        Assert.That((await FaultOfAsync(bed)).Fault, Is.EqualTo(BucketFault.Refused));
    }

    [Test]
    public async Task A_hostile_message_reaches_no_terminal()
    {
        await using var bed = await StartAsync();
        bed.Server.Faults.Add(new() { Kind = FaultKind.Status, Status = 403, Message = "line\r\n\u001b[31mred" + new string('x', 10_000) });

        var fault = await FaultOfAsync(bed);

        Assert.That(fault.Message.Any(char.IsControl), Is.False);
        Assert.That(fault.Message, Has.Length.LessThan(500));
    }

    private static async Task<BucketException> FaultOfAsync(GcsBed bed)
    {
        var fault = await Assert.ThrowsAsync<BucketException>(() => bed.Open().CreateAsync(UploadOf("x", "x"), None));
        Assert.That(bed.Stored.Objects, Is.Empty);
        Assert.That(bed.Server.Journal.Requests.Count(request => request.Call == GcsCall.ObjectInsert), Is.EqualTo(1)); // one attempt, one request
        return fault!;
    }
}
