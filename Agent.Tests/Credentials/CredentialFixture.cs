using NUnit.Framework;
using Sealtail.Buckets;
using Sealtail.Buckets.Gcs;
using Sealtail.FakeGcs.Identity;
using Sealtail.FakeGcs.Protocol;
using Sealtail.Tests.Buckets;
using static Sealtail.Tests.Buckets.GcsBed;

namespace Sealtail.Tests.Credentials;

/// <summary>A stand-in where nobody without a token may do anything, an account, and a folder for its files.</summary>
internal abstract class CredentialFixture : IAsyncDisposable
{
    protected const string Email = "shipper@example.com";

    protected TempFolder Folder { get; } = new();

    protected GcsBed Bed { get; private set; } = null!; // set before each test

    protected FakePrincipal Shipper { get; private set; } = null!;

    [SetUp]
    public async Task SetUpAsync()
    {
        Bed = await StartGuardedAsync();
        Shipper = Bed.Server.Principals.Add(Email, Permissions.ObjectCreator);
    }

    public async ValueTask DisposeAsync()
    {
        await Bed.DisposeAsync();
        Folder.Dispose();
    }

    protected int Refusals => Bed.Server.Journal.Requests.Count(request => request is { Call: GcsCall.ObjectInsert, Status: 401 });

    protected int Calls(GcsCall call) => Bed.Server.Journal.Requests.Count(request => request.Call == call);

    protected GcsBucket OpenKey(bool selfSigned) =>
        Open(CredentialType.ServiceAccount, selfSigned ? Bed.KeyOf(Shipper) : Bed.Server.CredentialFiles.ServiceAccountKey(Shipper));

    protected GcsBucket OpenFederation(FakePrincipal node, FakePrincipal? impersonated)
    {
        File.WriteAllText(Folder["token"], "first");
        Bed.Server.Principals.RegisterSubjectToken(node, "first");
        File.WriteAllText(Folder["federation.json"], Bed.Server.CredentialFiles.ExternalAccount(Folder["token"], impersonated));
        return Open(new CredentialOptions { Type = CredentialType.ExternalAccount, File = Folder["federation.json"] }, Bed.Environment);
    }

    protected GcsBucket Open(CredentialType type, string json)
    {
        File.WriteAllText(Folder["credential.json"], json);
        return Open(new CredentialOptions { Type = type, File = Folder["credential.json"] }, Bed.Environment);
    }

    protected GcsBucket Open(CredentialOptions credentials, GcsEnvironment environment) =>
        Bed.Open(new BucketOptions { Location = "gs://audit", Credentials = credentials }, environment);

    // By the configured endpoint: the environment's stand-in would get no token.
    protected GcsBucket OpenDefault(GcsEnvironment environment) => Bed.Open(new BucketOptions { Location = "gs://audit", Endpoint = Bed.Server.Address }, environment);

    protected static async Task UploadAsync(GcsBucket bucket, string name)
    {
        var outcome = await bucket.CreateAsync(UploadOf(name, name), None);
        Assert.That(outcome.Created, Is.True);
    }
}
