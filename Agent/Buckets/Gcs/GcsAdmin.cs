using System.Net.Http.Headers;
using System.Text;

namespace Sealtail.Buckets.Gcs;

/// <summary>
/// The JSON API as it is, for who checks, drills or sets up a bucket: every reply is given back, also a refusal, since a refusal is often the answer sought.
/// </summary>
internal sealed class GcsAdmin : IDisposable
{
    private static readonly Uri ResourceManager = new("https://cloudresourcemanager.googleapis.com");

    private readonly GcsLocation location;
    private readonly GcsClient client;
    private readonly TimeProvider time;
    private readonly bool isGoogle;

    private GcsAdmin(GcsLocation location, GcsClient client, bool isGoogle, TimeProvider time) =>
        (this.location, this.client, this.isGoogle, this.time) = (location, client, isGoogle, time);

    /// <summary>The bucket without prefix.</summary>
    public string Bucket => location.Bucket;

    public string Location => location.ToString();

    /// <summary>The full name of an object whose name is relative to the location's prefix.</summary>
    public string FullName(string name) => location.Prefix + name;

    /// <exception cref="FormatException">The location or STORAGE_EMULATOR_HOST cannot be understood.</exception>
    public static GcsAdmin Open(BucketOptions options, GcsEnvironment environment, TimeProvider time) => new(
        GcsLocation.Parse(options.Location), GcsClient.Open(options, GcsScope.Admin, environment, time), options.Endpoint is null && environment.Emulator is null, time);

    /// <summary>One request under <c>/storage/v1/b/BUCKET</c>. <paramref name="path"/> is empty or begins with <c>/</c> or <c>?</c>, its parts escaped.</summary>
    /// <exception cref="BucketException">There is no token or no reply: nothing is known.</exception>
    public Task<GcsReply> SendAsync(HttpMethod method, string path, string? json, CancellationToken cancellationToken) =>
        SendAsync(method, new Uri($"storage/v1/b/{Uri.EscapeDataString(location.Bucket)}{path}", UriKind.Relative), json, cancellationToken);

    /// <summary>Creates a bucket in a project; the location's name is in the body.</summary>
    /// <exception cref="BucketException">There is no token or no reply: nothing is known.</exception>
    public Task<GcsReply> CreateBucketAsync(string project, string json, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, new Uri($"storage/v1/b?project={Uri.EscapeDataString(project)}", UriKind.Relative), json, cancellationToken);

    /// <summary>Creates or, without precondition, overwrites an object.</summary>
    /// <exception cref="BucketException">There is no token or no reply: nothing is known.</exception>
    public Task<GcsReply> InsertAsync(string name, string text, bool onlyIfAbsent, CancellationToken cancellationToken)
    {
        var target = $"upload/storage/v1/b/{Uri.EscapeDataString(location.Bucket)}/o?uploadType=media&name={Uri.EscapeDataString(FullName(name))}{(onlyIfAbsent ? "&ifGenerationMatch=0" : "")}";
        return SendAsync(() => new HttpRequestMessage(HttpMethod.Post, target) { Content = JsonContent(text) }, cancellationToken);
    }

    /// <summary>The IAM policy of the bucket's project, with its audit configuration.</summary>
    /// <exception cref="BucketException">There is no token or no reply: nothing is known.</exception>
    public Task<GcsReply> GetProjectPolicyAsync(string projectNumber, CancellationToken cancellationToken)
    {
        var path = $"v1/projects/{Uri.EscapeDataString(projectNumber)}:getIamPolicy";
        return SendAsync(HttpMethod.Post, isGoogle ? new Uri(ResourceManager, path) : new Uri(path, UriKind.Relative), "{}", cancellationToken);
    }

    public void Dispose() => client.Dispose();

    private Task<GcsReply> SendAsync(HttpMethod method, Uri target, string? json, CancellationToken cancellationToken) => SendAsync(() =>
    {
        var request = new HttpRequestMessage(method, target);
        if (json is not null) request.Content = JsonContent(json);
        return request;
    }, cancellationToken);

    private static ByteArrayContent JsonContent(string json) => new(Encoding.UTF8.GetBytes(json)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    private async Task<GcsReply> SendAsync(Func<HttpRequestMessage> request, CancellationToken cancellationToken)
    {
        using var response = await client.SendAsync(request, cancellationToken);
        return await GcsReply.ReadAsync(response, time, cancellationToken);
    }
}
