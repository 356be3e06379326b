using NUnit.Framework;
using Sealtail.Buckets;
using Sealtail.FakeGcs.Identity;
using Sealtail.FakeGcs.Protocol;

namespace Sealtail.Tests.Credentials;

/// <summary>Federated tokens and impersonation: that they work, how they are refused, and how they come back.</summary>
internal sealed class FederationTests : CredentialFixture
{
    [Test]
    public async Task A_federated_token_is_exchanged_and_read_again_after_its_file_rotates([Values] bool impersonate)
    {
        var node = Bed.Server.Principals.Add("principal://node-7", impersonate ? [Permissions.ImpersonateAccounts] : Permissions.ObjectCreator);
        var bucket = OpenFederation(node, impersonate ? Shipper : null);
        await UploadAsync(bucket, "a");

        File.WriteAllText(Folder["token"], "second");
        Bed.Server.Principals.RegisterSubjectToken(node, "second");
        Bed.Server.Principals.RegisterSubjectToken(Bed.Server.Principals.Add("nobody", Permissions.None), "first"); // the old one is worth nothing now
        Bed.Time.Advance(TimeSpan.FromHours(2));
        await UploadAsync(bucket, "b");

        Assert.That(Bed.Server.Journal.Requests[^1].Principal, Is.EqualTo(impersonate ? Email : "principal://node-7"));
        Assert.That(Calls(GcsCall.SecurityToken), Is.GreaterThanOrEqualTo(impersonate ? 1 : 2));
        Assert.That(Refusals, Is.Zero);
    }

    [Test]
    public async Task A_revoked_federation_waits_for_an_administrator_and_recovers_by_itself()
    {
        var node = Bed.Server.Principals.Add("principal://node-7", Permissions.ObjectCreator);
        var bucket = OpenFederation(node, null);
        File.WriteAllText(Folder["token"], "unknown to anybody");

        var fault = await Assert.ThrowsAsync<BucketException>(() => UploadAsync(bucket, "a"));
        var told = bucket.Credential!;
        Bed.Server.Principals.RegisterSubjectToken(node, "unknown to anybody");
        await UploadAsync(bucket, "a");

        Assert.That(fault!.Fault, Is.EqualTo(BucketFault.Denied));
        Assert.That(fault.Message, Does.Contain(Folder["federation.json"]).And.Contain("invalid_grant").And.Not.Contain("unknown to anybody"));
        Assert.That(told.Fails(Bed.Time.GetUtcNow()), Is.True);
        Assert.That((bucket.Credential!.Problem, bucket.Credential.Expires is null), Is.EqualTo(((string?)null, false)));
    }

    [Test]
    public async Task A_federated_token_whose_file_is_missing_is_named_and_found_later()
    {
        var bucket = OpenFederation(Bed.Server.Principals.Add("principal://node-7", Permissions.ObjectCreator), null);
        File.Move(Folder["token"], Folder["elsewhere"]);

        var fault = await Assert.ThrowsAsync<BucketException>(() => UploadAsync(bucket, "a"));
        File.Move(Folder["elsewhere"], Folder["token"]);
        await UploadAsync(bucket, "a");

        Assert.That(fault!.Fault, Is.EqualTo(BucketFault.Denied));
        Assert.That(fault.Message, Does.Contain(Folder["token"]));
    }

    [Test]
    public async Task An_account_is_impersonated()
    {
        var source = Bed.Server.Principals.Add("source@example.com", new HashSet<string> { Permissions.ImpersonateAccounts });
        var bucket = Open(CredentialType.Impersonated, Bed.Server.CredentialFiles.ImpersonatedAccount(source, Shipper));

        await UploadAsync(bucket, "a");
        Bed.Server.Principals.RevokeAll(Shipper);
        await UploadAsync(bucket, "b");

        Assert.That(Bed.Server.Journal.Requests[^1].Principal, Is.EqualTo(Email));
        Assert.That((Calls(GcsCall.ImpersonatedToken), Refusals), Is.EqualTo((2, 1)));
    }

    [Test]
    public async Task An_impersonation_that_is_not_allowed_waits_for_an_administrator()
    {
        var source = Bed.Server.Principals.Add("source@example.com", Permissions.None);
        var bucket = Open(CredentialType.Impersonated, Bed.Server.CredentialFiles.ImpersonatedAccount(source, Shipper));

        var fault = await Assert.ThrowsAsync<BucketException>(() => UploadAsync(bucket, "a"));
        source.Permissions = new HashSet<string> { Permissions.ImpersonateAccounts };
        await UploadAsync(bucket, "a");

        Assert.That(fault!.Fault, Is.EqualTo(BucketFault.Denied));
        Assert.That(fault.Message, Does.Contain("403"));
    }
}
