using System.Text.Json.Nodes;
using Sealtail.FakeGcs.Identity;
using Sealtail.FakeGcs.Protocol;
using Sealtail.FakeGcs.Storage;

namespace Sealtail.FakeGcs.Http;

/// <summary>Reading, listing, changing and deleting objects.</summary>
internal sealed class ObjectEndpoints(FakeBuckets buckets)
{
    public Reply Get(Exchange exchange)
    {
        if (exchange.Query("alt") == "media")
            return Download(exchange);

        var (bucket, stored) = Find(exchange);
        return Unchanged(exchange, stored) ?? Show(exchange, bucket, stored);
    }

    public Reply Download(Exchange exchange)
    {
        if (exchange.Route.Call == GcsCall.ObjectDownload && !exchange.Route.IsXml && exchange.Query("alt") != "media")
        {
            var (bucket, found) = Find(exchange);
            return Show(exchange, bucket, found);
        }

        var (_, stored) = Find(exchange);
        if (Unchanged(exchange, stored) is { } unchanged)
            return unchanged;
        if (!stored.Content.Content.IsReadable)
            throw GcsErrors.NotImplemented("reading back: it was started to keep hashes only");

        return Media.Render(stored, exchange.Header("Range"));
    }

    public Reply List(Exchange exchange)
    {
        var bucket = exchange.Bucket(buckets, Permissions.ObjectsList);
        if (exchange.Query("matchGlob") is not null)
            throw GcsErrors.NotImplemented("matchGlob");

        var page = bucket.List(new ListQuery
        {
            Prefix = exchange.Query("prefix") ?? "",
            Delimiter = exchange.Query("delimiter"),
            IncludeTrailingDelimiter = exchange.Flag("includeTrailingDelimiter"),
            StartOffset = exchange.Query("startOffset"),
            EndOffset = exchange.Query("endOffset"),
            MaxResults = (int)Math.Clamp(exchange.Number("maxResults") ?? ListQuery.LargestPage, 1, ListQuery.LargestPage),
            Versions = exchange.Flag("versions"),
            After = exchange.Query("pageToken") is { Length: > 0 } token ? ListQuery.ParseToken(token) : null,
        });

        var json = new JsonObject { ["kind"] = "storage#objects" };
        if (page.NextPageToken is { } next)
            json["nextPageToken"] = next;
        if (page.Prefixes.Count > 0)
            json["prefixes"] = new JsonArray([.. page.Prefixes.Select(prefix => (JsonNode?)prefix)]);
        if (page.Items.Count > 0)
            json["items"] = new JsonArray([.. page.Items.Select(stored => ObjectJson.Render(stored, bucket, exchange.BaseUrl))]);

        return Masked.Json(exchange, json);
    }

    public async Task<Reply> PatchAsync(Exchange exchange)
    {
        var bucket = exchange.Bucket(buckets, Permissions.ObjectsUpdate);
        var body = JsonReading.Object(await exchange.ReadBodyAsync());
        var changesRetention = body.ContainsKey("retention");
        var overridden = exchange.Flag("overrideUnlockedRetention");
        if (changesRetention)
            exchange.Caller.Require(Permissions.ObjectsSetRetention, "object");
        if (overridden)
            exchange.Caller.Require(Permissions.ObjectsOverrideRetention, "object");

        var changed = bucket.Patch(Name(exchange), exchange.Number("generation"), exchange.Preconditions(), (stored, state, now) =>
        {
            var merged = ObjectRequest.Merge(stored, body);
            if (stored.EventBasedHold && !merged.EventBasedHold)
                merged = merged with { RetentionStart = now };
            if (!changesRetention)
                return merged;

            var wanted = ObjectRequest.Retention(body["retention"]);
            RetentionRules.CheckRetentionChange(stored, wanted, overridden, state, now);
            return merged with { Retention = wanted };
        });
        return Show(exchange, bucket, changed);
    }

    public Reply Delete(Exchange exchange)
    {
        var bucket = exchange.Bucket(buckets, Permissions.ObjectsDelete);
        bucket.Delete(Name(exchange), exchange.Number("generation"), exchange.Preconditions());
        return Reply.Empty(StatusCodes.Status204NoContent);
    }

    /// <summary>Copying and composing are not imitated, but never would they get past retention.</summary>
    public Reply RefuseDerived(Exchange exchange)
    {
        var bucket = exchange.Bucket(buckets, Permissions.ObjectsCreate);
        bucket.RefuseReplacing(Name(exchange));
        if (exchange.Route is { Call: GcsCall.ObjectMove, Argument: { } source })
            bucket.RefuseReplacing(source);

        throw GcsErrors.NotImplemented(exchange.Route.Call.ToString());
    }

    private (FakeBucket Bucket, StoredObject Stored) Find(Exchange exchange)
    {
        var bucket = exchange.Bucket(buckets, Permissions.ObjectsGet);
        return (bucket, bucket.Get(Name(exchange), exchange.Number("generation")));
    }

    private static string Name(Exchange exchange) => exchange.Route.Name!; // every route that comes here has one

    private static Reply? Unchanged(Exchange exchange, StoredObject stored)
    {
        var preconditions = exchange.Preconditions();
        if (preconditions.IsUnchanged(stored))
            return Reply.Empty(StatusCodes.Status304NotModified);

        preconditions.Check(stored);
        return null;
    }

    private static Reply Show(Exchange exchange, FakeBucket bucket, StoredObject stored) =>
        Masked.Json(exchange, ObjectJson.Render(stored, bucket, exchange.BaseUrl));
}
