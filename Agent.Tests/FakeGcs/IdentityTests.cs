using Google.Apis.Auth.OAuth2;
using Google.Apis.Util;
using NUnit.Framework;
using Sealtail.FakeGcs.Identity;
using Sealtail.FakeGcs.Storage;

namespace Sealtail.Tests.FakeGcs;

/// <summary>Google's own credential library against the stand-in's identity endpoints.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class IdentityTests
{
    private static readonly string[] Scopes = ["https://www.googleapis.com/auth/devstorage.read_write"];

    [Test]
    public async Task A_key_file_yields_a_token_by_a_signed_assertion()
    {
        await using var gcs = await StartAsync();
        var shipper = gcs.Server.Principals.Add("shipper@example.com", Permissions.ObjectCreator);
        var json = gcs.Server.CredentialFiles.ServiceAccountKey(shipper);

        var credential = CredentialFactory.FromJson<ServiceAccountCredential>(json);
        gcs.Token = await WithClock(credential, gcs).GetAccessTokenForRequestAsync(null, CancellationToken.None);

        Assert.That((await gcs.InsertAsync("x", "x")).Status, Is.EqualTo(200));
        Assert.That((await gcs.GetAsync("audit/x")).Status, Is.EqualTo(403));
    }

    [Test]
    public async Task A_key_files_self_signed_token_is_believed_until_it_expires()
    {
        await using var gcs = await StartAsync();
        var shipper = gcs.Server.Principals.Add("shipper@example.com", Permissions.All);
        var json = gcs.Server.CredentialFiles.ServiceAccountKey(shipper);

        var credential = WithClock(CredentialFactory.FromJson<ServiceAccountCredential>(json), gcs).WithUseJwtAccessWithScopes(true);
        gcs.Token = await credential.GetAccessTokenForRequestAsync(null, CancellationToken.None);
        var fresh = await gcs.GetAsync("storage/v1/b/audit");
        gcs.Time.Advance(TimeSpan.FromHours(2));
        var stale = await gcs.GetAsync("storage/v1/b/audit");

        Assert.That((fresh.Status, stale.Status), Is.EqualTo((200, 401)));
        Assert.That(gcs.Server.Journal.Requests.Select(request => request.Call.ToString()), Does.Not.Contain("Token"));
    }

    [Test]
    public async Task A_signature_by_another_key_is_refused()
    {
        await using var gcs = await StartAsync();
        await using var other = await StartAsync();
        gcs.Server.CredentialFiles.ServiceAccountKey(gcs.Server.Principals.Add("shipper@example.com", Permissions.All));
        var forged = other.Server.CredentialFiles.ServiceAccountKey(other.Server.Principals.Add("shipper@example.com", Permissions.All));

        var credential = WithClock(CredentialFactory.FromJson<ServiceAccountCredential>(forged), gcs).WithUseJwtAccessWithScopes(true);
        gcs.Token = await credential.GetAccessTokenForRequestAsync(null, CancellationToken.None);

        Assert.That((await gcs.GetAsync("storage/v1/b/audit")).Status, Is.EqualTo(401));
    }

    [Test]
    public async Task A_federated_token_is_exchanged_and_may_impersonate([Values] bool impersonate)
    {
        using var folder = new ScratchFolder();
        var tokenFile = Path.Combine(folder.Path, "token");
        await File.WriteAllTextAsync(tokenFile, "projected-token");
        await using var gcs = await StartAsync();
        var node = gcs.Server.Principals.Add("principal://node-7", impersonate ? [Permissions.ImpersonateAccounts] : Permissions.ObjectCreator);
        var shipper = gcs.Server.Principals.Add("shipper@example.com", Permissions.ObjectCreator);
        gcs.Server.Principals.RegisterSubjectToken(node, "projected-token");

        var json = gcs.Server.CredentialFiles.ExternalAccount(tokenFile, impersonate ? shipper : null);
        var credential = CredentialFactory.FromJson<FileSourcedExternalAccountCredential>(json).ToGoogleCredential().CreateScoped(Scopes);
        gcs.Token = await credential.UnderlyingCredential.GetAccessTokenForRequestAsync(null, CancellationToken.None);

        Assert.That((await gcs.InsertAsync("x", "x")).Status, Is.EqualTo(200));
        Assert.That(gcs.Server.Journal.Requests[^1].Principal, Is.EqualTo(impersonate ? "shipper@example.com" : "principal://node-7"));
    }

    [Test]
    public async Task An_unknown_federated_token_is_refused()
    {
        await using var gcs = await StartAsync();

        var answer = await gcs.SendAsync(HttpMethod.Post, "v1/token", new FormUrlEncodedContent(
            [new("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"), new("subject_token", "nobody")]));

        Assert.That((answer.Status, answer["error"]), Is.EqualTo((400, "invalid_grant")));
    }

    [Test]
    public async Task The_metadata_server_speaks_for_the_machine()
    {
        await using var gcs = await StartAsync();
        gcs.Server.Principals.Machine = gcs.Server.Principals.Add("vm@example.com", Permissions.ObjectCreator);
        const string Path = "computeMetadata/v1/instance/service-accounts/default/token?scopes=x";
        using var client = new HttpClient { BaseAddress = gcs.Server.Address };

        using var without = await client.GetAsync(Path);
        client.DefaultRequestHeaders.Add("Metadata-Flavor", "Google");
        using var with = await client.GetAsync(Path);
        using var ping = await client.GetAsync("/");
        var email = await client.GetStringAsync("computeMetadata/v1/instance/service-accounts/default/email");
        gcs.Token = System.Text.Json.Nodes.JsonNode.Parse(await with.Content.ReadAsStringAsync())!["access_token"]!.ToString();

        Assert.That((int)without.StatusCode, Is.EqualTo(403));
        Assert.That(ping.Headers.GetValues("Metadata-Flavor"), Is.EqualTo(new[] { "Google" }));
        Assert.That(email, Is.EqualTo("vm@example.com"));
        Assert.That((await gcs.InsertAsync("x", "x")).Status, Is.EqualTo(200));
    }

    private static Task<Gcs> StartAsync() => Gcs.StartAsync(new BucketSettings(), new() { AnonymousPermissions = Permissions.None });

    // The library signs times of its own clock; the store's stands still at Gcs.Start.
    private static ServiceAccountCredential WithClock(ServiceAccountCredential credential, Gcs gcs) => new(
        new ServiceAccountCredential.Initializer(credential.Id, credential.TokenServerUrl) { Clock = new StoreTime(gcs), Key = credential.Key, KeyId = credential.KeyId, Scopes = Scopes });

    private sealed class StoreTime(Gcs gcs) : IClock
    {
        public DateTime Now => UtcNow;

        public DateTime UtcNow => gcs.Server.Clock.UtcNow.UtcDateTime;
    }
}
