using System.Text;

namespace Sealtail.Configuration;

/// <summary><c>config show</c>: the whole configuration as a file that would load to the same one, each line with its value's origin.</summary>
internal static class EffectiveYaml
{
    private const int CommentColumn = 48;

    public static string Text(SealtailConfiguration configuration)
    {
        var yaml = new StringBuilder();
        string[] open = [];
        foreach (var value in configuration.Values)
        {
            var parts = value.Key.Split('.');
            var sections = parts[..^1];
            var shared = sections.Zip(open).TakeWhile(pair => pair.First == pair.Second).Count();
            var lead = OpenSections(yaml, sections, shared);
            open = sections;
            var line = value.Value is null ? $"# {parts[^1]}:" : $"{parts[^1]}: {(value.IsLiteral ? value.Value : Scalar(value.Value))}";
            var origin = value.Value is null ? Keys.All.First(key => value.Key.EndsWith(key.Path, StringComparison.Ordinal)).Otherwise : value.Origin.Describe(configuration.File);
            yaml.Append((lead + line).PadRight(CommentColumn)).Append(" # ").Append(Quoted.Lines(origin!)).Append('\n'); // what has neither value nor default has words
        }

        return yaml.ToString().TrimEnd('\n');
    }

    // What stands before the key on its line: the indentation, and the dash if the key is the first of an input.
    private static string OpenSections(StringBuilder yaml, string[] sections, int shared)
    {
        for (var depth = shared; depth < sections.Length; depth++)
        {
            var input = sections[depth].EndsWith(']');
            if (!input) yaml.Append(' ', 2 * depth).Append(sections[depth]).Append(":\n");
            else if (sections[depth] == "inputs[0]") yaml.Append("inputs:\n");
        }

        if (sections is not [.., ['i', .., ']']]) return new string(' ', 2 * sections.Length);
        return shared < sections.Length ? "  - " : "    ";
    }

    private static string Scalar(string value)
    {
        var escaped = value.Replace("${", "$${", StringComparison.Ordinal);
        return IsPlain(escaped) ? escaped : $"\"{string.Concat(escaped.EnumerateRunes().Select(Escape))}\"";
    }

    // Far stricter than YAML: what is left cannot be read as anything but itself.
    private static bool IsPlain(string value) =>
        value.Length > 0 && (char.IsAsciiLetterOrDigit(value[0]) || value[0] == '/') && value[^1] != ':' && value.ToUpperInvariant() is not ("TRUE" or "FALSE" or "NULL")
        && !value.Contains(": ", StringComparison.Ordinal) && value.All(c => char.IsAsciiLetterOrDigit(c) || "/._-:+@%".Contains(c));

    private static string Escape(Rune rune) => rune.Value switch
    {
        '"' => "\\\"",
        '\\' => @"\\",
        < 0x20 or (>= 0x7f and < 0xa0) => $"\\x{rune.Value:x2}",
        > 0xffff => $"\\U{rune.Value:x8}",
        > 0x7e => $"\\u{rune.Value:x4}",
        _ => rune.ToString(),
    };
}
