using System.Text;
using System.Text.RegularExpressions;

namespace Sealtail.Tests.Deploying;

/// <summary>charts/sealtail/README.md: written from the comments of values.yaml and the presets.</summary>
internal static partial class ChartReadme
{
    public static string Text()
    {
        var text = new StringBuilder("""
            # The chart sealtail

            <!-- Written from values.yaml and presets/ by Agent.Tests: see CONTRIBUTING.md. -->

            Runs the agent on every control-plane node, and nowhere else. How to install, upgrade and uninstall: [docs/install-kubernetes.md](../../docs/install-kubernetes.md).

            ```sh
            helm install sealtail charts/sealtail --namespace sealtail --create-namespace \
              --values charts/sealtail/presets/kubeadm.yaml \
              --set config.service.cluster=prod-eu1 --set config.output.bucket=gs://acme-audit/k8s \
              --set image.repository=REGISTRY/sealtail
            ```

            ## Presets


            """);
        foreach (var preset in Chart.Presets) text.Append($"### {preset}\n\n{Head(File.ReadAllText(Path.Combine(Chart.FullPath, "presets", preset + ".yaml")))}\n\n");
        text.Append("## Values\n\nA strict schema checks them: what is unknown is an error.\n\n| value | default | meaning |\n|---|---|---|\n");
        foreach (var (name, value, meaning) in Rows()) text.Append($"| `{name}` | {value} | {meaning} |\n");
        return text.ToString();
    }

    /// <summary>Each value that has a comment beginning with <c># --</c>.</summary>
    public static IEnumerable<(string Name, string Default, string Meaning)> Rows()
    {
        var path = new List<(int Indent, string Key)>();
        var comment = new StringBuilder();
        var lines = File.ReadAllLines(Path.Combine(Chart.FullPath, "values.yaml"));
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].TrimStart();
            if (line.StartsWith("# -- ", StringComparison.Ordinal)) comment.Clear().Append(line[5..]);
            else if (line.StartsWith("# ", StringComparison.Ordinal) && comment.Length > 0) comment.Append(' ').Append(line[2..]);
            else if (Member().Match(lines[i]) is { Success: true } match)
            {
                var indent = match.Groups[1].Length;
                path.RemoveAll(part => part.Indent >= indent);
                path.Add((indent, match.Groups[2].Value));
                if (comment.Length > 0) yield return (string.Join('.', path.Select(part => part.Key)), Default(match.Groups[3].Value, lines, i, indent), comment.ToString());
                comment.Clear();
            }
        }
    }

    private static string Default(string value, string[] lines, int at, int indent)
    {
        if (value is "null") return "required";
        if (value.Length > 0) return $"`{value}`";
        var inner = lines.Skip(at + 1).TakeWhile(line => line.Length == 0 || line.Length - line.TrimStart().Length > indent).Select(line => line.Trim()).Where(line => line.Length > 0 && !line.StartsWith('#')).ToArray();
        return inner.Length <= 2 ? $"`{string.Join(" ", inner)}`" : "see values.yaml";
    }

    private static string Head(string preset) => string.Join(' ', preset.Split('\n').TakeWhile(line => line.StartsWith('#')).Select(line => line.TrimStart('#', ' ')));

    [GeneratedRegex(@"^( *)([A-Za-z]\w*):(?: (.+))?$")]
    private static partial Regex Member();
}
