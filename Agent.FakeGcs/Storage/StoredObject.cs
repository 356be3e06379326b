using System.Collections.Immutable;

namespace Sealtail.FakeGcs.Storage;

/// <summary>One version of an object. Immutable: a change makes a new record, swapped in under the bucket's lock.</summary>
internal sealed record StoredObject
{
    public static readonly ImmutableSortedDictionary<string, string> NoMetadata =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    public required string Bucket { get; init; }

    public required string Name { get; init; }

    public required Blob Content { get; init; }

    public long Generation { get; init; }

    public long Metageneration { get; init; } = 1;

    public DateTimeOffset TimeCreated { get; init; }

    public DateTimeOffset Updated { get; init; }

    /// <summary>When this version ceased to be the live one, in a bucket with versioning.</summary>
    public DateTimeOffset? TimeDeleted { get; init; }

    /// <summary>What the bucket's period counts from: creation, or the release of an event-based hold.</summary>
    public DateTimeOffset RetentionStart { get; init; }

    public ObjectRetention? Retention { get; init; }

    public bool TemporaryHold { get; init; }

    public bool EventBasedHold { get; init; }

    public string ContentType { get; init; } = "application/octet-stream";

    public string StorageClass { get; init; } = "STANDARD";

    public string? ContentEncoding { get; init; }

    public string? CacheControl { get; init; }

    public string? ContentDisposition { get; init; }

    public string? ContentLanguage { get; init; }

    public string? CustomTime { get; init; }

    public ImmutableSortedDictionary<string, string> Metadata { get; init; } = NoMetadata;

    public byte[] ReadBytes() => Content.ToArray();
}
