namespace Sealtail.Posture;

/// <summary>How it stands with one thing.</summary>
internal enum PostureState { Ok, Info, Warning, Unknown, Bad }

/// <summary>One thing looked at: how it stands, in a sentence, and what to do about it (null: nothing).</summary>
internal sealed record PostureCheck(string Id, PostureState State, string Message, string? Remedy = null);

/// <summary>A bucket as an auditor finds it.</summary>
internal sealed record PostureReport(string Bucket, DateTimeOffset At, IReadOnlyList<PostureCheck> Checks)
{
    public PostureState Worst => Checks.Select(check => check.State).DefaultIfEmpty(PostureState.Unknown).Max();

    /// <summary>0 as it should be; 1 something is not; 3 something could not be seen; 4 warnings, where they count.</summary>
    public int ExitCode(bool strict) => Worst switch
    {
        PostureState.Bad => 1,
        PostureState.Unknown => 3,
        PostureState.Warning when strict => 4,
        _ => 0,
    };
}

internal static class PostureStateText
{
    public static string Text(this PostureState state) => state switch
    {
        PostureState.Ok => "ok",
        PostureState.Info => "info",
        PostureState.Warning => "warning",
        PostureState.Unknown => "unknown",
        _ => "bad",
    };
}
