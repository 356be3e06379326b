namespace Sealtail.FakeGcs.Storage;

/// <summary>Every version of every object of a bucket, in listing order. Guarded by the bucket's lock.</summary>
internal sealed class ObjectIndex
{
    private readonly SortedSet<VersionKey> order = [];
    private readonly Dictionary<VersionKey, StoredObject> versions = [];
    private readonly Dictionary<string, long> live = [];

    public bool IsEmpty => versions.Count == 0;

    public IEnumerable<StoredObject> All => order.Select(key => versions[key]);

    public StoredObject? Live(string name) => live.TryGetValue(name, out var generation) ? versions[new(name, generation)] : null;

    public StoredObject? Find(string name, long? generation) =>
        generation is { } wanted ? versions.GetValueOrDefault(new(name, wanted)) : Live(name);

    public void AddLive(StoredObject stored)
    {
        live[stored.Name] = stored.Generation;
        Replace(stored);
    }

    public void Replace(StoredObject stored)
    {
        var key = new VersionKey(stored.Name, stored.Generation);
        order.Add(key);
        versions[key] = stored;
    }

    public void MakeNoncurrent(StoredObject stored, DateTimeOffset now)
    {
        live.Remove(stored.Name);
        Replace(stored with { TimeDeleted = now });
    }

    public void Remove(StoredObject stored)
    {
        var key = new VersionKey(stored.Name, stored.Generation);
        order.Remove(key);
        versions.Remove(key);
        if (live.GetValueOrDefault(stored.Name) == stored.Generation)
            live.Remove(stored.Name);
    }

    public ListPage List(ListQuery query)
    {
        var items = new List<StoredObject>();
        var prefixes = new List<string>();
        VersionKey? last = query.After;
        foreach (var key in From(query))
        {
            if (!key.Name.StartsWith(query.Prefix, StringComparison.Ordinal) || IsPast(query.EndOffset, key.Name))
                break;
            if (!query.Versions && live.GetValueOrDefault(key.Name) != key.Generation)
                continue;

            var prefix = CommonPrefix(query, key.Name);
            if (prefix is not null && prefixes.Count > 0 && prefixes[^1] == prefix)
            {
                last = key;
                continue;
            }

            // A prefix spreads over many keys: it was given out on the page before if that page ended inside it.
            if (prefix is not null && query.After is { } after && after.Name.StartsWith(prefix, StringComparison.Ordinal) && CommonPrefix(query, after.Name) == prefix)
                continue;
            if (items.Count + prefixes.Count == query.MaxResults)
                return new ListPage(items, prefixes, ListQuery.Token(last!.Value)); // MaxResults is at least 1, so something was given out

            if (prefix is not null)
                prefixes.Add(prefix);
            if (prefix is null || (query.IncludeTrailingDelimiter && prefix == key.Name))
                items.Add(versions[key]);
            last = key;
        }

        return new ListPage(items, prefixes, null);
    }

    private SortedSet<VersionKey> From(ListQuery query)
    {
        if (order.Count == 0)
            return [];

        var start = new VersionKey(query.Prefix, long.MinValue);
        if (query.StartOffset is { } offset && new VersionKey(offset, long.MinValue) is var byOffset && byOffset.CompareTo(start) > 0)
            start = byOffset;
        if (query.After is { } after && after with { Generation = after.Generation + 1 } is var next && next.CompareTo(start) > 0)
            start = next;

        return start.CompareTo(order.Max) > 0 ? [] : order.GetViewBetween(start, order.Max);
    }

    private static bool IsPast(string? end, string name) => end is not null && Utf8Order.Comparer.Compare(name, end) >= 0;

    private static string? CommonPrefix(ListQuery query, string name)
    {
        if (string.IsNullOrEmpty(query.Delimiter))
            return null;

        var at = name.IndexOf(query.Delimiter, query.Prefix.Length, StringComparison.Ordinal);
        return at < 0 ? null : name[..(at + query.Delimiter.Length)];
    }
}
