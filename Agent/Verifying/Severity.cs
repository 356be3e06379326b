namespace Sealtail.Verifying;

/// <summary>What a finding does to the verdict, mildest first: nothing, nothing without <c>--strict</c>, nothing is proven, the opposite is proven.</summary>
internal enum Severity { Info, Warning, Inconclusive, Error }

internal static class SeverityText
{
    public static string Text(this Severity severity) => severity switch
    {
        Severity.Info => "info",
        Severity.Warning => "warning",
        Severity.Inconclusive => "inconclusive",
        Severity.Error => "error",
        _ => throw new ArgumentOutOfRangeException(nameof(severity)),
    };
}
