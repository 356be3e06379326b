using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Sealtail.FakeGcs.Identity;

/// <summary>Credential files as an administrator would download them, pointing at this stand-in instead of at Google.</summary>
internal sealed class CredentialFiles(Principals principals, Func<Uri> address, string project)
{
    /// <summary>A service account key. Its public half is registered, so that assertions and self-signed tokens are believed.</summary>
    public string ServiceAccountKey(FakePrincipal principal)
    {
        using var key = RSA.Create(2048);
        var publicKey = RSA.Create(key.ExportParameters(includePrivateParameters: false));
        principals.RegisterKey(principal, publicKey);
        return new JsonObject
        {
            ["type"] = "service_account",
            ["project_id"] = project,
            ["private_key_id"] = Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()))[..40],
            ["private_key"] = key.ExportPkcs8PrivateKeyPem(),
            ["client_email"] = principal.Email,
            ["client_id"] = "100000000000000000000",
            ["token_uri"] = At("token"),
        }.ToJsonString();
    }

    /// <summary>
    /// Workload identity federation: the token in the file, once registered for a principal, is exchanged for one of the principal's, which then
    /// impersonates <paramref name="impersonated"/> if that is given.
    /// </summary>
    public string ExternalAccount(string tokenFile, FakePrincipal? impersonated = null)
    {
        var json = new JsonObject
        {
            ["type"] = "external_account",
            ["audience"] = "//iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/nodes/providers/cluster",
            ["subject_token_type"] = "urn:ietf:params:oauth:token-type:jwt",
            ["token_url"] = At("v1/token"),
            ["credential_source"] = new JsonObject { ["file"] = tokenFile },
        };
        if (impersonated is not null)
            json["service_account_impersonation_url"] = ImpersonationUrl(impersonated);

        return json.ToJsonString();
    }

    public string ImpersonatedAccount(FakePrincipal source, FakePrincipal impersonated) => new JsonObject
    {
        ["type"] = "impersonated_service_account",
        ["service_account_impersonation_url"] = ImpersonationUrl(impersonated),
        ["source_credentials"] = JsonNode.Parse(ServiceAccountKey(source)),
        ["delegates"] = new JsonArray(),
    }.ToJsonString();

    private string ImpersonationUrl(FakePrincipal principal) => At($"v1/projects/-/serviceAccounts/{principal.Email}:generateAccessToken");

    private string At(string path) => new Uri(address(), path).ToString();
}
