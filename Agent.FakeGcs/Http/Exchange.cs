using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Sealtail.FakeGcs.Identity;
using Sealtail.FakeGcs.Journal;
using Sealtail.FakeGcs.Protocol;
using Sealtail.FakeGcs.Storage;

namespace Sealtail.FakeGcs.Http;

/// <summary>One request on its way through the stand-in.</summary>
internal sealed class Exchange(HttpContext http, Route route, RequestJournal journal, RequestRecord record)
{
    public HttpContext Http { get; } = http;

    public Route Route { get; } = route;

    public RequestRecord Record { get; private set; } = record;

    public RequestBody Body { get; } = new(http.Request.Body);

    public Caller Caller { get; set; } = new(null, Permissions.None);

    /// <summary>A multipart upload up to its metadata, read early because only there may the object's name be.</summary>
    public MultipartUpload? Multipart { get; set; }

    public CancellationToken Aborted => Http.RequestAborted;

    public string BaseUrl => $"{Http.Request.Scheme}://{Http.Request.Host}";

    public string Path => RawTarget(Http).Split('?')[0];

    public static string RawTarget(HttpContext http) => http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;

    public void Note(Func<RequestRecord, RequestRecord> change)
    {
        Record = change(Record) with { BodyBytes = Body.Count };
        journal.Update(Record);
    }

    /// <summary>Ends the connection. A client that has no reply yet sees a reset, never an empty reply.</summary>
    public void Cut()
    {
        // Noted first, so that whoever has seen the reset finds it in the journal.
        Note(record => record with { Stage = RequestStage.Cut });
        Http.Abort();
    }

    public string? Header(string name) => Http.Request.Headers[name].FirstOrDefault();

    public string? Query(string name) => Http.Request.Query[name].FirstOrDefault();

    public long? Number(string name) => Query(name) is not { } text ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value
        : throw GcsErrors.Invalid($"Invalid value for {name}: '{text}'");

    /// <summary>gcloud writes True.</summary>
    public bool Flag(string name) => string.Equals(Query(name), "true", StringComparison.OrdinalIgnoreCase);

    public Preconditions Preconditions() => new(
        Number("ifGenerationMatch"), Number("ifGenerationNotMatch"), Number("ifMetagenerationMatch"), Number("ifMetagenerationNotMatch"));

    /// <summary>The bucket of the path, judged in GCS's order: who are you, is there such a bucket, may you.</summary>
    public FakeBucket Bucket(FakeBuckets buckets, string permission)
    {
        var resource = permission.StartsWith("storage.buckets.", StringComparison.Ordinal) ? "bucket" : "object";
        Caller.RequireLogin(permission, resource);
        var bucket = buckets.Get(Route.Bucket!); // every route that comes here has one
        Caller.Require(permission, resource);
        return bucket;
    }

    public async Task<byte[]> ReadBodyAsync()
    {
        const int Longest = 4 * 1024 * 1024;
        var bytes = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (await Body.ReadAsync(buffer, Aborted) is > 0 and var read)
        {
            bytes.Write(buffer, 0, read);
            if (bytes.Length > Longest)
                throw new GcsException(413, "uploadTooLarge", "The request's metadata is too large.");
        }

        return bytes.ToArray();
    }
}
