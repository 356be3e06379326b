using System.Text.RegularExpressions;

namespace Sealtail.Tests.Format;

/// <summary>docs/format.md, the page that a stranger writes a verifier from.</summary>
internal static partial class FormatDocument
{
    public static string Text { get; } = File.ReadAllText(Path.Combine(Repository.Root, "docs", "format.md")).ReplaceLineEndings("\n");

    /// <summary>What stands in fences of a language, in order.</summary>
    public static IReadOnlyList<string> Blocks(string language) =>
        [.. Fence().Matches(Text).Where(match => match.Groups["language"].Value == language).Select(match => match.Groups["text"].Value)];

    [GeneratedRegex("^```(?<language>[a-z]+)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
