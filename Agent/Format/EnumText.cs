namespace Sealtail.Format;

/// <summary>The spelling of the format's enumerations: lower case, words joined by a hyphen. Explicit, so that a rename in code cannot change bytes.</summary>
internal static class EnumText
{
    public static string Text(this ManifestKind value) => value switch
    {
        ManifestKind.EpochStart => "epoch-start",
        ManifestKind.Chunk => "chunk",
        ManifestKind.Gap => "gap",
        ManifestKind.Heartbeat => "heartbeat",
        ManifestKind.Stop => "stop",
        _ => throw new ArgumentOutOfRangeException(nameof(value)),
    };

    public static string Text(this CutReason value) => value switch
    {
        CutReason.Size => "size",
        CutReason.Age => "age",
        CutReason.Ranges => "ranges",
        CutReason.Final => "final",
        CutReason.Shutdown => "shutdown",
        _ => throw new ArgumentOutOfRangeException(nameof(value)),
    };

    public static string Text(this GapCause value) => value switch
    {
        GapCause.RotatedAway => "rotated-away",
        GapCause.Truncated => "truncated",
        GapCause.Replaced => "replaced",
        GapCause.Unreadable => "unreadable",
        GapCause.CompressedDamaged => "compressed-damaged",
        GapCause.ContinuityUnproven => "continuity-unproven",
        GapCause.SourceRolledBack => "source-rolled-back",
        GapCause.SpoolDamaged => "spool-damaged",
        GapCause.StateLost => "state-lost",
        _ => throw new ArgumentOutOfRangeException(nameof(value)),
    };

    public static string Text(this StartCause value) => value switch
    {
        StartCause.FirstStart => "first-start",
        StartCause.Restart => "restart",
        StartCause.StateLost => "state-lost",
        StartCause.StateCorrupt => "state-corrupt",
        _ => throw new ArgumentOutOfRangeException(nameof(value)),
    };

    public static string Text(this SkipReason value) => value switch
    {
        SkipReason.Taken => "taken",
        SkipReason.Unconfirmed => "unconfirmed",
        _ => throw new ArgumentOutOfRangeException(nameof(value)),
    };

    public static string Text(this ReceiptObject value) => value switch
    {
        ReceiptObject.Chunk => "chunk",
        ReceiptObject.Manifest => "manifest",
        _ => throw new ArgumentOutOfRangeException(nameof(value)),
    };

    public static string Text(this PutResult value) => value switch
    {
        PutResult.Created => "created",
        PutResult.Exists => "exists",
        _ => throw new ArgumentOutOfRangeException(nameof(value)),
    };

    public static string Text(this SourceCondition value) => value switch
    {
        SourceCondition.Idle => "idle",
        SourceCondition.Missing => "missing",
        SourceCondition.Unreadable => "unreadable",
        SourceCondition.Blocked => "blocked",
        _ => throw new ArgumentOutOfRangeException(nameof(value)),
    };

    /// <exception cref="FormatException">No value of <typeparamref name="T"/> is spelt so.</exception>
    public static T Parse<T>(string text, Func<T, string> spell) where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
            if (spell(value) == text)
                return value;

        throw new FormatException($"'{text[..Math.Min(text.Length, 64)]}' is none of {string.Join(", ", Enum.GetValues<T>().Select(spell))}.");
    }
}
