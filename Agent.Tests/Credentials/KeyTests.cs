using NUnit.Framework;
using Sealtail.Buckets;
using Sealtail.FakeGcs.Faults;
using Sealtail.FakeGcs.Identity;
using Sealtail.FakeGcs.Protocol;

namespace Sealtail.Tests.Credentials;

/// <summary>How a service account's key gets tokens, how they end, and how they come back.</summary>
internal sealed class KeyTests : CredentialFixture
{
    [Test]
    public async Task A_key_signs_its_own_tokens_and_needs_no_token_server()
    {
        var bucket = OpenKey(selfSigned: true);

        await UploadAsync(bucket, "a");
        Bed.Time.Advance(TimeSpan.FromMinutes(59));
        await UploadAsync(bucket, "b");
        Bed.Time.Advance(TimeSpan.FromHours(5));
        await UploadAsync(bucket, "c");

        Assert.That(Calls(GcsCall.Token), Is.Zero);
        Assert.That(Bed.Server.Journal.Requests.Select(request => request.Principal), Is.All.EqualTo(Email));
        Assert.That(bucket.Credential!.Expires, Is.EqualTo(Bed.Time.GetUtcNow().AddHours(1)).Within(TimeSpan.FromSeconds(1)));
    }

    [Test]
    public async Task A_key_gets_tokens_from_its_token_server_and_keeps_each_for_its_life()
    {
        var bucket = OpenKey(selfSigned: false);

        for (var i = 0; i < 5; i++) await UploadAsync(bucket, $"a{i}");
        var first = Calls(GcsCall.Token);
        Bed.Time.Advance(TimeSpan.FromHours(2));
        await UploadAsync(bucket, "b");

        Assert.That((first, Calls(GcsCall.Token)), Is.EqualTo((1, 2)));
        Assert.That(Refusals, Is.Zero);
    }

    [Test]
    public async Task Many_uploads_at_once_ask_for_one_token()
    {
        var bucket = OpenKey(selfSigned: false);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => UploadAsync(bucket, $"a{i}")));

        Assert.That(Calls(GcsCall.Token), Is.EqualTo(1));
    }

    [Test]
    public async Task A_token_is_renewed_ahead_of_its_end_while_uploads_go_on()
    {
        var bucket = OpenKey(selfSigned: false);
        await UploadAsync(bucket, "a");
        var expires = bucket.Credential!.Expires;
        Bed.Server.Faults.Add(new() { Kind = FaultKind.Stall, Call = GcsCall.Token, Delay = TimeSpan.FromMilliseconds(300), Count = 1 });

        Bed.Time.Advance(TimeSpan.FromMinutes(57));
        await UploadAsync(bucket, "b"); // does not wait for the new token
        var during = bucket.Credential.Expires;
        while (bucket.Credential.Expires == expires) await Task.Delay(5);
        await UploadAsync(bucket, "c");

        Assert.That(during, Is.EqualTo(expires));
        Assert.That((Calls(GcsCall.Token), Refusals), Is.EqualTo((2, 0)));
    }

    [Test]
    public async Task A_failed_renewal_ahead_is_told_but_stops_nothing_until_the_token_ends()
    {
        var bucket = OpenKey(selfSigned: false);
        await UploadAsync(bucket, "a");
        var fault = Bed.Server.Faults.Add(new() { Kind = FaultKind.Status, Status = 400, Call = GcsCall.Token });

        Bed.Time.Advance(TimeSpan.FromMinutes(57));
        await UploadAsync(bucket, "b");
        while (bucket.Credential!.Problem is null) await Task.Delay(5);
        await UploadAsync(bucket, "c");
        var failsYet = bucket.Credential.Fails(Bed.Time.GetUtcNow());
        Bed.Time.Advance(TimeSpan.FromMinutes(4));

        Assert.That(failsYet, Is.False);
        Assert.That(bucket.Credential.Fails(Bed.Time.GetUtcNow()), Is.True);
        Assert.That(fault.Struck, Is.EqualTo(1)); // not at every upload
        await Assert.ThrowsAsync<BucketException>(() => UploadAsync(bucket, "d"));
        Bed.Server.Faults.Clear();
        await UploadAsync(bucket, "d");
        Assert.That(bucket.Credential.Problem, Is.Null);
    }

    [Test]
    public async Task A_token_refused_in_the_middle_of_a_run_is_renewed_once_within_the_attempt()
    {
        var bucket = OpenKey(selfSigned: false);
        await UploadAsync(bucket, "a");
        Bed.Server.Principals.RevokeAll(Shipper);

        await UploadAsync(bucket, "b");

        Assert.That((Calls(GcsCall.Token), Refusals), Is.EqualTo((2, 1)));
        Assert.That(bucket.Credential!.Problem, Is.Null);
    }

    [Test]
    public async Task A_store_that_refuses_even_fresh_tokens_touches_no_data_and_is_told([Values] bool selfSigned)
    {
        var bucket = OpenKey(selfSigned);
        Bed.Server.Faults.Add(new() { Kind = FaultKind.Status, Status = 401, Call = GcsCall.ObjectInsert });

        var fault = await Assert.ThrowsAsync<BucketException>(() => UploadAsync(bucket, "a"));
        var inserts = Calls(GcsCall.ObjectInsert);
        var told = bucket.Credential!;
        Bed.Server.Faults.Clear();
        await UploadAsync(bucket, "a");

        Assert.That((fault!.Fault, inserts), Is.EqualTo((BucketFault.Transient, 2)));
        Assert.That(told.Problem, Does.Contain("401"));
        Assert.That(told.Fails(Bed.Time.GetUtcNow()), Is.True);
        Assert.That(bucket.Credential!.Problem, Is.Null);
    }

    [Test]
    public async Task A_key_that_is_replaced_in_its_file_is_taken_at_the_next_token()
    {
        var bucket = OpenKey(selfSigned: true);
        await UploadAsync(bucket, "a");
        var successor = Bed.Server.Principals.Add("successor@example.com", Permissions.ObjectCreator);

        File.WriteAllText(Folder["credential.json"], Bed.KeyOf(successor));
        Bed.Time.Advance(TimeSpan.FromHours(1));
        await UploadAsync(bucket, "b");

        Assert.That(Bed.Server.Journal.Requests[^1].Principal, Is.EqualTo("successor@example.com"));
    }
}
