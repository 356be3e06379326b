using System.Globalization;

namespace Sealtail.Posture;

/// <summary>Where drills leave their objects, and nothing else is touched.</summary>
internal static class DrillName
{
    public const string Root = "v1/drill/";

    public static string Of(DateTimeOffset time, Guid id) => string.Create(CultureInfo.InvariantCulture, $"{Root}{time.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}-{id:N}.json");

    /// <summary>What the object says of itself, to whoever finds it.</summary>
    public static string Marking(DateTimeOffset time, string what) =>
        $"{{\"sealtail\":\"drill\",\"time\":\"{Format.Timestamp.Print(time)}\",\"note\":\"{what}\"}}\n";
}
