using System.Text.Json.Nodes;

namespace Sealtail.FakeGcs.Storage;

/// <summary>A bucket's own metadata. Immutable: a change makes a new record with the next metageneration.</summary>
internal sealed record BucketState
{
    public long Metageneration { get; init; } = 1;

    public required DateTimeOffset TimeCreated { get; init; }

    public required DateTimeOffset Updated { get; init; }

    public long? RetentionSeconds { get; init; }

    public DateTimeOffset RetentionEffective { get; init; }

    public bool Locked { get; init; }

    public bool Versioning { get; init; }

    public bool ObjectRetention { get; init; }

    public bool DefaultEventBasedHold { get; init; }

    /// <summary>Shown, never enforced: a deleted object is gone. GCS keeps seven days by default.</summary>
    public long SoftDeleteSeconds { get; init; } = 7 * 24 * 3600;

    public required DateTimeOffset SoftDeleteEffective { get; init; }

    /// <summary>Members that are kept and shown but mean nothing here: labels, lifecycle and the like.</summary>
    public JsonObject Other { get; init; } = [];
}
