using System.Text.Json;
using System.Text.Json.Nodes;
using NUnit.Framework;
using Sealtail.FakeGcs;
using Sealtail.FakeGcs.Identity;
using Sealtail.FakeGcs.Protocol;
using Sealtail.FakeGcs.Storage;

namespace Sealtail.Tests.Credentials;

/// <summary>
/// Every kind of credential in the real program, as its own process: what a compiler left out that reads nothing ahead of the run, only a run shows.
/// Anybody may read; only who has a token of the shipper's may create.
/// </summary>
internal sealed class CredentialProcessTests : IAsyncDisposable
{
    private const string Shipper = "shipper@example.com";
    private const string Node = "principal://node-7";

    private readonly TempFolder folder = new();
    private FakeGcsServer server = null!; // set before each test
    private FakePrincipal shipper = null!; // set before each test

    [SetUp]
    public async Task SetUpAsync()
    {
        server = await FakeGcsServer.StartAsync(new FakeGcsOptions { AnonymousPermissions = Permissions.ObjectViewer }, TimeProvider.System);
        server.Buckets.Create("audit", new BucketSettings { Retention = TimeSpan.FromDays(400), Locked = true });
        shipper = server.Principals.Add(Shipper, Permissions.ObjectCreator);
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        folder.Dispose();
    }

    [Test]
    public async Task A_key_whose_tokens_a_server_gives()
    {
        File.WriteAllText(folder["credential.json"], server.CredentialFiles.ServiceAccountKey(shipper));

        await ShipAndProveAsync("{ type: service_account, file: credential.json }", Shipper);

        Assert.That(Calls(GcsCall.Token), Is.EqualTo(1));
    }

    [Test]
    public async Task A_key_that_signs_its_own_tokens()
    {
        var key = JsonNode.Parse(server.CredentialFiles.ServiceAccountKey(shipper))!;
        key["token_uri"] = "https://oauth2.googleapis.com/token";
        File.WriteAllText(folder["credential.json"], key.ToJsonString());

        await ShipAndProveAsync("{ type: service_account, file: credential.json }", Shipper);

        Assert.That(Calls(GcsCall.Token), Is.Zero);
    }

    [Test]
    public async Task The_default_credentials_by_the_environment()
    {
        File.WriteAllText(folder["credential.json"], server.CredentialFiles.ServiceAccountKey(shipper));

        await ShipAndProveAsync("{ type: adc }", Shipper, ("GOOGLE_APPLICATION_CREDENTIALS", folder["credential.json"]));
    }

    [Test]
    public async Task A_federated_identity([Values] bool impersonate)
    {
        var node = server.Principals.Add(Node, impersonate ? [Permissions.ImpersonateAccounts] : Permissions.ObjectCreator);
        File.WriteAllText(folder["token"], "projected");
        server.Principals.RegisterSubjectToken(node, "projected");
        File.WriteAllText(folder["credential.json"], server.CredentialFiles.ExternalAccount(folder["token"], impersonate ? shipper : null));

        await ShipAndProveAsync("{ type: external_account, file: credential.json }", impersonate ? Shipper : Node);
    }

    [Test]
    public async Task A_federated_identity_whose_token_a_program_gives()
    {
        server.Principals.RegisterSubjectToken(server.Principals.Add(Node, Permissions.ObjectCreator), "printed");
        File.WriteAllText(folder["answer"], """{"success":true,"token_type":"urn:ietf:params:oauth:token-type:jwt","id_token":"printed"}""");
        var federation = JsonNode.Parse(server.CredentialFiles.ExternalAccount("unused"))!;
        federation["credential_source"] = new JsonObject { ["executable"] = new JsonObject { ["command"] = $"/bin/cat {folder["answer"]}" } };
        File.WriteAllText(folder["credential.json"], federation.ToJsonString());

        await ShipAndProveAsync("{ type: external_account, file: credential.json, allow_executable: true }", Node);
    }

    [Test]
    public async Task An_impersonated_account()
    {
        var source = server.Principals.Add("source@example.com", new HashSet<string> { Permissions.ImpersonateAccounts });
        File.WriteAllText(folder["credential.json"], server.CredentialFiles.ImpersonatedAccount(source, shipper));

        await ShipAndProveAsync("{ type: impersonated, file: credential.json }", Shipper);
    }

    [Test]
    public async Task The_machines_own_identity()
    {
        server.Principals.Machine = shipper;

        await ShipAndProveAsync("{ type: metadata }", Shipper, ("GCE_METADATA_HOST", server.Address.Authority));
    }

    [Test]
    public async Task A_refused_identity_is_told_and_nothing_is_stored()
    {
        var federation = server.CredentialFiles.ExternalAccount(folder["token"]);
        File.WriteAllText(folder["token"], "unknown to anybody");
        File.WriteAllText(folder["credential.json"], federation);

        var shipped = await RunOnceAsync("{ type: external_account, file: credential.json }");

        Assert.That(shipped.ExitCode, Is.EqualTo(3), shipped.Error);
        Assert.That(shipped.Error, Does.Contain("invalid_grant").And.Not.Contain("unknown to anybody"));
    }

    private int Calls(GcsCall call) => server.Journal.Requests.Count(request => request.Call == call);

    private async Task ShipAndProveAsync(string credentials, string principal, params (string Name, string Value)[] environment)
    {
        var shipped = await RunOnceAsync(credentials, environment);
        var verified = await SealtailProcess.RunAsync(folder.Path, [("STORAGE_EMULATOR_HOST", server.Address.ToString())], "verify", "gs://audit", "--key", "signing.pem.pub", "--output", "json");

        Assert.That(shipped.ExitCode, Is.Zero, shipped.Error);
        Assert.That(verified.ExitCode, Is.Zero, verified.Output + verified.Error);
        using var report = JsonDocument.Parse(verified.Output);
        Assert.That(report.RootElement.GetProperty("streams")[0].GetProperty("records").GetInt64(), Is.EqualTo(100));
        var inserts = server.Journal.Requests.Where(request => request.Call == GcsCall.ObjectInsert).ToArray();
        Assert.That(inserts.Select(insert => insert.Principal), Is.All.EqualTo(principal).And.Not.Empty);
    }

    private Task<ProcessResult> RunOnceAsync(string credentials, params (string Name, string Value)[] environment)
    {
        File.WriteAllLines(folder["audit.log"], Enumerable.Range(0, 100).Select(i => $$"""{"auditID":"{{i:x8}}"}"""));
        File.WriteAllText(folder["sealtail.yaml"], $$"""
            service: { cluster: test, node: cp-1, state: state, allow_volatile_state: true, log: { level: info, format: text } }
            inputs: [ { name: audit, path: audit.log } ]
            signing: { key: signing.pem }
            spool: { max_size: 1GiB, min_free: 64MiB }
            output: { bucket: "gs://audit", endpoint: "{{server.Address}}", credentials: {{credentials}}, retention: { require: none } }
            """);
        return SealtailProcess.RunAsync(folder.Path, [("no_proxy", "127.0.0.1"), .. environment], "run", "--once", "--config", "sealtail.yaml");
    }
}
