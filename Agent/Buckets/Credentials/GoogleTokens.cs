using System.Buffers.Text;
using System.Text.Json;
using Google.Apis.Auth.OAuth2;
using Sealtail.Buckets.Gcs;

namespace Sealtail.Buckets.Credentials;

/// <summary>
/// Tokens from Google.Apis.Auth. The file is read again for every token, so that a rotated key or a mended file is found without a restart. The
/// library's own lookup of the default credentials is not used: it keeps its first answer, be it a failure, for the life of the process.
/// </summary>
internal sealed class GoogleTokens : IDisposable
{
    // A metadata server hands out the token it has until four minutes before its end; asking sooner brings the same one.
    private static readonly TimeSpan RefreshAhead = TimeSpan.FromSeconds(225);

    private readonly CredentialOptions options;
    private readonly GcsEnvironment environment;
    private readonly TimeProvider time;
    private readonly string scope;
    private readonly TimeProviderClock clock;
    private readonly IdentityHttp remote;
    private readonly IdentityHttp local = IdentityHttp.Direct(); // the metadata server is never behind a proxy
    private (string Text, ITokenAccess Credential)? last;

    public GoogleTokens(CredentialOptions options, GcsScope scope, GcsEnvironment environment, TimeProvider time)
    {
        (this.options, this.environment, this.time) = (options, environment, time);
        this.scope = scope.Url();
        clock = new TimeProviderClock(time);
        remote = IdentityHttp.Through(environment.Proxy);
        Kind = FilePath is { } file ? $"{file}" : $"the metadata server at {environment.MetadataHost}";
    }

    /// <summary>Where the credential comes from.</summary>
    public string Kind { get; }

    // Also the default credentials keep their place for the life of the process: who may put a file somewhere later is nobody's plan.
    private string? FilePath => field ??= options.Type switch
    {
        CredentialType.Metadata => null,
        CredentialType.Adc => environment.ApplicationCredentials ?? (File.Exists(environment.WellKnownCredentials) ? environment.WellKnownCredentials : null),
        _ => options.File ?? throw new ArgumentException($"A credential of type {options.Type} needs a file.", nameof(options)),
    };

    /// <exception cref="BucketException">There is no token.</exception>
    public async Task<AccessToken> RequestAsync(CancellationToken cancellationToken)
    {
        try
        {
            var credential = FilePath is { } path ? await ReadAsync(path, cancellationToken) : OfMachine();
            return await RequestAsync(credential, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        // Foreign code reads a foreign file and talks to a foreign server: whatever it throws means that there is no token.
        catch (Exception e)
        {
            throw IdentityFault.Of(e, Kind);
        }
    }

    public void Dispose()
    {
        remote.Dispose();
        local.Dispose();
    }

    private async Task<ITokenAccess> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var text = await File.ReadAllTextAsync(path, cancellationToken);
        if (last is { } known && known.Text == text) return known.Credential;
        var credential = Create(CredentialFile.Parse(text, options), text);
        last = (text, credential);
        return credential;
    }

    private ITokenAccess Create(CredentialFile file, string json)
    {
        if (file.Type == CredentialFile.ServiceAccount) return OfKey(CredentialFactory.FromJson<ServiceAccountCredential>(json));
        var credential = file.Executable is { } executable
            ? ExecutableSubject.CreateCredential(file, executable, remote, time)
            : CredentialFactory.FromJson(json, file.Type);
        return (ITokenAccess)credential.CreateScoped(scope).CreateWithHttpClientFactory(remote).UnderlyingCredential;
    }

    private ServiceAccountCredential OfKey(ServiceAccountCredential key) => new(
        new ServiceAccountCredential.Initializer(key.Id, key.TokenServerUrl)
        {
            Key = key.Key,
            KeyId = key.KeyId,
            ProjectId = key.ProjectId,
            Clock = clock,
            HttpClientFactory = remote,
            Scopes = [scope],
            UseJwtAccessWithScopes = IsGoogles(key.TokenServerUrl),
        });

    // Google takes a token that the key itself has signed: one dependency less. A file that names a token server of its own means it.
    private static bool IsGoogles(string tokenServer) =>
        Uri.TryCreate(tokenServer, UriKind.Absolute, out var url) && (url.Host.EndsWith(".googleapis.com", StringComparison.Ordinal) || url.Host.EndsWith(".google.com", StringComparison.Ordinal));

    private ComputeCredential OfMachine() => new(
        new ComputeCredential.Initializer($"http://{environment.MetadataHost}/computeMetadata/v1/instance/service-accounts/default/token")
        {
            Clock = clock,
            HttpClientFactory = local,
            Scopes = [scope],
        });

    private async Task<AccessToken> RequestAsync(ITokenAccess credential, CancellationToken cancellationToken)
    {
        var asked = time.GetUtcNow();
        switch (credential)
        {
            case ServiceAccountCredential { UseJwtAccessWithScopes: true } key:
                var signed = await OfKey(key).GetAccessTokenForRequestAsync(null, cancellationToken); // a new object: the old one would give the old token
                return Timed(signed, asked, ExpiryOf(signed) - asked);
            case ServiceCredential service:
                await service.RequestAccessTokenAsync(cancellationToken);
                return Timed(service.Token.AccessToken, asked, Lifetime(service.Token.ExpiresInSeconds));
            case UserCredential user:
                await user.RefreshTokenAsync(cancellationToken);
                return Timed(user.Token.AccessToken, asked, Lifetime(user.Token.ExpiresInSeconds));
            default:
                throw new BucketException(BucketFault.Denied, $"Credentials of the kind {credential.GetType().Name} are not supported.");
        }
    }

    private static AccessToken Timed(string? value, DateTimeOffset asked, TimeSpan lifetime)
    {
        if (string.IsNullOrEmpty(value)) throw new BucketException(BucketFault.Denied, "The answer holds no access token.");
        var ahead = RefreshAhead < lifetime / 4 ? RefreshAhead : lifetime / 4;
        return new AccessToken(value, asked + lifetime - ahead, asked + lifetime);
    }

    private static TimeSpan Lifetime(long? seconds) => TimeSpan.FromSeconds(Math.Clamp(seconds ?? 300, 0, 86_400)); // unsaid: used for a while, then renewed

    private static DateTimeOffset ExpiryOf(string jwt)
    {
        using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(jwt.Split('.')[1]));
        return DateTimeOffset.FromUnixTimeSeconds(claims.RootElement.GetProperty("exp").GetInt64());
    }
}
