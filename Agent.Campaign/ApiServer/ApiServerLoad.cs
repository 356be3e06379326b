using System.Net;
using System.Text;

namespace Sealtail.Campaign;

/// <summary>Clients of a kube-apiserver at work: objects of some KiB are made, read, refused and deleted, each request in the audit log with its bodies.</summary>
internal sealed class ApiServerLoad : IAsyncDisposable
{
    private const int Clients = 6;

    private readonly HttpClient http;
    private readonly CancellationTokenSource stop = new();
    private readonly Task[] clients;
    private long requests;

    public ApiServerLoad(HttpClient http)
    {
        this.http = http;
        clients = [.. Enumerable.Range(0, Clients).Select(client => Task.Run(() => WorkAsync(client)))];
    }

    /// <summary>Requests that were answered.</summary>
    public long Requests => Interlocked.Read(ref requests);

    /// <summary>Returns when the last request was answered.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(clients);
        stop.Dispose();
    }

    private async Task WorkAsync(int client)
    {
        const string maps = "/api/v1/namespaces/default/configmaps";
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var name = $"load-{client}-{i}-{Guid.NewGuid():N}";
            var text = string.Concat(Enumerable.Repeat($"line {i} of client {client}: grüße \\u0007 日本語\\n", 10 << (i % 5)));
            await AskAsync(HttpMethod.Post, maps, $$"""{ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "{{name}}" }, "data": { "text": "{{text}}" } }""");
            await AskAsync(HttpMethod.Get, $"{maps}/{name}", null);
            await AskAsync(HttpMethod.Get, $"/api/v1/namespaces/default/secrets/{name}", null); // there is none
            await AskAsync(HttpMethod.Post, maps, "{\"not json");
            await AskAsync(HttpMethod.Delete, $"{maps}/{name}", null);
        }
    }

    private async Task AskAsync(HttpMethod method, string path, string? body)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Version = HttpVersion.Version11 };
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        try
        {
            using var reply = await http.SendAsync(request);
            Interlocked.Increment(ref requests);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            await Task.Delay(50); // the server was just killed
        }
    }
}
