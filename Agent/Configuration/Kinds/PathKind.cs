using System.Text.Json;

namespace Sealtail.Configuration.Kinds;

/// <summary>A path; a relative one is taken from the configuration file's directory, so that a file means the same wherever it is read from.</summary>
internal sealed class PathKind : ValueKind<string>
{
    public override string Name => "path";

    public override string Limits => "absolute, or relative to this file's directory";

    public override void WriteSchema(Utf8JsonWriter json)
    {
        json.WriteString("type", "string");
        json.WriteNumber("minLength", 1);
    }

    /// <summary>The absolute path without <c>.</c>, <c>..</c> or a slash at the end.</summary>
    public static string Resolve(string text, string baseDirectory)
    {
        if (text.Length == 0) throw new FormatException("must be a path (was empty)");
        if (text.Contains('\0', StringComparison.Ordinal)) throw new FormatException("must be a path: a NUL character is in it");
        if (text is "~" || text.StartsWith("~/", StringComparison.Ordinal)) throw new FormatException($"must be a path without '~', which only a shell expands: write it out or use ${{HOME}} (was {Quoted.Text(text)})");
        if (text.StartsWith("file:", StringComparison.Ordinal)) throw new FormatException($"must be a path, not a URL (was {Quoted.Text(text)})");
        return Path.TrimEndingDirectorySeparator(Path.GetFullPath(text, baseDirectory));
    }

    protected override string Parse(string text, string baseDirectory) => Resolve(text, baseDirectory);

    protected override string Print(string value) => value;
}
