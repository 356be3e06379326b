namespace Sealtail.Observability;

/// <summary>All that the agent says of itself at one moment: <c>/status</c> prints it, <c>/readyz</c> and <c>/metrics</c> are made from it. Counts begin with the run.</summary>
internal sealed record AgentStatus
{
    public required string Version { get; init; }

    public required DateTimeOffset Started { get; init; }

    /// <summary>When this was said.</summary>
    public required DateTimeOffset At { get; init; }

    public required DestinationStatus Destination { get; init; }

    public bool Ready => Reasons.Count == 0;

    /// <summary>Why it is not ready; empty if it is.</summary>
    public required IReadOnlyList<UnreadyReason> Reasons { get; init; }

    public required IReadOnlyList<LoopStatus> Loops { get; init; }

    public required IReadOnlyList<StreamStatus> Streams { get; init; }
}

internal sealed record DestinationStatus
{
    public required string Bucket { get; init; }

    public required RetentionReading Retention { get; init; }

    /// <summary>Null where no identity is needed.</summary>
    public required CredentialReading? Credential { get; init; }
}

/// <param name="State">One of <see cref="States"/>.</param>
/// <param name="Explanation">Why, as a sentence.</param>
/// <param name="Locked">What the bucket said; null if it may not be asked, or was not yet.</param>
/// <param name="LookedAt">When it was asked last.</param>
/// <param name="ViolatingUploads">Objects of this run that the store keeps for too short a time.</param>
/// <param name="Warning">What weakens the retention without violating it; null if nothing does.</param>
internal sealed record RetentionReading(string State, string Explanation, bool? Locked, DateTimeOffset? LookedAt, long ViolatingUploads, string? Warning)
{
    public const string Ok = "ok";
    public const string Violated = "violated";
    public const string Unverified = "unverified";
    public const string NotRequired = "not-required";

    public static IReadOnlyList<string> States { get; } = [Ok, Violated, Unverified, NotRequired];
}

/// <param name="Kind">What kind of credential it is, and from where.</param>
/// <param name="Expires">When the token in hand ends; null while there is none.</param>
/// <param name="Problem">Why there is no good token, or will be none soon; null if all is well.</param>
/// <param name="Fails">Whether requests fail for it now.</param>
internal sealed record CredentialReading(string Kind, DateTimeOffset? Expires, string? Problem, bool Fails);

internal sealed record LoopStatus(string Loop, double SecondsSinceTick);

internal sealed record StreamStatus
{
    public required string Stream { get; init; }

    public required string KeyId { get; init; }

    public required SourceReading Source { get; init; }

    /// <summary>What was sealed into the spool.</summary>
    public required SealedCounts Sealed { get; init; }

    public required SpoolReading Spool { get; init; }

    public required UploadReading Uploads { get; init; }

    public required ChainReading Chain { get; init; }

    /// <summary>Gaps declared by cause; every cause stands here.</summary>
    public required IReadOnlyDictionary<string, long> Gaps { get; init; }
}

/// <param name="Path">The live log as configured.</param>
/// <param name="State">idle, missing, unreadable or blocked.</param>
/// <param name="Size">Of the live log, in bytes.</param>
/// <param name="PendingBytes">Of a last line without its end.</param>
/// <param name="LagBytes">On disk and not read yet.</param>
/// <param name="HeldBytes">Of deleted files that only the agent's descriptors keep.</param>
/// <param name="Rotations">Files read to their end.</param>
/// <param name="LateWrites">Finished files that grew.</param>
/// <param name="Position">Up to where bytes are safe in the spool or beyond; null before the first.</param>
internal sealed record SourceReading(
    string Path, string State, long Size, long PendingBytes, long LagBytes, long HeldBytes, long Rotations, long LateWrites, PositionReading? Position);

/// <param name="File">The file's number in the lineage.</param>
/// <param name="Path">Its name when it was read.</param>
/// <param name="Offset">Of the next byte, uncompressed.</param>
internal sealed record PositionReading(long File, string Path, long Offset);

internal sealed record SealedCounts(long Chunks, long Records, long Bytes);

/// <param name="Entries">Sealed and not confirmed.</param>
/// <param name="Bytes">Theirs, compressed.</param>
/// <param name="MaxBytes">The quota.</param>
/// <param name="Oldest">When the oldest was sealed; null without entries.</param>
/// <param name="FullReason">Why reading waits for room; null if it does not.</param>
internal sealed record SpoolReading(int Entries, long Bytes, long MaxBytes, DateTimeOffset? Oldest, string? FullReason, string? WriteTrouble);

/// <param name="Chunks">Confirmed by the store with their manifests.</param>
/// <param name="Records">Theirs.</param>
/// <param name="ObjectBytes">Theirs, compressed.</param>
/// <param name="FailingSince">The first failure since the last success; null if the last attempt succeeded.</param>
/// <param name="Failure">The newest failure, as a sentence.</param>
/// <param name="Parked">Whether it waits for an administrator.</param>
internal sealed record UploadReading(long Chunks, long Records, long ObjectBytes, DateTimeOffset? FailingSince, string? Failure, bool Parked);

/// <param name="Lineage">The state directory's life.</param>
/// <param name="Epoch">Claimed by this run; null before.</param>
/// <param name="Manifests">Confirmed by kind; every kind stands here.</param>
/// <param name="LastConfirmed">The newest manifest that the store confirmed, of this run or one before; null if none.</param>
internal sealed record ChainReading(string Lineage, long? Epoch, IReadOnlyDictionary<string, long> Manifests, ConfirmedReading? LastConfirmed);

/// <param name="Epoch">Its epoch.</param>
/// <param name="Sequence">Its number there.</param>
/// <param name="PayloadSha256">What identifies it.</param>
/// <param name="At">By the node's clock.</param>
internal sealed record ConfirmedReading(long Epoch, long Sequence, string PayloadSha256, DateTimeOffset At);
