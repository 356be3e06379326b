using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NUnit.Framework;
using Sealtail.Diagnosing;
using Sealtail.Tests.Diagnosing;

namespace Sealtail.Tests.Deploying;

/// <summary>The audit policy and the snippets for distributions: what the doctor would say of an apiserver that runs with them.</summary>
internal sealed class ApiServerFilesTests : IDisposable
{
    private readonly FakeNode node = new();

    public void Dispose() => node.Dispose();

    private static IEnumerable<TestCaseData> Snippets =>
    [
        new TestCaseData("config/kubeadm/v1beta3.yaml", Arguments(YamlJson.File("config/kubeadm/v1beta3.yaml")!["apiServer"]!["extraArgs"]!)),
        new TestCaseData("config/kubeadm/v1beta4.yaml", YamlJson.File("config/kubeadm/v1beta4.yaml")!["apiServer"]!["extraArgs"]!.AsArray().Select(argument => $"--{argument!["name"]}={argument["value"]}").ToArray()),
        new TestCaseData("config/rke2/config.yaml", Embedded("config/rke2/config.yaml").Append("--audit-policy-file=/policy.yaml").ToArray()),
        new TestCaseData("config/k3s/config.yaml", Embedded("config/k3s/config.yaml")),
        new TestCaseData("config/talos/audit.yaml", Arguments(YamlJson.File("config/talos/audit.yaml")!["cluster"]!["apiServer"]!["extraArgs"]!).Append("--audit-log-path=/var/log/audit/kube/kube-apiserver.log").Append("--audit-policy-file=/policy.yaml").ToArray()),
    ];

    [TestCaseSource(nameof(Snippets))]
    public void The_doctor_finds_nothing_wrong_with_a_snippet(string file, string[] arguments)
    {
        var flags = ApiServerFinder.Flags(arguments);
        var server = new ApiServer { FoundIn = file, Flags = flags };
        node.Write(server.PolicyFile!, File.ReadAllText(Path.Combine(Repository.Root, "config/audit-policy.yaml")));

        var found = ApiServerChecks.Of(node.Node, [server.AuditLogPath!], server).Concat(RotationChecks.Of(node.Node, server.AuditLogPath!, server));

        Assert.That(found.Where(diagnosis => diagnosis.Severity != Severity.Good).Select(diagnosis => diagnosis.Message), Is.Empty);
    }

    [TestCase("config/kubeadm/v1beta3.yaml", "kubeadm.k8s.io/v1beta3")]
    [TestCase("config/kubeadm/v1beta4.yaml", "kubeadm.k8s.io/v1beta4")]
    public void The_kubeadm_snippets_mount_directories_that_hold_what_the_arguments_name(string file, string version)
    {
        var snippet = YamlJson.File(file)!;
        var mounts = snippet["apiServer"]!["extraVolumes"]!.AsArray().Select(volume => (Path: volume!["mountPath"]!.GetValue<string>(), Kind: volume["pathType"]!.GetValue<string>())).ToArray();

        Assert.That(snippet["apiVersion"]!.GetValue<string>(), Is.EqualTo(version));
        Assert.That(mounts.Select(mount => mount.Kind), Is.All.EqualTo("DirectoryOrCreate"));
        Assert.That(mounts.Select(mount => mount.Path), Is.EquivalentTo(new[] { "/etc/kubernetes/audit", "/var/log/kubernetes/audit" }));
    }

    [Test]
    public void Both_kubeadm_snippets_say_the_same() =>
        Assert.That(((string[])Snippets.ElementAt(1).Arguments[1]!).Order(), Is.EqualTo(((string[])Snippets.First().Arguments[1]!).Order())); // cases have two arguments

    [Test]
    public void The_configuration_s_example_and_the_chart_read_what_the_kubeadm_snippets_write()
    {
        var written = YamlJson.File("config/kubeadm/v1beta3.yaml")!["apiServer"]!["extraArgs"]!["audit-log-path"]!.GetValue<string>();

        Assert.That(YamlJson.File("config/sealtail.yaml")!["inputs"]![0]!["path"]!.GetValue<string>(), Is.EqualTo(written));
        Assert.That(Chart.Defaults["config"]!["inputs"]![0]!["path"]!.GetValue<string>(), Is.EqualTo(written));
    }

    [Test]
    public void Talos_gets_the_same_policy() =>
        Assert.That(JsonNode.DeepEquals(YamlJson.File("config/talos/audit.yaml")!["cluster"]!["apiServer"]!["auditPolicy"], YamlJson.File("config/audit-policy.yaml")));

    [TestCase("", "secrets")]
    [TestCase("", "configmaps")]
    [TestCase("", "serviceaccounts/token")]
    [TestCase("authentication.k8s.io", "tokenreviews")]
    public void The_policy_writes_no_bodies_of(string group, string resource) =>
        Assert.That(AuditPolicy.TryParse(File.ReadAllText(Path.Combine(Repository.Root, "config/audit-policy.yaml")))!.BodiesOf(group, resource), Is.Null);

    [Test]
    public void Every_rule_of_the_policy_that_writes_nothing_stands_under_a_named_hole()
    {
        var hole = false;
        foreach (var line in File.ReadLines(Path.Combine(Repository.Root, "config/audit-policy.yaml")))
        {
            if (line.StartsWith("  # ", StringComparison.Ordinal) && line.Contains("Hole ", StringComparison.Ordinal)) hole = true;
            else if (line.Trim().Length == 0) hole = false;
            if (line.Trim() == "- level: None") Assert.That(hole, line);
        }
    }

    [Test]
    public void The_table_of_rotation_is_what_its_formula_says()
    {
        var rows = Regex.Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs/kube-apiserver.md")), @"^\| (?<rate>\d+) (?<unit>k|M)B/s \| (?<cells>.+) \|$", RegexOptions.Multiline).ToArray();

        Assert.That(rows, Has.Length.EqualTo(5));
        foreach (var row in rows)
        {
            var rate = int.Parse(row.Groups["rate"].ValueSpan, CultureInfo.InvariantCulture) * (row.Groups["unit"].Value == "k" ? 1e3 : 1e6);
            var cells = row.Groups["cells"].Value.Split(" | ");
            Assert.That(cells, Has.Length.EqualTo(4));
            foreach (var (backups, cell) in new[] { 10, 20, 50, 100 }.Zip(cells))
                Assert.That(Seconds(cell), Is.EqualTo(backups * 100.0 * (1 << 20) / rate).Within(6).Percent, row.Value);
        }

        static double Seconds(string cell) => cell.Split(' ') is [var number, var unit]
            ? double.Parse(number, CultureInfo.InvariantCulture) * unit switch { "min" => 60, "h" => 3600, "d" => 86400, _ => throw new FormatException(cell) }
            : throw new FormatException(cell);
    }

    private static string[] Arguments(JsonNode map) => [.. map.AsObject().Select(argument => $"--{argument.Key}={argument.Value}")];

    private static string[] Embedded(string file) => [.. YamlJson.File(file)!["kube-apiserver-arg"]!.AsArray().Select(argument => $"--{argument}")];
}
