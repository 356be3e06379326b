using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Sealtail.FakeGcs.Identity;

/// <summary>A compact JWT, taken apart but not yet believed.</summary>
internal sealed class Jwt
{
    private readonly byte[] signed;
    private readonly byte[] signature;
    private readonly JsonElement header;
    private readonly JsonElement claims;

    private Jwt(string[] parts)
    {
        signed = Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}");
        signature = Base64Url.DecodeFromChars(parts[2]);
        header = JsonSerializer.Deserialize<JsonElement>(Base64Url.DecodeFromChars(parts[0]));
        claims = JsonSerializer.Deserialize<JsonElement>(Base64Url.DecodeFromChars(parts[1]));
    }

    public static Jwt? TryParse(string text)
    {
        try
        {
            return text.Split('.') is { Length: 3 } parts ? new Jwt(parts) : null;
        }
        catch (Exception fault) when (fault is FormatException or JsonException)
        {
            return null;
        }
    }

    public string? Claim(string name) => claims.TryGetProperty(name, out var claim) && claim.ValueKind == JsonValueKind.String ? claim.GetString() : null;

    public bool IsSignedBy(RSA key)
    {
        if (!header.TryGetProperty("alg", out var algorithm) || !algorithm.ValueEquals("RS256"))
            return false;

        // One RSA instance serves every request, and promises nothing about threads.
        lock (key)
            return key.VerifyData(signed, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }

    /// <summary>Valid now, and for no longer than the hour Google allows, give or take a few minutes of skew.</summary>
    public bool IsTimely(DateTimeOffset now)
    {
        var skew = TimeSpan.FromMinutes(5);
        return Time("iat") is { } issued && Time("exp") is { } expires
            && issued <= now + skew && expires > now && expires - issued <= TimeSpan.FromHours(1) + skew;
    }

    private DateTimeOffset? Time(string name) =>
        claims.TryGetProperty(name, out var claim) && claim.TryGetInt64(out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
}
