using System.Collections.Concurrent;
using System.Security.Cryptography;
using Sealtail.FakeGcs.Protocol;
using Sealtail.FakeGcs.Storage;

namespace Sealtail.FakeGcs.Identity;

/// <summary>The identities a stand-in knows, the keys and tokens by which it recognises them.</summary>
internal sealed class Principals(StoreClock clock, IReadOnlySet<string> anonymous)
{
    private readonly ConcurrentDictionary<string, FakePrincipal> byEmail = new();
    private readonly ConcurrentDictionary<string, (FakePrincipal Principal, DateTimeOffset Expires)> tokens = new();
    private readonly ConcurrentDictionary<string, FakePrincipal> subjectTokens = new();
    private readonly ConcurrentBag<(FakePrincipal Principal, RSA Key)> keys = [];

    /// <summary>Whom the metadata server speaks for. Null: it answers 404, as on a machine without a service account.</summary>
    public FakePrincipal? Machine { get; set; }

    public FakePrincipal Add(string email, IReadOnlySet<string> permissions) => byEmail[email] = new FakePrincipal(email, permissions);

    public FakePrincipal? Find(string email) => byEmail.GetValueOrDefault(email);

    public string IssueToken(FakePrincipal principal) => IssueToken(principal, principal.TokenLifetime);

    public string IssueToken(FakePrincipal principal, TimeSpan lifetime)
    {
        var token = $"ya29.fake-{Guid.NewGuid():N}";
        tokens[token] = (principal, clock.UtcNow + lifetime);
        return token;
    }

    public void Revoke(string token) => tokens.TryRemove(token, out _);

    public void RevokeAll(FakePrincipal principal)
    {
        foreach (var (token, issued) in tokens)
        {
            if (issued.Principal == principal)
                Revoke(token);
        }
    }

    /// <summary>From now on the RS256 signatures of this key speak for the principal, in assertions and as self-signed bearer tokens.</summary>
    public void RegisterKey(FakePrincipal principal, RSA publicKey) => keys.Add((principal, publicKey));

    /// <summary>From now on the STS endpoint exchanges this federated token for one of the principal's.</summary>
    public void RegisterSubjectToken(FakePrincipal principal, string subjectToken) => subjectTokens[subjectToken] = principal;

    public FakePrincipal? ForSubjectToken(string subjectToken) => subjectTokens.GetValueOrDefault(subjectToken);

    /// <summary>The principal whose registered key signed this, if it is timely.</summary>
    public FakePrincipal? ForSignedToken(string token)
    {
        if (Jwt.TryParse(token) is not { } jwt || !jwt.IsTimely(clock.UtcNow))
            return null;

        var issuer = jwt.Claim("iss");
        return keys.FirstOrDefault(entry => entry.Principal.Email == issuer && jwt.IsSignedBy(entry.Key)).Principal;
    }

    public Caller Authenticate(string? authorization)
    {
        if (string.IsNullOrEmpty(authorization))
            return new Caller(null, anonymous);

        var token = authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? authorization[7..].Trim() : "";
        var principal = tokens.TryGetValue(token, out var issued)
            ? issued.Expires > clock.UtcNow ? issued.Principal : null
            : ForSignedToken(token);
        return principal is null ? throw GcsErrors.InvalidCredentials() : new Caller(principal.Email, principal.Permissions);
    }
}
