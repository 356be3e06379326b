namespace Sealtail.FakeGcs.Storage;

/// <summary>One page of a listing, and the token for the next if there is more.</summary>
internal sealed record ListPage(IReadOnlyList<StoredObject> Items, IReadOnlyList<string> Prefixes, string? NextPageToken);
