namespace Sealtail.Verifying;

/// <summary>Lengths of time from documents, and as people read them.</summary>
internal static class Duration
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(365_000); // more than any clock here can hold, and still addable

    public static TimeSpan OfSeconds(long seconds) => seconds < (long)Longest.TotalSeconds ? TimeSpan.FromSeconds(seconds) : Longest;

    public static string Print(TimeSpan time) => time switch
    {
        { TotalMinutes: < 2 } => $"{time.TotalSeconds:0.###} s",
        { TotalHours: < 2 } => $"{time.TotalMinutes:0.#} min",
        { TotalDays: < 2 } => $"{time.TotalHours:0.#} h",
        _ => $"{time.TotalDays:0.#} days",
    };
}
