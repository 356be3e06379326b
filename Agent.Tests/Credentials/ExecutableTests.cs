using System.Text.Json.Nodes;
using NUnit.Framework;
using Sealtail.Buckets;
using Sealtail.FakeGcs.Identity;
using Sealtail.Tests.Buckets;
using static Sealtail.Tests.Buckets.GcsBed;

namespace Sealtail.Tests.Credentials;

/// <summary>A federation file may name a program. It runs only where the configuration says so.</summary>
internal sealed class ExecutableTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Test]
    public async Task A_program_does_not_run_unless_it_is_allowed()
    {
        await using var bed = await StartGuardedAsync();

        var fault = await FaultOfAsync(bed, """{"success":true,"token_type":"urn:ietf:params:oauth:token-type:jwt","id_token":"first"}""", allow: false);

        Assert.That(fault.Fault, Is.EqualTo(BucketFault.Denied));
        Assert.That(fault.Message, Does.Contain("allow_executable"));
        Assert.That(File.Exists(folder["ran"]), Is.False);
    }

    [Test]
    public async Task A_program_that_is_allowed_gives_the_token([Values] bool impersonate)
    {
        await using var bed = await StartGuardedAsync();
        var node = bed.Server.Principals.Add("principal://node-7", impersonate ? [Permissions.ImpersonateAccounts] : Permissions.ObjectCreator);
        bed.Server.Principals.RegisterSubjectToken(node, "first");
        var shipper = bed.Server.Principals.Add("shipper@example.com", Permissions.ObjectCreator);

        var outcome = await CreateAsync(bed, """{"success":true,"token_type":"urn:ietf:params:oauth:token-type:jwt","id_token":"first"}""", allow: true, impersonate ? shipper : null);

        Assert.That(outcome.Created, Is.True);
        Assert.That(bed.Server.Journal.Requests[^1].Principal, Is.EqualTo(impersonate ? "shipper@example.com" : "principal://node-7"));
        Assert.That(File.ReadAllText(folder["ran"]), Is.EqualTo($"0 urn:ietf:params:oauth:token-type:jwt {(impersonate ? "shipper@example.com" : "")}\n"));
    }

    [TestCase("""{"success":false,"code":"401","message":"Who are you?"}""", "Who are you?")]
    [TestCase("""{"success":true,"id_token":"first","expiration_time":1}""", "expired")]
    [TestCase("""{"success":true}""", "none")]
    [TestCase("""garbage""", "invalid")]
    public async Task A_program_that_fails_is_told(string answer, string words)
    {
        await using var bed = await StartGuardedAsync();

        var fault = await FaultOfAsync(bed, answer, allow: true);

        Assert.That(fault.Fault, Is.EqualTo(BucketFault.Denied));
        Assert.That(fault.Message, Does.Contain(words));
    }

    [Test]
    public async Task A_program_inside_an_impersonations_source_is_refused_too()
    {
        await using var bed = await StartGuardedAsync();
        var json = new JsonObject
        {
            ["type"] = "impersonated_service_account",
            ["service_account_impersonation_url"] = "http://127.0.0.1:1/x:generateAccessToken",
            ["source_credentials"] = Federation(bed, null),
        };
        File.WriteAllText(folder["file.json"], json.ToJsonString());
        var bucket = bed.Open(new BucketOptions { Location = "gs://audit", Credentials = new CredentialOptions { Type = CredentialType.Impersonated, File = folder["file.json"] } });

        var fault = await Assert.ThrowsAsync<BucketException>(() => bucket.CreateAsync(UploadOf("x", "x"), None));

        Assert.That(fault!.Message, Does.Contain("runs a program"));
    }

    private async Task<BucketException> FaultOfAsync(GcsBed bed, string answer, bool allow)
    {
        var fault = await Assert.ThrowsAsync<BucketException>(() => CreateAsync(bed, answer, allow, null));
        return fault!;
    }

    private Task<PutOutcome> CreateAsync(GcsBed bed, string answer, bool allow, FakePrincipal? impersonated)
    {
        File.WriteAllText(folder["answer"], answer);
        File.WriteAllText(folder["program"], $"#!/bin/sh\necho \"$GOOGLE_EXTERNAL_ACCOUNT_INTERACTIVE $GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE $GOOGLE_EXTERNAL_ACCOUNT_IMPERSONATED_EMAIL\" > '{folder["ran"]}'\ncat \"$1\"\n");
        File.WriteAllText(folder["file.json"], Federation(bed, impersonated).ToJsonString());
        return bed.Open(new BucketOptions
        {
            Location = "gs://audit",
            Credentials = new CredentialOptions { Type = CredentialType.ExternalAccount, File = folder["file.json"], AllowExecutable = allow },
        }).CreateAsync(UploadOf("x", "x"), None);
    }

    private JsonObject Federation(GcsBed bed, FakePrincipal? impersonated)
    {
        var json = JsonNode.Parse(bed.Server.CredentialFiles.ExternalAccount("unused", impersonated))!.AsObject();
        // Run by the shell: a file that was just written may still be open in a process forked meanwhile, and such a file cannot be executed.
        json["credential_source"] = new JsonObject { ["executable"] = new JsonObject { ["command"] = $"/bin/sh {folder["program"]} {folder["answer"]}" } };
        return json;
    }
}
