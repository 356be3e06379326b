using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using Sealtail.Buckets;
using Sealtail.Buckets.Gcs;
using Sealtail.FakeGcs.Faults;
using Sealtail.FakeGcs.Protocol;
using Sealtail.Format;
using Sealtail.Tampering;
using Sealtail.Tests.Support;
using Sealtail.Verifying;

namespace Sealtail.Tests.Buckets;

/// <summary>A store that throttles or is silent is asked more slowly by all together, and in the end no more.</summary>
internal sealed class ReadBrakeTests
{
    private readonly FakeTimeProvider time = new();

    [Test]
    public void Without_an_answer_for_three_minutes_nobody_asks_any_more()
    {
        var brake = new ReadBrake(new RequestPace(1000, time), time);

        brake.Failed();
        time.Advance(ReadBrake.Patience / 2);
        brake.Failed();
        time.Advance((ReadBrake.Patience / 2) - TimeSpan.FromSeconds(1));
        brake.Failed();
        Assert.That(() => brake.ThrowIfGivenUp(), Throws.Nothing);
        time.Advance(TimeSpan.FromSeconds(1));
        brake.Failed();

        Assert.That(() => brake.ThrowIfGivenUp(), Throws.TypeOf<BucketException>().With.Message.Contains("asked no more").And.Property("IsFinal").True);
    }

    [Test]
    public void A_failure_long_after_another_one_is_the_first_of_its_own()
    {
        var brake = new ReadBrake(new RequestPace(1000, time), time);

        brake.Failed();
        time.Advance(TimeSpan.FromMinutes(10)); // of reading
        brake.Failed();

        Assert.That(() => brake.ThrowIfGivenUp(), Throws.Nothing);
    }

    [Test]
    public void Any_answer_begins_the_count_anew()
    {
        var brake = new ReadBrake(new RequestPace(1000, time), time);

        for (var i = 0; i < 10; i++)
        {
            brake.Failed();
            time.Advance(ReadBrake.Patience - TimeSpan.FromSeconds(1));
            brake.Answered();
        }

        Assert.That(() => brake.ThrowIfGivenUp(), Throws.Nothing);
    }

    [Test]
    public void Failures_slow_everybody_down_to_a_bound_and_answers_make_them_fast_again()
    {
        var pace = new RequestPace(1000, time);
        var brake = new ReadBrake(pace, time);

        for (var i = 0; i < 100; i++) brake.Failed();
        Assert.That(WaitOfTwo(pace), Is.EqualTo(TimeSpan.FromMilliseconds(64)).Within(TimeSpan.FromMilliseconds(1)));
        for (var i = 0; i < 6; i++) brake.Answered();

        Assert.That(WaitOfTwo(pace), Is.EqualTo(TimeSpan.FromMilliseconds(1)).Within(TimeSpan.FromMilliseconds(0.5)));
    }

    [Test]
    public async Task An_object_that_cannot_be_read_is_asked_for_six_times_in_all()
    {
        await using var bed = await GcsBed.StartAsync();
        bed.Stored.Put("x", "hello"u8);
        bed.Server.Faults.Add(new() { Kind = FaultKind.Status, Call = GcsCall.ObjectDownload, Status = 503 });
        bed.Server.Faults.Add(new() { Kind = FaultKind.Status, Call = GcsCall.ObjectGet, Status = 503 });
        var hasty = new HastyTime(20);
        using var bucket = GcsBucket.Open(new BucketOptions { Location = "gs://audit" }, GcsScope.Read, bed.Environment, hasty);
        var retry = BucketRetry.Build(new BucketRetryOptions { MaxAttempts = 3, WaitsForAdministrator = false, AttemptTimeout = TimeSpan.FromHours(1) }, hasty, static (_, _) => { });

        var fault = await Assert.ThrowsAsync<BucketException>(() => new ObjectReader(bucket, retry).ReadAllAsync(new StoredObject("x", 5, null, null, null, null), CancellationToken.None));

        Assert.That(fault!.Fault, Is.EqualTo(BucketFault.Transient));
        Assert.That(bed.Server.Journal.Requests.Count(request => request.Call is GcsCall.ObjectGet or GcsCall.ObjectDownload), Is.EqualTo(6));
    }

    [Test]
    public async Task A_bucket_that_throttles_every_download_is_not_concluded_and_not_asked_for_ever()
    {
        using var chain = new ChainBuilder();
        for (var epoch = 0; epoch < 3; epoch++) chain.Start().Chunk().Chunk().Chunk().Chunk();
        using var good = chain.Build();
        await using var bed = await GcsBed.StartAsync();
        foreach (var name in good.Names) bed.Stored.Put(name, good[name]);
        foreach (var call in new[] { GcsCall.ObjectDownload, GcsCall.ObjectGet })
            bed.Server.Faults.Add(new() { Kind = FaultKind.Status, Call = call, Status = 429, RetryAfter = "3600" });
        var hasty = new HastyTime(200);
        using var bucket = GcsBucket.Open(new BucketOptions { Location = "gs://audit" }, GcsScope.Read, bed.Environment, hasty);
        using var trust = new TrustPolicy([new TrustAnchor(StreamGlob.Parse("*"), VerificationKey.FromSpki(chain.Spki), "test")]);

        var report = await new Verifier(bucket, trust, new VerifyOptions(), hasty).VerifyAsync(CancellationToken.None);

        Assert.That(report.ExitCode(strict: false), Is.EqualTo(3));
        Assert.That(report.Findings.Select(finding => finding.Message), Has.Some.Contains("asked no more"));
        // Six tries with half a minute between them take almost as long as the patience with the whole bucket: of the fifteen manifests, few are tried so.
        Assert.That(bed.Server.Journal.Requests.Count(request => request.Call is GcsCall.ObjectGet or GcsCall.ObjectDownload), Is.LessThan(40));
    }

    private TimeSpan WaitOfTwo(RequestPace pace)
    {
        var begin = time.GetTimestamp();
        var (first, second) = (pace.WaitAsync(CancellationToken.None), pace.WaitAsync(CancellationToken.None));
        while (!first.IsCompleted) time.Advance(TimeSpan.FromMilliseconds(0.25));
        var between = time.GetTimestamp();
        while (!second.IsCompleted) time.Advance(TimeSpan.FromMilliseconds(0.25));
        Assert.That(time.GetElapsedTime(begin), Is.LessThan(TimeSpan.FromSeconds(1)));
        return time.GetElapsedTime(between);
    }
}
