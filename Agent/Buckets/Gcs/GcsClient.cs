using System.Net;
using System.Net.Http.Headers;
using Sealtail.Buckets.Credentials;
using Sealtail.Observability;

namespace Sealtail.Buckets.Gcs;

/// <summary>One HTTP client for one bucket: connections, the token on each request, and its one renewal when the store refuses it.</summary>
internal sealed class GcsClient : IDisposable
{
    // Far above what uploads use; what bounds a verifier's readers.
    private const int MaxConnections = 64;

    private readonly HttpClient http;
    private readonly AccessTokens? tokens;
    private readonly RequestPace? pace;

    /// <param name="endpoint">The server, without a path.</param>
    /// <param name="tokens">As whom; null sends no token. Owned.</param>
    /// <param name="proxy">What decides on proxies.</param>
    /// <param name="pace">How fast requests may follow each other; null: as they come.</param>
    public GcsClient(Uri endpoint, AccessTokens? tokens, IWebProxy proxy, RequestPace? pace = null)
    {
        (this.tokens, this.pace) = (tokens, pace);
        http = new HttpClient(CreateHandler(proxy), disposeHandler: true)
        {
            BaseAddress = endpoint,
            Timeout = Timeout.InfiniteTimeSpan, // attempts are timed by whoever repeats them
            // A connection for each upload: no stream shares another's window or its head-of-line, and every stand-in and proxy speaks it.
            DefaultRequestVersion = HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue(AgentVersion.Name, AgentVersion.Text));
    }

    public static GcsClient Open(BucketOptions options, GcsScope scope, GcsEnvironment environment, TimeProvider time, RequestPace? pace = null)
    {
        var endpoint = options.Endpoint ?? environment.Emulator ?? new Uri("https://storage.googleapis.com");
        // Whoever points the environment at a stand-in does not mean it to get a real token, unless a kind is asked for by name.
        var isStandIn = options.Endpoint is null && environment.Emulator is not null;
        var anonymous = options.Credentials.Type == CredentialType.None || (isStandIn && options.Credentials.Type == CredentialType.Adc);
        return new GcsClient(endpoint, anonymous ? null : AccessTokens.Open(options.Credentials, scope, environment, time), environment.Proxy, pace);
    }

    /// <summary>Null where no token is sent.</summary>
    public CredentialStatus? Credential => tokens?.Status;

    /// <summary>The reply's headers; the body is still to be read. A 401 that remains after a fresh token is returned like any other status.</summary>
    /// <param name="request">Makes the request, anew for each sending.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="BucketException">There is no token, or no reply.</exception>
    public async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> request, CancellationToken cancellationToken)
    {
        if (tokens is null) return await SendOnceAsync(request, null, cancellationToken);
        var token = await tokens.GetAsync(cancellationToken);
        var response = await SendOnceAsync(request, token, cancellationToken);
        if (response.StatusCode == HttpStatusCode.Unauthorized)
        {
            response.Dispose();
            token = await tokens.RenewAsync(token, cancellationToken);
            response = await SendOnceAsync(request, token, cancellationToken);
        }

        tokens.Tell(token, accepted: response.StatusCode != HttpStatusCode.Unauthorized);
        return response;
    }

    public void Dispose()
    {
        http.Dispose();
        tokens?.Dispose();
    }

    private async Task<HttpResponseMessage> SendOnceAsync(Func<HttpRequestMessage> create, AccessToken? token, CancellationToken cancellationToken)
    {
        if (pace is not null) await pace.WaitAsync(cancellationToken);
        using var request = create();
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Value);
        try
        {
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        // A connection that takes too long to come about ends as a cancellation that nobody asked for.
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new BucketException(BucketFault.Transient, $"{http.BaseAddress!.GetLeftPart(UriPartial.Authority)} gave no reply: {(e.InnerException ?? e).Message}", e); // set above
        }
    }

    private static SocketsHttpHandler CreateHandler(IWebProxy proxy) => new()
    {
        Proxy = proxy,
        MaxConnectionsPerServer = MaxConnections,
        PooledConnectionLifetime = TimeSpan.FromMinutes(10), // addresses change
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
        ConnectTimeout = TimeSpan.FromSeconds(10),
        AllowAutoRedirect = false, // the API never redirects, and a token is not for whoever says so
        AutomaticDecompression = DecompressionMethods.None, // stored bytes are what was hashed
        UseCookies = false,
        ActivityHeadersPropagator = null,
    };
}
