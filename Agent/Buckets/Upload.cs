namespace Sealtail.Buckets;

/// <summary>One object to create. <paramref name="Open"/> gives its bytes from the start, anew for each attempt; the caller of it disposes the stream.</summary>
internal sealed record Upload(string Name, string ContentType, long Bytes, uint Crc32C, Func<Stream> Open);

/// <summary>Created: these bytes were stored by this attempt. Otherwise a live object of the name was there before it.</summary>
internal readonly record struct PutOutcome(bool Created, StoreReceipt? Receipt)
{
    public static PutOutcome AlreadyThere { get; } = new(false, null);
}

/// <summary>What the store said when it created an object. Members it did not give are null.</summary>
internal sealed record StoreReceipt(string? Generation, DateTimeOffset? TimeCreated, DateTimeOffset? RetentionExpirationTime);

/// <summary>An object as listing shows it. <paramref name="Crc32C"/> is null where the store keeps none.</summary>
internal sealed record StoredObject(string Name, long Bytes, uint? Crc32C, string? Generation, DateTimeOffset? TimeCreated, DateTimeOffset? RetentionExpirationTime);

/// <summary>One of a folder's own: an object, or a folder, whose name ends with <c>/</c>.</summary>
internal readonly record struct FolderEntry(string Name, StoredObject? Object);

/// <summary>A bucket's own retention. <paramref name="Enforced"/> false: nothing but permissions keeps objects from being changed.</summary>
internal sealed record BucketRetention(bool Known, bool Enforced, bool Locked, TimeSpan? Period, bool Versioning, string Explanation);
