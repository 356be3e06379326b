using System.Text;

namespace Sealtail.Configuration;

/// <summary>
/// Fills <c>${VAR}</c> and <c>${VAR:-default}</c> (taken where the variable is unset or empty) into a value. It happens after
/// YAML was read and once only, so that no variable's content can add keys or refer to another. <c>$${</c> writes <c>${</c>.
/// </summary>
internal static class Interpolation
{
    /// <exception cref="FormatException">A variable is not set, or <c>${</c> is not followed by a name and <c>}</c>.</exception>
    public static string Fill(string text, Func<string, string?> variable, List<string> used)
    {
        var filled = new StringBuilder();
        for (var rest = text.AsSpan(); ;)
        {
            var start = rest.IndexOf("${");
            if (start < 0) return filled.Append(rest).ToString();
            if (start > 0 && rest[start - 1] == '$')
            {
                filled.Append(rest[..(start - 1)]).Append("${");
                rest = rest[(start + 2)..];
                continue;
            }

            filled.Append(rest[..start]);
            rest = rest[(start + 2)..];
            var end = rest.IndexOf('}');
            if (end < 0) throw new FormatException($"has '${{' without '}}'; to write these characters themselves, write $${{ (was {Quoted.Text(text)})");
            filled.Append(ValueOf(rest[..end].ToString(), variable, used));
            rest = rest[(end + 1)..];
        }
    }

    private static string ValueOf(string reference, Func<string, string?> variable, List<string> used)
    {
        var (name, fallback) = reference.Split(":-", 2) is [var before, var after] ? (before, after) : (reference, null);
        if (!IsName(name)) throw new FormatException($"has {Quoted.Text("${" + reference + "}")}, which is neither ${{NAME}} nor ${{NAME:-default}}");
        if (fallback?.Contains("${", StringComparison.Ordinal) == true) throw new FormatException($"has a variable within the default of ${{{name}}}, which is not supported");
        if (!used.Contains(name)) used.Add(name);
        return variable(name) switch
        {
            { Length: > 0 } value => value,
            null when fallback is null => throw new FormatException($"the environment variable {name} is not set; set it or write ${{{name}:-default}}"),
            _ when fallback is null => throw new FormatException($"the environment variable {name} is empty; set it or write ${{{name}:-default}}"),
            _ => fallback,
        };
    }

    private static bool IsName(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
