using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Polly;
using Sealtail.Buckets.Credentials;
using Sealtail.Format;

namespace Sealtail.Buckets.Gcs;

/// <summary>
/// A bucket of Google Cloud Storage by the JSON API v1. Creating is a single attempt, whose repetition is the caller's; reading repeats
/// by itself what is worth repeating, a bounded number of times.
/// </summary>
internal sealed partial class GcsBucket : IBucket
{
    // Where a bucket takes reads from the first second on (5,000 a second), this leaves the most of it to others.
    private const int ReadsPerSecond = 1000;

    private static readonly BucketRetryOptions Reading = new()
    {
        MaxAttempts = 6,
        WaitsForAdministrator = false,
        AttemptTimeout = TimeSpan.FromSeconds(30),
        MaxDelay = TimeSpan.FromSeconds(8),
        MaxRetryAfter = TimeSpan.FromSeconds(30),
    };

    private readonly GcsLocation location;
    private readonly GcsClient client;
    private readonly TimeProvider time;
    private readonly ResiliencePipeline reading;
    private readonly ReadBrake? brake; // an agent asks little, and is never done asking

    public GcsBucket(GcsLocation location, GcsClient client, RequestPace? pace, TimeProvider time)
    {
        (this.location, this.client, this.time) = (location, client, time);
        brake = pace is null ? null : new ReadBrake(pace, time);
        reading = BucketRetry.Build(Reading, time, static (_, _) => { });
    }

    public string Location => location.ToString();

    public bool HasStoreClock => true;

    public CredentialStatus? Credential => client.Credential;

    /// <exception cref="FormatException">The location or STORAGE_EMULATOR_HOST cannot be understood.</exception>
    public static GcsBucket Open(BucketOptions options, GcsScope scope, GcsEnvironment environment, TimeProvider time)
    {
        var location = GcsLocation.Parse(options.Location);
        var pace = scope == GcsScope.Read ? new RequestPace(ReadsPerSecond, time) : null;
        return new GcsBucket(location, GcsClient.Open(options, scope, environment, time, pace), pace, time);
    }

    public async Task<PutOutcome> CreateAsync(Upload upload, CancellationToken cancellationToken)
    {
        var reply = await SendAsync(() => InsertOf(upload), cancellationToken);
        if (reply.IsSuccess) return new PutOutcome(true, Check(upload, reply));
        var error = GcsError.Parse(reply.Body);
        if (GcsVerdict.MeansAlreadyThere(reply.Status, error)) return PutOutcome.AlreadyThere;
        throw Refusal($"{Location} did not take {upload.Name}", reply, error, isObject: false);
    }

    public async Task<Stream> OpenReadAsync(StoredObject stored, long offset, CancellationToken cancellationToken) =>
        new ResumingStream(await OpenAtAsync(stored, offset, cancellationToken), offset, stored.Bytes, (from, token) => OpenAtAsync(stored, from, token), time);

    public async Task<BucketRetention> GetRetentionAsync(CancellationToken cancellationToken)
    {
        var path = $"storage/v1/b/{Uri.EscapeDataString(location.Bucket)}?projection=noAcl&fields={RetentionReply.Fields}";
        return await ReadAsync(async attempt =>
        {
            var reply = await SendAsync(() => new HttpRequestMessage(HttpMethod.Get, path), attempt);
            if (reply.IsSuccess) return Parsed(reply, RetentionReply.Parse);
            var error = GcsError.Parse(reply.Body);
            var refusal = Refusal($"{Location} cannot be looked at", reply, error, isObject: false);
            return refusal.Fault == BucketFault.Denied
                ? new BucketRetention(Known: false, Enforced: false, Locked: false, Period: null, Versioning: false, $"The bucket's retention may not be looked at; that takes storage.buckets.get ({error.Describe(reply.Status)}).")
                : throw refusal;
        }, cancellationToken);
    }

    public async Task<IReadOnlySet<string>?> TestPermissionsAsync(IReadOnlyList<string> permissions, CancellationToken cancellationToken)
    {
        var path = $"storage/v1/b/{Uri.EscapeDataString(location.Bucket)}/iam/testPermissions?{string.Join('&', permissions.Select(permission => $"permissions={Uri.EscapeDataString(permission)}"))}";
        return await ReadAsync(async attempt =>
        {
            var reply = await SendAsync(() => new HttpRequestMessage(HttpMethod.Get, path), attempt);
            return reply.IsSuccess ? Parsed(reply, GrantedPermissions) : throw Refusal($"{Location} does not tell what its caller may do", reply, GcsError.Parse(reply.Body), isObject: false);
        }, cancellationToken);
    }

    public void Dispose() => client.Dispose();

    // Without any permission the member is absent.
    private static IReadOnlySet<string> GrantedPermissions(ReadOnlyMemory<byte> body)
    {
        using var json = JsonDocument.Parse(body);
        return json.RootElement.TryGetProperty("permissions", out var granted) ? granted.EnumerateArray().Select(name => name.GetString() ?? "").ToHashSet(StringComparer.Ordinal) : new HashSet<string>();
    }

    private HttpRequestMessage InsertOf(Upload upload)
    {
        var name = Uri.EscapeDataString(location.Prefix + upload.Name);
        var request = new HttpRequestMessage(HttpMethod.Post,
            $"upload/storage/v1/b/{Uri.EscapeDataString(location.Bucket)}/o?uploadType=multipart&ifGenerationMatch=0&fields={ObjectReply.Fields}&name={name}")
        {
            Content = new MultipartInsert(upload),
        };
        request.Headers.Add("x-goog-hash", $"crc32c={new Crc32C(upload.Crc32C)}");
        return request;
    }

    // Sent again, an object that was stored is confirmed by its name, so a reply that is not what it should be counts as none.
    private StoreReceipt Check(Upload upload, GcsReply reply)
    {
        if (ObjectReply.TryParse(reply.Body) is not { } stored)
            throw new BucketException(BucketFault.Transient, $"{Location} took {upload.Name}, but its reply is not whole.");
        if (stored.Name != location.Prefix + upload.Name || stored.Bytes != upload.Bytes || stored.Crc32C != upload.Crc32C)
            throw new BucketException(BucketFault.Transient, $"{Location} was sent {upload.Name} of {upload.Bytes} bytes with CRC-32C {new Crc32C(upload.Crc32C)}, but its reply tells of another name, size or checksum.");
        return new StoreReceipt(stored.Generation, stored.TimeCreated, stored.RetentionExpirationTime);
    }

    private async Task<Stream> OpenAtAsync(StoredObject stored, long offset, CancellationToken cancellationToken)
    {
        var path = $"storage/v1/b/{Uri.EscapeDataString(location.Bucket)}/o/{Uri.EscapeDataString(location.Prefix + stored.Name)}?alt=media"
            + (stored.Generation is { } generation ? $"&generation={Uri.EscapeDataString(generation)}" : "");
        return await ReadAsync<Stream>(async attempt =>
        {
            var response = await client.SendAsync(() => MediaRequest(path, offset), attempt);
            if (response.StatusCode == (offset > 0 ? HttpStatusCode.PartialContent : HttpStatusCode.OK) && (response.Content.Headers.ContentRange?.From ?? 0) == offset)
                return await response.Content.ReadAsStreamAsync(attempt);

            using (response)
            {
                // Nothing is left behind the last byte.
                if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable && offset >= stored.Bytes) return Stream.Null;
                var reply = await GcsReply.ReadAsync(response, time, attempt);
                throw reply.IsSuccess
                    ? new BucketException(BucketFault.Refused, $"{Location} was asked for {stored.Name} from byte {offset} and sent something else.")
                    : Refusal($"{Location} does not give {stored.Name}", reply, GcsError.Parse(reply.Body), isObject: true);
            }
        }, cancellationToken);
    }

    private static HttpRequestMessage MediaRequest(string path, long offset)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        // Accepting gzip keeps the store from unpacking what somebody marked as gzip-encoded: the stored bytes come as they are.
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        if (offset > 0) request.Headers.Range = new RangeHeaderValue(offset, null);
        return request;
    }

    // Everything that is read goes through here: as often as it is worth and no more, with everybody's experience.
    private async Task<T> ReadAsync<T>(Func<CancellationToken, Task<T>> attempt, CancellationToken cancellationToken)
    {
        try
        {
            return await reading.ExecuteAsync(async token => await AttemptAsync(attempt, token, cancellationToken), cancellationToken);
        }
        catch (Exception e) when (BucketRetry.AsFault(e) is { Fault: BucketFault.Transient } fault)
        {
            throw new BucketException(BucketFault.Transient, fault.Message, e) { IsFinal = true };
        }
    }

    private async Task<T> AttemptAsync<T>(Func<CancellationToken, Task<T>> attempt, CancellationToken cancellationToken, CancellationToken reader)
    {
        brake?.ThrowIfGivenUp();
        try
        {
            var result = await attempt(cancellationToken);
            brake?.Answered();
            return result;
        }
        catch (BucketException e)
        {
            if (e.Fault == BucketFault.Transient) brake?.Failed();
            else brake?.Answered();
            throw;
        }
        catch (OperationCanceledException) when (!reader.IsCancellationRequested)
        {
            brake?.Failed(); // the attempt's own time is over
            throw;
        }
    }

    private async Task<GcsReply> SendAsync(Func<HttpRequestMessage> request, CancellationToken cancellationToken)
    {
        using var response = await client.SendAsync(request, cancellationToken);
        return await GcsReply.ReadAsync(response, time, cancellationToken);
    }

    private T Parsed<T>(GcsReply reply, Func<ReadOnlyMemory<byte>, T> parse)
    {
        try
        {
            return parse(reply.Body);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter: a member of another kind
        {
            throw new BucketException(BucketFault.Transient, $"{Location} sent a reply that cannot be read: {e.Message}", e);
        }
    }

    private static BucketException Refusal(string what, GcsReply reply, GcsError error, bool isObject) =>
        new(GcsVerdict.Fault(reply.Status, error, isObject), $"{what}: {error.Describe(reply.Status)}") { RetryAfter = reply.RetryAfter };
}
