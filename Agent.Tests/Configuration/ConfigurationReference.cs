using System.Text;
using Sealtail.Configuration;

namespace Sealtail.Tests.Configuration;

/// <summary>Writes docs/configuration.md and config/sealtail.yaml from the table of keys.</summary>
internal static class ConfigurationReference
{
    private const int Width = 110;

    // Not required and without a fixed default, yet wanted on nearly every node.
    private static readonly Key[] AlsoSet = [Keys.Http, Keys.RetentionMinimum];

    public static string Markdown()
    {
        var page = new StringBuilder("""
            # Configuration

            <!-- Written from the table in Agent/Configuration/Keys.cs by ConfigurationReferenceTests; change it there. -->

            One YAML file says everything; there are no overriding flags. `config/sealtail.yaml` in this repository is a complete file to start from.

            ```text
            sealtail config check --config sealtail.yaml     all errors at once, with file:line:column; exit code 2 if there are any
            sealtail config show --config sealtail.yaml      every effective value and where it came from
            sealtail config schema > sealtail.schema.json    for editors: # yaml-language-server: $schema=sealtail.schema.json
            ```

            - **Sizes** are whole numbers of `B`, `KiB`, `MiB`, `GiB` or `TiB` (powers of 1024); **durations** of `ms`, `s`, `m`, `h` or `d`. A number without its unit is an error.
            - **Variables**: `${NAME}` stands for the environment variable, and is an error where it is unset or empty; `${NAME:-default}` stands for `default` then. They are filled into values, never into keys, and what they contain is not expanded again. `$${` writes `${`.
            - **Relative paths** are taken from the directory of the configuration file, so that a file means the same wherever it is read from. `~` is not expanded.
            - **Unknown keys**, wrong units, duplicate keys and contradictions are errors: a misspelt key never falls back to its default in silence. YAML's anchors, aliases, merge keys and tags are not accepted.
            - A change takes effect when the agent is restarted, which loses nothing.

            """);

        foreach (var group in Keys.All.GroupBy(key => SectionOf(key.Path)))
        {
            var section = group.Key.Replace("[]", "", StringComparison.Ordinal);
            page.Append($"\n## {section}\n\n{Keys.Sections.First(known => known.Path == section).Documentation}\n");
            foreach (var key in group) AppendKey(page, key);
        }

        return page.ToString();
    }

    public static string Sample()
    {
        var file = new StringBuilder("""
            # yaml-language-server: $schema=sealtail.schema.json
            #
            # Every key of Sealtail, with its default where it has one. Keys behind '#' are optional.
            # Check it with: sealtail config check --config sealtail.yaml
            # Sizes need a unit (B, KiB, MiB, GiB, TiB), durations too (ms, s, m, h, d). ${NAME} and ${NAME:-default} are
            # filled in from the environment. Relative paths are taken from this file's directory.

            """);
        string[] open = [];
        foreach (var key in Keys.All)
        {
            var sections = key.Path.Split('.')[..^1];
            for (var depth = sections.Zip(open).TakeWhile(pair => pair.First == pair.Second).Count(); depth < sections.Length; depth++)
            {
                var path = string.Join('.', sections[..(depth + 1)]).Replace("[]", "", StringComparison.Ordinal);
                file.Append('\n');
                AppendComment(file, 2 * depth, Keys.Sections.First(known => known.Path == path).Documentation);
                file.Append(' ', 2 * depth).Append(path[(path.LastIndexOf('.') + 1)..]).Append(":\n");
            }

            var first = key == Keys.InputName;
            open = sections;
            var indent = key.IsPerInput ? 4 : 2 * sections.Length;
            file.Append('\n');
            AppendComment(file, first ? 2 : indent, $"{key.Documentation} ({Summary(key, code: "")})");
            var line = $"{key.Path[(key.Path.LastIndexOf('.') + 1)..]}: {key.Default ?? key.Example}";
            file.Append(first ? "  - " : new string(' ', indent)).Append(key.IsRequired || key.Default is not null || AlsoSet.Contains(key) ? "" : "# ").Append(line).Append('\n');
        }

        return file.ToString();
    }

    private static void AppendKey(StringBuilder page, Key key) => page.Append($"""

        ### {key.Path}

        {Summary(key, code: "`")}

        {key.Documentation}

        Example: `{key.Path[(key.Path.LastIndexOf('.') + 1)..]}: {key.Example}`

        """);

    private static string Summary(Key key, string code) =>
        $"{key.Kind.Name}: {key.Kind.Limits}; " + (key.IsRequired ? "required" : key.Default is { } fixedDefault ? $"default {code}{fixedDefault}{code}" : $"default: {key.Otherwise}");

    private static void AppendComment(StringBuilder file, int indent, string text)
    {
        var line = new StringBuilder();
        foreach (var word in text.Replace("`", "", StringComparison.Ordinal).Split(' '))
        {
            if (line.Length > 0 && indent + 2 + line.Length + 1 + word.Length > Width) Flush();
            line.Append(line.Length > 0 ? " " : "").Append(word);
        }

        Flush();

        void Flush()
        {
            file.Append(' ', indent).Append("# ").Append(line).Append('\n');
            line.Clear();
        }
    }

    private static string SectionOf(string path) => path[..path.LastIndexOf('.')];
}
