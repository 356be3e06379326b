using NUnit.Framework;
using Sealtail.Buckets;
using Sealtail.FakeGcs.Faults;
using Sealtail.FakeGcs.Journal;
using static Sealtail.Tests.Buckets.GcsBed;

namespace Sealtail.Tests.Buckets;

/// <summary>Attempts that end without a definite reply, in both forms: whether the object was stored only shows when it is sent again.</summary>
internal sealed class GcsAmbiguityTests
{
    [Test]
    public async Task An_attempt_without_a_definite_reply_is_settled_by_sending_again(
        [Values(FaultKind.Status, FaultKind.Reset, FaultKind.Truncate)] FaultKind kind, [Values] FaultForm form)
    {
        await using var bed = await StartAsync();
        bed.Server.Faults.Add(new() { Kind = kind, Form = form, Count = 1 });
        var bucket = bed.Open();

        var fault = await Assert.ThrowsAsync<BucketException>(() => bucket.CreateAsync(UploadOf("x", "hello"), None));
        var again = await bucket.CreateAsync(UploadOf("x", "hello"), None);

        Assert.That(fault!.Fault, Is.EqualTo(BucketFault.Transient));
        Assert.That(again.Created, Is.EqualTo(form == FaultForm.NotApplied));
        Assert.That(bed.Stored.Objects.Single().ReadBytes(), Is.EqualTo("hello"u8.ToArray()));
    }

    [Test]
    public async Task A_reset_in_the_middle_of_the_bytes_leaves_nothing()
    {
        await using var bed = await StartAsync();
        bed.Server.Faults.Add(new() { Kind = FaultKind.Reset, AfterBytes = 100_000, Count = 1 });
        var bucket = bed.Open();
        var upload = UploadOf("x", new byte[20_000_000]);

        var fault = await Assert.ThrowsAsync<BucketException>(() => bucket.CreateAsync(upload, None));

        Assert.That(fault!.Fault, Is.EqualTo(BucketFault.Transient));
        Assert.That(bed.Stored.Objects, Is.Empty);
        Assert.That((await bucket.CreateAsync(upload, None)).Created, Is.True);
    }

    [TestCase("crc32c", "AAAAAA==")]
    [TestCase("crc32c", null)]
    [TestCase("size", "6")]
    [TestCase("size", null)]
    [TestCase("name", "another")]
    public async Task A_reply_that_tells_of_something_else_counts_as_none(string member, string? value)
    {
        await using var bed = await StartAsync();
        bed.Server.Faults.Add(new() { Kind = FaultKind.Corrupt, Fields = new Dictionary<string, string?> { [member] = value }, Count = 1 });
        var bucket = bed.Open();

        var fault = await Assert.ThrowsAsync<BucketException>(() => bucket.CreateAsync(UploadOf("x", "hello"), None));

        Assert.That(fault!.Fault, Is.EqualTo(BucketFault.Transient));
        Assert.That(await bucket.CreateAsync(UploadOf("x", "hello"), None), Is.EqualTo(PutOutcome.AlreadyThere));
    }

    [Test]
    public async Task Whoever_gives_up_waiting_sees_a_cancellation([Values] FaultForm form)
    {
        await using var bed = await StartAsync();
        bed.Server.Faults.Add(new() { Kind = FaultKind.Stall, Form = form, Count = 1 });
        var bucket = bed.Open();
        using var patience = new CancellationTokenSource();

        var sending = bucket.CreateAsync(UploadOf("x", "hello"), patience.Token);
        await bed.Server.Journal.WaitForAsync(request => request.Stage == RequestStage.Stalled, None);
        await patience.CancelAsync();

        await Assert.CatchAsync<OperationCanceledException>(() => sending);
        Assert.That((await bucket.CreateAsync(UploadOf("x", "hello"), None)).Created, Is.EqualTo(form == FaultForm.NotApplied));
    }

    [Test]
    public async Task A_store_that_is_not_there_is_a_passing_failure()
    {
        await using var bed = await StartAsync();
        var bucket = bed.Open();
        await bed.Server.DisposeAsync();

        var fault = await Assert.ThrowsAsync<BucketException>(() => bucket.CreateAsync(UploadOf("x", "x"), None));

        Assert.That(fault!.Fault, Is.EqualTo(BucketFault.Transient));
    }

    [Test]
    public async Task A_disk_that_cannot_be_read_is_not_taken_for_damage_or_for_the_network()
    {
        await using var bed = await StartAsync();
        var upload = UploadOf("x", "hello") with { Open = () => throw new IOException("Input/output error") };

        var fault = await Assert.ThrowsAsync<BucketException>(() => bed.Open().CreateAsync(upload, None));

        Assert.That(fault!.Fault, Is.EqualTo(BucketFault.Transient));
        Assert.That(fault.Message, Does.Contain("read from the spool: Input/output error"));
        Assert.That(bed.Stored.Objects, Is.Empty);
    }
}
