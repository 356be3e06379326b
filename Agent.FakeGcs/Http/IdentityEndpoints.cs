using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Sealtail.FakeGcs.Identity;
using Sealtail.FakeGcs.Protocol;
using Sealtail.FakeGcs.Storage;

namespace Sealtail.FakeGcs.Http;

/// <summary>The four ways to a token: a signed assertion, a federated token, impersonation, and the metadata server.</summary>
internal sealed class IdentityEndpoints(Principals principals, StoreClock clock, FakeGcsOptions options)
{
    private const string JwtGrant = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    private const string ExchangeGrant = "urn:ietf:params:oauth:grant-type:token-exchange";
    private const string AccessTokenType = "urn:ietf:params:oauth:token-type:access_token";

    public async Task<Reply> TokenAsync(Exchange exchange)
    {
        var form = await ReadFormAsync(exchange);
        if (form["grant_type"] != JwtGrant)
            return OAuthError("unsupported_grant_type", $"Only {JwtGrant} is understood.");

        return principals.ForSignedToken(form["assertion"]) is { } principal
            ? Reply.Json(TokenJson(principal))
            : OAuthError("invalid_grant", "Invalid JWT Signature, an unknown issuer, or times out of range.");
    }

    public async Task<Reply> ExchangeAsync(Exchange exchange)
    {
        var form = await ReadFormAsync(exchange);
        if (form["grant_type"] != ExchangeGrant)
            return OAuthError("unsupported_grant_type", $"Only {ExchangeGrant} is understood.");
        if (principals.ForSubjectToken(form["subject_token"]) is not { } principal)
            return OAuthError("invalid_grant", "The subject token is not known here.");

        var json = TokenJson(principal);
        json["issued_token_type"] = AccessTokenType;
        return Reply.Json(json);
    }

    public async Task<Reply> ImpersonateAsync(Exchange exchange)
    {
        exchange.Caller.Require(Permissions.ImpersonateAccounts, "service account");
        var body = JsonReading.Object(await exchange.ReadBodyAsync());
        var target = principals.Find(exchange.Route.Argument ?? "") ?? throw GcsErrors.NotFound();
        var lifetime = int.TryParse(body.Text("lifetime")?.TrimEnd('s'), out var seconds) ? TimeSpan.FromSeconds(seconds) : target.TokenLifetime;
        return Reply.Json(new JsonObject
        {
            ["accessToken"] = principals.IssueToken(target, lifetime),
            ["expireTime"] = (clock.UtcNow + lifetime).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"),
        });
    }

    public Reply Metadata(Exchange exchange)
    {
        var path = exchange.Route.Argument?.TrimEnd('/');
        if (path != "" && exchange.Header("Metadata-Flavor") != "Google")
            return Reply.Html("Missing required header: Metadata-Flavor", StatusCodes.Status403Forbidden);

        var reply = (path, principals.Machine) switch
        {
            ("", _) => Reply.Plain("computeMetadata/\n", "application/text"),
            ("project/project-id", _) => Reply.Plain(options.Project, "application/text"),
            ("instance/service-accounts/default/token", { } machine) => Reply.Json(TokenJson(machine)),
            ("instance/service-accounts/default/email", { } machine) => Reply.Plain(machine.Email, "application/text"),
            _ => Reply.Html("Not Found", StatusCodes.Status404NotFound),
        };
        return reply.With("Metadata-Flavor", "Google");
    }

    private JsonObject TokenJson(FakePrincipal principal) => new()
    {
        ["access_token"] = principals.IssueToken(principal),
        ["expires_in"] = (long)principal.TokenLifetime.TotalSeconds,
        ["token_type"] = "Bearer",
    };

    // Google.Apis.Auth and the metadata clients send forms; STS also takes JSON in production, which nobody here sends.
    private static async Task<Dictionary<string, string>> ReadFormAsync(Exchange exchange)
    {
        var parsed = QueryHelpers.ParseQuery(Encoding.UTF8.GetString(await exchange.ReadBodyAsync()));
        var form = parsed.ToDictionary(entry => entry.Key, entry => entry.Value.ToString());
        foreach (var name in new[] { "grant_type", "assertion", "subject_token" })
            form.TryAdd(name, "");

        return form;
    }

    private static Reply OAuthError(string error, string description) =>
        Reply.Json(new JsonObject { ["error"] = error, ["error_description"] = description }, StatusCodes.Status400BadRequest);
}
