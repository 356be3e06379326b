using System.Net;
using Google.Apis.Http;

namespace Sealtail.Buckets.Credentials;

/// <summary>The connections to identity servers: one handler below all the clients that the library makes.</summary>
internal sealed class IdentityHttp : HttpClientFactory, IDisposable
{
    private readonly SocketsHttpHandler handler;

    private IdentityHttp(SocketsHttpHandler handler) => this.handler = handler;

    public static IdentityHttp Through(IWebProxy proxy) => new(Create(TimeSpan.FromSeconds(10), proxy));

    /// <summary>Past any proxy, to a server that is near or not there.</summary>
    public static IdentityHttp Direct() => new(Create(TimeSpan.FromSeconds(3), null));

    public void Dispose() => handler.Dispose();

    protected override HttpMessageHandler CreateHandler(CreateHttpClientArgs args) => handler;

    private static SocketsHttpHandler Create(TimeSpan connectTimeout, IWebProxy? proxy) => new()
    {
        UseProxy = proxy is not null,
        Proxy = proxy,
        ConnectTimeout = connectTimeout,
        PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        AllowAutoRedirect = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
    };
}
