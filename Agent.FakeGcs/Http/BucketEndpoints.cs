using System.Text.Json.Nodes;
using Sealtail.FakeGcs.Identity;
using Sealtail.FakeGcs.Protocol;
using Sealtail.FakeGcs.Storage;

namespace Sealtail.FakeGcs.Http;

/// <summary>Everything under /storage/v1/b that is about buckets themselves.</summary>
internal sealed class BucketEndpoints(FakeBuckets buckets, StoreClock clock)
{
    public async Task<Reply> InsertAsync(Exchange exchange)
    {
        exchange.Caller.Require(Permissions.BucketsCreate, "project");
        var objectRetention = exchange.Flag("enableObjectRetention");
        if (objectRetention)
            exchange.Caller.Require(Permissions.BucketsEnableObjectRetention, "bucket");

        var body = JsonReading.Object(await exchange.ReadBodyAsync());
        var name = body.Text("name") ?? throw GcsErrors.Required("name");
        BucketRules.CheckName(name);
        var now = clock.UtcNow;
        var empty = new BucketState { TimeCreated = now, Updated = now, SoftDeleteEffective = now, ObjectRetention = objectRetention };
        return Show(exchange, buckets.Create(name, BucketRules.Patch(name, empty, body, now)));
    }

    public Reply Get(Exchange exchange)
    {
        var bucket = exchange.Bucket(buckets, Permissions.BucketsGet);
        exchange.Preconditions().Check(bucket.State);
        return Show(exchange, bucket);
    }

    public Reply List(Exchange exchange)
    {
        exchange.Caller.Require(Permissions.BucketsList, "project");
        var prefix = exchange.Query("prefix") ?? "";
        var items = buckets.All
            .Where(bucket => bucket.Name.StartsWith(prefix, StringComparison.Ordinal))
            .Select(bucket => BucketJson.Render(bucket, exchange.BaseUrl));
        return Masked.Json(exchange, new JsonObject { ["kind"] = "storage#buckets", ["items"] = new JsonArray([.. items]) });
    }

    public async Task<Reply> ChangeAsync(Exchange exchange)
    {
        var bucket = exchange.Bucket(buckets, Permissions.BucketsUpdate);
        var body = JsonReading.Object(await exchange.ReadBodyAsync());
        bucket.Change(exchange.Preconditions(), (state, now) => exchange.Route.Call == GcsCall.BucketPatch
            ? BucketRules.Patch(bucket.Name, state, body, now)
            : BucketRules.Replace(bucket.Name, state, body, now));
        return Show(exchange, bucket);
    }

    public Reply Delete(Exchange exchange)
    {
        var bucket = exchange.Bucket(buckets, Permissions.BucketsDelete);
        buckets.Delete(bucket, exchange.Preconditions());
        return Reply.Empty(StatusCodes.Status204NoContent);
    }

    public Reply LockRetention(Exchange exchange)
    {
        var bucket = exchange.Bucket(buckets, Permissions.BucketsUpdate);
        if (exchange.Number("ifMetagenerationMatch") is null)
            throw GcsErrors.Required("ifMetagenerationMatch");

        bucket.Change(exchange.Preconditions(), (state, _) => BucketRules.Lock(state));
        return Show(exchange, bucket);
    }

    /// <summary>Needs no permission itself: it tells which of those asked about the caller has.</summary>
    public Reply TestPermissions(Exchange exchange)
    {
        buckets.Get(exchange.Route.Bucket!); // the route has one
        var granted = exchange.Http.Request.Query["permissions"].OfType<string>().Where(exchange.Caller.Has).Select(name => (JsonNode?)name).ToArray();
        var json = new JsonObject { ["kind"] = "storage#testIamPermissionsResponse" };
        if (granted.Length > 0)
            json["permissions"] = new JsonArray(granted);

        return Masked.Json(exchange, json);
    }

    public Reply GetIamPolicy(Exchange exchange)
    {
        var bucket = exchange.Bucket(buckets, Permissions.BucketsGetIamPolicy);
        return Masked.Json(exchange, (JsonObject)bucket.IamPolicy.DeepClone());
    }

    public Reply GetProjectPolicy(Exchange exchange)
    {
        exchange.Caller.Require(Permissions.ProjectsGetIamPolicy, "project");
        return Masked.Json(exchange, (JsonObject)buckets.ProjectPolicy.DeepClone());
    }

    private static Reply Show(Exchange exchange, FakeBucket bucket) => Masked.Json(exchange, BucketJson.Render(bucket, exchange.BaseUrl));
}
