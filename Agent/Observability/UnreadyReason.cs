namespace Sealtail.Observability;

/// <summary>Why the agent does not do all of its work just now. The names are for alarms and stay as they are; docs/operations.md explains each.</summary>
internal enum UnreadyCause
{
    /// <summary>Uploads have failed for a while; time may mend it.</summary>
    Outage,

    /// <summary>Uploads fail, and an administrator must act.</summary>
    Parked,

    /// <summary>Reading waits for room.</summary>
    SpoolFull,

    /// <summary>The state directory's disk refuses writes for another reason than want of room.</summary>
    StateUnwritable,

    SourceMissing,

    SourceUnreadable,

    /// <summary>What is uploaded can be taken back.</summary>
    RetentionViolated,

    /// <summary>There is no token to upload with.</summary>
    Credential,

    /// <summary>A loop is stuck: <see cref="Health"/>.</summary>
    LoopStuck,
}

/// <param name="Cause">As <see cref="UnreadyCauseText"/> spells it.</param>
/// <param name="Stream">Whose it is; null: the whole agent's.</param>
/// <param name="Message">A sentence or more for an operator.</param>
internal sealed record UnreadyReason(string Cause, string? Stream, string Message)
{
    public static UnreadyReason Of(UnreadyCause cause, string? stream, string message) => new(cause.Text(), stream, message);

    /// <summary>One line.</summary>
    public override string ToString() => $"{Cause}{(Stream is null ? "" : $" {Stream}")}: {Message.ReplaceLineEndings(" ")}";
}

internal static class UnreadyCauseText
{
    public static string Text(this UnreadyCause cause) => cause switch
    {
        UnreadyCause.Outage => "outage",
        UnreadyCause.Parked => "parked",
        UnreadyCause.SpoolFull => "spool-full",
        UnreadyCause.StateUnwritable => "state-unwritable",
        UnreadyCause.SourceMissing => "source-missing",
        UnreadyCause.SourceUnreadable => "source-unreadable",
        UnreadyCause.RetentionViolated => "retention-violated",
        UnreadyCause.Credential => "credential",
        UnreadyCause.LoopStuck => "loop-stuck",
        _ => throw new ArgumentOutOfRangeException(nameof(cause)),
    };
}
