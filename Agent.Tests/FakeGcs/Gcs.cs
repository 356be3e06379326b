using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Sealtail.FakeGcs;
using Sealtail.FakeGcs.Storage;

namespace Sealtail.Tests.FakeGcs;

/// <summary>A stand-in with a bucket called "audit", a frozen clock, and a plain HTTP client in front of it.</summary>
internal sealed class Gcs : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 11, 22, 9, 0, 0, TimeSpan.Zero);

    // Without pooled connections each request stands alone: a connection cut by one cannot disturb the next.
    private readonly HttpClient client = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero, AllowAutoRedirect = false });

    private Gcs(FakeGcsServer server, FakeTimeProvider time, FakeBucket bucket)
    {
        Server = server;
        Time = time;
        Bucket = bucket;
        client.BaseAddress = server.Address;
        client.Timeout = TimeSpan.FromSeconds(60);
    }

    public FakeGcsServer Server { get; }

    public FakeTimeProvider Time { get; }

    public FakeBucket Bucket { get; }

    /// <summary>Sent with every request.</summary>
    public string? Token { get; set; }

    public static Task<Gcs> StartAsync() => StartAsync(new BucketSettings());

    public static Task<Gcs> StartAsync(BucketSettings settings) => StartAsync(settings, new FakeGcsOptions());

    public static async Task<Gcs> StartAsync(BucketSettings settings, FakeGcsOptions options)
    {
        var time = new FakeTimeProvider(Start);
        var server = await FakeGcsServer.StartAsync(options, time);
        return new Gcs(server, time, server.Buckets.Create("audit", settings));
    }

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    public Task<Answer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path, null);

    public Task<Answer> PostAsync(string path, string json) => SendAsync(HttpMethod.Post, path, new StringContent(json, Encoding.UTF8, "application/json"));

    public Task<Answer> PatchAsync(string path, string json) => SendAsync(HttpMethod.Patch, path, new StringContent(json, Encoding.UTF8, "application/json"));

    public Task<Answer> PutAsync(string path, string json) => SendAsync(HttpMethod.Put, path, new StringContent(json, Encoding.UTF8, "application/json"));

    /// <summary>A multipart upload of UTF-8 text.</summary>
    public Task<Answer> InsertAsync(string name, string text, string query = "", string metadata = "{}", string? hash = null) =>
        SendAsync(HttpMethod.Post, $"upload/storage/v1/b/audit/o?uploadType=multipart&name={Uri.EscapeDataString(name)}{query}", Multipart(text, metadata, hash));

    /// <summary>A media upload.</summary>
    public Task<Answer> InsertMediaAsync(string name, byte[] bytes) =>
        SendAsync(HttpMethod.Post, $"upload/storage/v1/b/audit/o?uploadType=media&name={Uri.EscapeDataString(name)}", new ByteArrayContent(bytes));

    public async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? content, string? range = null, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (Token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        if (range is not null)
            request.Headers.TryAddWithoutValidation("Range", range);

        using var response = await client.SendAsync(request, cancellationToken);
        return new Answer((int)response.StatusCode, response.Headers, response.Content.Headers, await response.Content.ReadAsByteArrayAsync(cancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await Server.DisposeAsync();
    }

    public static HttpContent Multipart(string text, string metadata, string? hash = null, string newline = "\r\n", string boundary = "\"b 1\"")
    {
        var mark = $"--{boundary.Trim('"', '\'')}";
        string[] lines = [mark, "Content-Type: application/json", "", metadata, mark, "Content-Type: application/gzip", "", text, $"{mark}--", ""];
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(string.Join(newline, lines)));
        content.Headers.TryAddWithoutValidation("Content-Type", $"multipart/related; boundary={boundary}");
        if (hash is not null)
            content.Headers.TryAddWithoutValidation("x-goog-hash", hash);

        return content;
    }
}
