using NUnit.Framework;
using Sealtail.Buckets;
using Sealtail.Buckets.Gcs;
using Sealtail.FakeGcs.Faults;
using Sealtail.FakeGcs.Identity;
using Sealtail.FakeGcs.Protocol;
using Sealtail.Tests.Buckets;
using Sealtail.Tests.Support;
using static Sealtail.Tests.Buckets.GcsBed;

namespace Sealtail.Tests.Credentials;

/// <summary>Each kind of credential against fake identity endpoints: that it works, how it ends, and how it comes back.</summary>
internal sealed class CredentialTests : IAsyncDisposable
{
    private const string Email = "shipper@example.com";

    private readonly TempFolder folder = new();
    private GcsBed bed = null!; // set before each test
    private FakePrincipal shipper = null!;

    [SetUp]
    public async Task SetUpAsync()
    {
        bed = await StartGuardedAsync();
        shipper = bed.Server.Principals.Add(Email, Permissions.ObjectCreator);
    }

    public async ValueTask DisposeAsync()
    {
        await bed.DisposeAsync();
        folder.Dispose();
    }

    [Test]
    public async Task A_key_signs_its_own_tokens_and_needs_no_token_server()
    {
        var bucket = OpenKey(selfSigned: true);

        await UploadAsync(bucket, "a");
        bed.Time.Advance(TimeSpan.FromMinutes(59));
        await UploadAsync(bucket, "b");
        bed.Time.Advance(TimeSpan.FromHours(5));
        await UploadAsync(bucket, "c");

        Assert.That(Calls(GcsCall.Token), Is.Zero);
        Assert.That(bed.Server.Journal.Requests.Select(request => request.Principal), Is.All.EqualTo(Email));
        Assert.That(bucket.Credential!.Expires, Is.EqualTo(bed.Time.GetUtcNow().AddHours(1)).Within(TimeSpan.FromSeconds(1)));
    }

    [Test]
    public async Task A_key_gets_tokens_from_its_token_server_and_keeps_each_for_its_life()
    {
        var bucket = OpenKey(selfSigned: false);

        for (var i = 0; i < 5; i++) await UploadAsync(bucket, $"a{i}");
        var first = Calls(GcsCall.Token);
        bed.Time.Advance(TimeSpan.FromHours(2));
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
        bed.Server.Faults.Add(new() { Kind = FaultKind.Stall, Call = GcsCall.Token, Delay = TimeSpan.FromMilliseconds(300), Count = 1 });

        bed.Time.Advance(TimeSpan.FromMinutes(57));
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
        var fault = bed.Server.Faults.Add(new() { Kind = FaultKind.Status, Status = 400, Call = GcsCall.Token });

        bed.Time.Advance(TimeSpan.FromMinutes(57));
        await UploadAsync(bucket, "b");
        while (bucket.Credential!.Problem is null) await Task.Delay(5);
        await UploadAsync(bucket, "c");
        var failsYet = bucket.Credential.Fails(bed.Time.GetUtcNow());
        bed.Time.Advance(TimeSpan.FromMinutes(4));

        Assert.That(failsYet, Is.False);
        Assert.That(bucket.Credential.Fails(bed.Time.GetUtcNow()), Is.True);
        Assert.That(fault.Struck, Is.EqualTo(1)); // not at every upload
        await Assert.ThrowsAsync<BucketException>(() => UploadAsync(bucket, "d"));
        bed.Server.Faults.Clear();
        await UploadAsync(bucket, "d");
        Assert.That(bucket.Credential.Problem, Is.Null);
    }

    [Test]
    public async Task A_token_refused_in_the_middle_of_a_run_is_renewed_once_within_the_attempt()
    {
        var bucket = OpenKey(selfSigned: false);
        await UploadAsync(bucket, "a");
        bed.Server.Principals.RevokeAll(shipper);

        await UploadAsync(bucket, "b");

        Assert.That((Calls(GcsCall.Token), Refusals), Is.EqualTo((2, 1)));
        Assert.That(bucket.Credential!.Problem, Is.Null);
    }

    [Test]
    public async Task A_store_that_refuses_even_fresh_tokens_touches_no_data_and_is_told([Values] bool selfSigned)
    {
        var bucket = OpenKey(selfSigned);
        bed.Server.Faults.Add(new() { Kind = FaultKind.Status, Status = 401, Call = GcsCall.ObjectInsert });

        var fault = await Assert.ThrowsAsync<BucketException>(() => UploadAsync(bucket, "a"));
        var inserts = Calls(GcsCall.ObjectInsert);
        var told = bucket.Credential!;
        bed.Server.Faults.Clear();
        await UploadAsync(bucket, "a");

        Assert.That((fault!.Fault, inserts), Is.EqualTo((BucketFault.Transient, 2)));
        Assert.That(told.Problem, Does.Contain("401"));
        Assert.That(told.Fails(bed.Time.GetUtcNow()), Is.True);
        Assert.That(bucket.Credential!.Problem, Is.Null);
    }

    [Test]
    public async Task A_federated_token_is_exchanged_and_read_again_after_its_file_rotates([Values] bool impersonate)
    {
        var node = bed.Server.Principals.Add("principal://node-7", impersonate ? [Permissions.ImpersonateAccounts] : Permissions.ObjectCreator);
        var bucket = OpenFederation(node, impersonate ? shipper : null);
        await UploadAsync(bucket, "a");

        File.WriteAllText(folder["token"], "second");
        bed.Server.Principals.RegisterSubjectToken(node, "second");
        bed.Server.Principals.RegisterSubjectToken(bed.Server.Principals.Add("nobody", Permissions.None), "first"); // the old one is worth nothing now
        bed.Time.Advance(TimeSpan.FromHours(2));
        await UploadAsync(bucket, "b");

        Assert.That(bed.Server.Journal.Requests[^1].Principal, Is.EqualTo(impersonate ? Email : "principal://node-7"));
        Assert.That(Calls(GcsCall.SecurityToken), Is.GreaterThanOrEqualTo(impersonate ? 1 : 2));
        Assert.That(Refusals, Is.Zero);
    }

    [Test]
    public async Task A_revoked_federation_waits_for_an_administrator_and_recovers_by_itself()
    {
        var node = bed.Server.Principals.Add("principal://node-7", Permissions.ObjectCreator);
        var bucket = OpenFederation(node, null);
        File.WriteAllText(folder["token"], "unknown to anybody");

        var fault = await Assert.ThrowsAsync<BucketException>(() => UploadAsync(bucket, "a"));
        var told = bucket.Credential!;
        bed.Server.Principals.RegisterSubjectToken(node, "unknown to anybody");
        await UploadAsync(bucket, "a");

        Assert.That(fault!.Fault, Is.EqualTo(BucketFault.Denied));
        Assert.That(fault.Message, Does.Contain(folder["federation.json"]).And.Contain("invalid_grant").And.Not.Contain("unknown to anybody"));
        Assert.That(told.Fails(bed.Time.GetUtcNow()), Is.True);
        Assert.That((bucket.Credential!.Problem, bucket.Credential.Expires is null), Is.EqualTo(((string?)null, false)));
    }

    [Test]
    public async Task A_federated_token_whose_file_is_missing_is_named_and_found_later()
    {
        var bucket = OpenFederation(bed.Server.Principals.Add("principal://node-7", Permissions.ObjectCreator), null);
        File.Move(folder["token"], folder["elsewhere"]);

        var fault = await Assert.ThrowsAsync<BucketException>(() => UploadAsync(bucket, "a"));
        File.Move(folder["elsewhere"], folder["token"]);
        await UploadAsync(bucket, "a");

        Assert.That(fault!.Fault, Is.EqualTo(BucketFault.Denied));
        Assert.That(fault.Message, Does.Contain(folder["token"]));
    }

    [Test]
    public async Task An_account_is_impersonated()
    {
        var source = bed.Server.Principals.Add("source@example.com", new HashSet<string> { Permissions.ImpersonateAccounts });
        var bucket = Open(CredentialType.Impersonated, bed.Server.CredentialFiles.ImpersonatedAccount(source, shipper));

        await UploadAsync(bucket, "a");
        bed.Server.Principals.RevokeAll(shipper);
        await UploadAsync(bucket, "b");

        Assert.That(bed.Server.Journal.Requests[^1].Principal, Is.EqualTo(Email));
        Assert.That((Calls(GcsCall.ImpersonatedToken), Refusals), Is.EqualTo((2, 1)));
    }

    [Test]
    public async Task An_impersonation_that_is_not_allowed_waits_for_an_administrator()
    {
        var source = bed.Server.Principals.Add("source@example.com", Permissions.None);
        var bucket = Open(CredentialType.Impersonated, bed.Server.CredentialFiles.ImpersonatedAccount(source, shipper));

        var fault = await Assert.ThrowsAsync<BucketException>(() => UploadAsync(bucket, "a"));
        source.Permissions = new HashSet<string> { Permissions.ImpersonateAccounts };
        await UploadAsync(bucket, "a");

        Assert.That(fault!.Fault, Is.EqualTo(BucketFault.Denied));
        Assert.That(fault.Message, Does.Contain("403"));
    }

    [Test]
    public async Task The_metadata_server_speaks_for_the_machine_when_it_is_up()
    {
        bed.Server.Principals.Machine = shipper;
        bed.Server.Faults.Add(new() { Kind = FaultKind.Reset, Call = GcsCall.Metadata, Count = 1 });
        var bucket = Open(new CredentialOptions { Type = CredentialType.Metadata }, bed.Environment);

        var down = await Assert.ThrowsAsync<BucketException>(() => UploadAsync(bucket, "a"));
        var told = bucket.Credential!;
        await UploadAsync(bucket, "a");

        Assert.That(down!.Fault, Is.EqualTo(BucketFault.Transient));
        Assert.That(told.Problem, Does.Contain("metadata server"));
        Assert.That(bucket.Credential!.Problem, Is.Null);
    }

    [Test]
    public async Task A_machine_without_an_account_is_told_from_a_server_that_is_down()
    {
        var bucket = Open(new CredentialOptions { Type = CredentialType.Metadata }, bed.Environment);

        var none = await Assert.ThrowsAsync<BucketException>(() => UploadAsync(bucket, "a"));
        var nobody = Open(new CredentialOptions { Type = CredentialType.Metadata }, bed.Environment with { MetadataHost = "127.0.0.1:1" });
        var down = await Assert.ThrowsAsync<BucketException>(() => UploadAsync(nobody, "a"));

        Assert.That((none!.Fault, down!.Fault), Is.EqualTo((BucketFault.Denied, BucketFault.Transient)));
    }

    [Test]
    public async Task The_metadata_server_is_never_looked_for_behind_a_proxy()
    {
        bed.Server.Principals.Machine = shipper;
        await using var proxy = new LoopbackProxy();
        var bucket = Open(new CredentialOptions { Type = CredentialType.Metadata }, bed.Environment with { Proxy = new System.Net.WebProxy(proxy.Address) });

        await UploadAsync(bucket, "a");

        Assert.That(proxy.Targets.Single(), Does.Contain("/upload/"));
    }

    [TestCase("environment")]
    [TestCase("well-known")]
    [TestCase("machine")]
    public async Task Default_credentials_are_found_where_google_puts_them(string place)
    {
        File.WriteAllText(folder["key.json"], bed.Server.CredentialFiles.ServiceAccountKey(shipper));
        bed.Server.Principals.Machine = bed.Server.Principals.Add("vm@example.com", Permissions.ObjectCreator);
        var bucket = OpenDefault(bed.Environment with
        {
            ApplicationCredentials = place == "environment" ? folder["key.json"] : null,
            WellKnownCredentials = place == "well-known" ? folder["key.json"] : folder["absent.json"],
        });

        await UploadAsync(bucket, "a");

        Assert.That(bed.Server.Journal.Requests[^1].Principal, Is.EqualTo(place == "machine" ? "vm@example.com" : Email));
    }

    [Test]
    public async Task Default_credentials_that_fail_at_first_are_found_later()
    {
        var bucket = OpenDefault(bed.Environment with { ApplicationCredentials = folder["late.json"] });

        var missing = await Assert.ThrowsAsync<BucketException>(() => UploadAsync(bucket, "a"));
        File.WriteAllText(folder["late.json"], "{ half");
        var half = await Assert.ThrowsAsync<BucketException>(() => UploadAsync(bucket, "a"));
        File.WriteAllText(folder["late.json"], bed.Server.CredentialFiles.ServiceAccountKey(shipper));
        await UploadAsync(bucket, "a");

        Assert.That((missing!.Fault, half!.Fault), Is.EqualTo((BucketFault.Denied, BucketFault.Denied)));
        Assert.That(missing.Message, Does.Contain(folder["late.json"]));
    }

    [Test]
    public async Task A_key_that_is_replaced_in_its_file_is_taken_at_the_next_token()
    {
        var bucket = OpenKey(selfSigned: true);
        await UploadAsync(bucket, "a");
        var successor = bed.Server.Principals.Add("successor@example.com", Permissions.ObjectCreator);

        File.WriteAllText(folder["credential.json"], bed.KeyOf(successor));
        bed.Time.Advance(TimeSpan.FromHours(1));
        await UploadAsync(bucket, "b");

        Assert.That(bed.Server.Journal.Requests[^1].Principal, Is.EqualTo("successor@example.com"));
    }

    [TestCase(CredentialType.ExternalAccount)]
    [TestCase(CredentialType.Impersonated)]
    public async Task A_file_of_another_kind_than_the_configured_one_is_refused(CredentialType configured)
    {
        var bucket = Open(configured, bed.Server.CredentialFiles.ServiceAccountKey(shipper));

        var fault = await Assert.ThrowsAsync<BucketException>(() => UploadAsync(bucket, "a"));

        Assert.That(fault!.Fault, Is.EqualTo(BucketFault.Denied));
        Assert.That(fault.Message, Does.Contain("service_account").And.Contain("output.credentials.type"));
        Assert.That(bed.Server.Journal.Requests, Is.Empty);
    }

    [Test]
    public async Task A_broken_key_shows_no_secret()
    {
        var json = bed.Server.CredentialFiles.ServiceAccountKey(shipper);
        var broken = json.Replace("MII", "MIJ", StringComparison.Ordinal);
        var bucket = Open(CredentialType.ServiceAccount, broken);

        var fault = await Assert.ThrowsAsync<BucketException>(() => UploadAsync(bucket, "a"));

        Assert.That(fault!.Fault, Is.EqualTo(BucketFault.Denied));
        Assert.That(fault.ToString(), Does.Not.Contain("MIJ").And.Not.Contain("PRIVATE KEY"));
    }

    private int Refusals => bed.Server.Journal.Requests.Count(request => request is { Call: GcsCall.ObjectInsert, Status: 401 });

    private int Calls(GcsCall call) => bed.Server.Journal.Requests.Count(request => request.Call == call);

    private GcsBucket OpenKey(bool selfSigned) =>
        Open(CredentialType.ServiceAccount, selfSigned ? bed.KeyOf(shipper) : bed.Server.CredentialFiles.ServiceAccountKey(shipper));

    private GcsBucket OpenFederation(FakePrincipal node, FakePrincipal? impersonated)
    {
        File.WriteAllText(folder["token"], "first");
        bed.Server.Principals.RegisterSubjectToken(node, "first");
        File.WriteAllText(folder["federation.json"], bed.Server.CredentialFiles.ExternalAccount(folder["token"], impersonated));
        return Open(new CredentialOptions { Type = CredentialType.ExternalAccount, File = folder["federation.json"] }, bed.Environment);
    }

    private GcsBucket Open(CredentialType type, string json)
    {
        File.WriteAllText(folder["credential.json"], json);
        return Open(new CredentialOptions { Type = type, File = folder["credential.json"] }, bed.Environment);
    }

    private GcsBucket Open(CredentialOptions credentials, GcsEnvironment environment) =>
        bed.Open(new BucketOptions { Location = "gs://audit", Credentials = credentials }, environment);

    // By the configured endpoint: the environment's stand-in would get no token.
    private GcsBucket OpenDefault(GcsEnvironment environment) => bed.Open(new BucketOptions { Location = "gs://audit", Endpoint = bed.Server.Address }, environment);

    private static async Task UploadAsync(GcsBucket bucket, string name)
    {
        var outcome = await bucket.CreateAsync(UploadOf(name, name), None);
        Assert.That(outcome.Created, Is.True);
    }
}
