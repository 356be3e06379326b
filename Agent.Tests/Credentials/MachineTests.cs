using NUnit.Framework;
using Sealtail.Buckets;
using Sealtail.FakeGcs.Faults;
using Sealtail.FakeGcs.Identity;
using Sealtail.FakeGcs.Protocol;
using Sealtail.Tests.Buckets;

namespace Sealtail.Tests.Credentials;

/// <summary>The machine's own identity, the default credentials, and what is refused of files.</summary>
internal sealed class MachineTests : CredentialFixture
{
    [Test]
    public async Task The_metadata_server_speaks_for_the_machine_when_it_is_up()
    {
        Bed.Server.Principals.Machine = Shipper;
        Bed.Server.Faults.Add(new() { Kind = FaultKind.Reset, Call = GcsCall.Metadata, Count = 1 });
        var bucket = Open(new CredentialOptions { Type = CredentialType.Metadata }, Bed.Environment);

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
        var bucket = Open(new CredentialOptions { Type = CredentialType.Metadata }, Bed.Environment);

        var none = await Assert.ThrowsAsync<BucketException>(() => UploadAsync(bucket, "a"));
        var nobody = Open(new CredentialOptions { Type = CredentialType.Metadata }, Bed.Environment with { MetadataHost = "127.0.0.1:1" });
        var down = await Assert.ThrowsAsync<BucketException>(() => UploadAsync(nobody, "a"));

        Assert.That((none!.Fault, down!.Fault), Is.EqualTo((BucketFault.Denied, BucketFault.Transient)));
    }

    [Test]
    public async Task The_metadata_server_is_never_looked_for_behind_a_proxy()
    {
        Bed.Server.Principals.Machine = Shipper;
        await using var proxy = new LoopbackProxy();
        var bucket = Open(new CredentialOptions { Type = CredentialType.Metadata }, Bed.Environment with { Proxy = new System.Net.WebProxy(proxy.Address) });

        await UploadAsync(bucket, "a");

        Assert.That(proxy.Targets.Single(), Does.Contain("/upload/"));
    }

    [TestCase("environment")]
    [TestCase("well-known")]
    [TestCase("machine")]
    public async Task Default_credentials_are_found_where_google_puts_them(string place)
    {
        File.WriteAllText(Folder["key.json"], Bed.Server.CredentialFiles.ServiceAccountKey(Shipper));
        Bed.Server.Principals.Machine = Bed.Server.Principals.Add("vm@example.com", Permissions.ObjectCreator);
        var bucket = OpenDefault(Bed.Environment with
        {
            ApplicationCredentials = place == "environment" ? Folder["key.json"] : null,
            WellKnownCredentials = place == "well-known" ? Folder["key.json"] : Folder["absent.json"],
        });

        await UploadAsync(bucket, "a");

        Assert.That(Bed.Server.Journal.Requests[^1].Principal, Is.EqualTo(place == "machine" ? "vm@example.com" : Email));
    }

    [Test]
    public async Task Default_credentials_that_fail_at_first_are_found_later()
    {
        var bucket = OpenDefault(Bed.Environment with { ApplicationCredentials = Folder["late.json"] });

        var missing = await Assert.ThrowsAsync<BucketException>(() => UploadAsync(bucket, "a"));
        File.WriteAllText(Folder["late.json"], "{ half");
        var half = await Assert.ThrowsAsync<BucketException>(() => UploadAsync(bucket, "a"));
        File.WriteAllText(Folder["late.json"], Bed.Server.CredentialFiles.ServiceAccountKey(Shipper));
        await UploadAsync(bucket, "a");

        Assert.That((missing!.Fault, half!.Fault), Is.EqualTo((BucketFault.Denied, BucketFault.Denied)));
        Assert.That(missing.Message, Does.Contain(Folder["late.json"]));
    }

    [TestCase(CredentialType.ExternalAccount)]
    [TestCase(CredentialType.Impersonated)]
    public async Task A_file_of_another_kind_than_the_configured_one_is_refused(CredentialType configured)
    {
        var bucket = Open(configured, Bed.Server.CredentialFiles.ServiceAccountKey(Shipper));

        var fault = await Assert.ThrowsAsync<BucketException>(() => UploadAsync(bucket, "a"));

        Assert.That(fault!.Fault, Is.EqualTo(BucketFault.Denied));
        Assert.That(fault.Message, Does.Contain("service_account").And.Contain("output.credentials.type"));
        Assert.That(Bed.Server.Journal.Requests, Is.Empty);
    }

    [Test]
    public async Task A_broken_key_shows_no_secret()
    {
        var json = Bed.Server.CredentialFiles.ServiceAccountKey(Shipper);
        var broken = json.Replace("MII", "MIJ", StringComparison.Ordinal);
        var bucket = Open(CredentialType.ServiceAccount, broken);

        var fault = await Assert.ThrowsAsync<BucketException>(() => UploadAsync(bucket, "a"));

        Assert.That(fault!.Fault, Is.EqualTo(BucketFault.Denied));
        Assert.That(fault.ToString(), Does.Not.Contain("MIJ").And.Not.Contain("PRIVATE KEY"));
    }
}
