using System.Globalization;

namespace Sealtail.FakeGcs.Protocol;

/// <summary>The two ways GCS prints a time.</summary>
internal static class GcsTime
{
    private static readonly TimeSpan California = TimeSpan.FromHours(-7);

    public static string InJson(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Sentences inside error messages carry microseconds and the offset of Google's headquarters.</summary>
    public static string InMessage(DateTimeOffset time) =>
        time.ToOffset(California).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture);

    public static DateTimeOffset Parse(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw GcsErrors.Invalid($"Invalid time: {text}");
}
