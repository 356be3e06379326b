using System.Text.Json;
using System.Text.Json.Nodes;
using NJsonSchema;
using NUnit.Framework;
using Sealtail.Tests.Configuration;

namespace Sealtail.Tests.Deploying;

/// <summary>The chart's values, its presets and its schema, without Helm.</summary>
internal sealed class ChartValuesTests
{
    private static readonly string SchemaFile = Path.Combine(Chart.FullPath, "values.schema.json");

    [Test]
    public async Task The_defaults_meet_the_schema() => Assert.That(await ErrorsOfAsync(Chart.Defaults), Is.Empty);

    [TestCaseSource(typeof(Chart), nameof(Chart.PresetCases))]
    public async Task A_preset_meets_the_schema(string preset) => Assert.That(await ErrorsOfAsync(Chart.ValuesOf(preset)), Is.Empty);

    [TestCaseSource(typeof(Chart), nameof(Chart.PresetCases))]
    public void A_preset_s_configuration_is_one_that_the_agent_takes(string preset)
    {
        // JSON is YAML.
        var configuration = Yaml.Load(Chart.ValuesOf(preset)["config"]!.ToJsonString(), ("NODE_NAME", "cp-1"), ("POD_IP", "10.1.2.3"));

        Assert.That(configuration.Http!.ToString(), Is.EqualTo("10.1.2.3:2020"));
        Assert.That(configuration.Inputs.Select(input => input.Stream.Node).Distinct(), Is.EqualTo(new[] { "cp-1" }));
        Assert.That(configuration.Inputs.Select(input => input.Tail.Path), Has.All.StartsWith("/var/"));
    }

    [TestCase("kubeadm", "/var/log/kubernetes/audit/audit.log")]
    [TestCase("rke2", "/var/lib/rancher/rke2/server/logs/audit.log")]
    [TestCase("k3s", "/var/lib/rancher/k3s/server/logs/audit.log")]
    [TestCase("rke1", "/var/log/kube-audit/audit-log.json")]
    [TestCase("talos", "/var/log/audit/kube/kube-apiserver.log")]
    [TestCase("openshift", "/var/log/kube-apiserver/audit.log")]
    [TestCase("kops", "/var/log/kube-audit/audit.log")]
    [TestCase("kubespray", "/var/log/kubernetes/audit/kube-apiserver-audit.log")]
    public void A_preset_reads_where_its_distribution_writes(string preset, string path) =>
        Assert.That(Chart.ValuesOf(preset)["config"]!["inputs"]!.AsArray().Select(input => input!["path"]!.GetValue<string>()), Does.Contain(path));

    [Test]
    public void There_is_a_preset_for_each_distribution() =>
        Assert.That(Chart.Presets, Is.EquivalentTo(new[] { "kubeadm", "rke2", "k3s", "rke1", "talos", "openshift", "kops", "kubespray" }));

    [TestCase("{ surprise: 1 }")]
    [TestCase("{ config: { service: { clustre: x } } }")]
    [TestCase("{ image: { tags: x } }")]
    [TestCase("{ monitoring: { podMonitors: true } }")]
    [TestCase("{ networkPolicy: { egress: { cidr: [] } } }")]
    [TestCase("{ image: { digest: sha256:short } }")]
    [TestCase("{ terminationGracePeriodSeconds: 10 }")]
    [TestCase("{ config: { chunk: { max_size: 16 } } }")]
    public async Task What_is_unknown_or_wrong_is_refused(string values) =>
        Assert.That(await ErrorsOfAsync(YamlJson.Merge(Chart.Defaults, YamlJson.Parse(values)!.AsObject())), Is.Not.Empty);

    [Test]
    public void No_object_of_the_schema_takes_members_it_does_not_name()
    {
        var open = Objects(JsonNode.Parse(File.ReadAllText(SchemaFile))!, "").Where(schema => schema.Schema["properties"] is not null && schema.Schema["additionalProperties"]?.ToJsonString() != "false");

        Assert.That(open.Select(schema => schema.Path), Is.Empty);
    }

    [Test]
    public void The_schema_of_config_is_the_agent_s_own_but_for_what_lint_cannot_know()
    {
        var schema = JsonNode.Parse(File.ReadAllText(SchemaFile))!;
        var expected = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "config/sealtail.schema.json")))!.AsObject();
        expected.Remove("$schema");
        expected.Remove("$id");
        foreach (var (section, key) in new[] { ("service", "cluster"), ("output", "bucket") })
        {
            // The chart's defaults have none, and its templates ask for them.
            expected["properties"]![section]!.AsObject().Remove("required");
            expected["properties"]![section]!["properties"]![key]!["anyOf"]!.AsArray().Add(new JsonObject { ["type"] = "null" });
        }

        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1" && !JsonNode.DeepEquals(schema["definitions"]!["config"], expected))
        {
            schema["definitions"]!["config"] = expected.DeepClone();
            File.WriteAllText(SchemaFile, schema.ToJsonString(new JsonSerializerOptions { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n");
        }

        Assert.That(JsonNode.DeepEquals(schema["definitions"]!["config"], expected), "Run: UPDATE_DOCS=1 dotnet test Agent.Tests --filter FullyQualifiedName~ChartValuesTests");
    }

    [Test]
    public void The_readme_explains_every_value()
    {
        var path = Path.Combine(Chart.FullPath, "README.md");
        var expected = ChartReadme.Text();
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1") File.WriteAllText(path, expected);

        Assert.That(File.ReadAllText(path), Is.EqualTo(expected), "Run: UPDATE_DOCS=1 dotnet test Agent.Tests --filter FullyQualifiedName~ChartValuesTests");
        Assert.That(ChartReadme.Rows().Select(row => row.Name), Is.SupersetOf(Sections(Chart.Defaults)));
    }

    // Every section's members, but for lists of labels and resources, which are explained as one.
    private static IEnumerable<string> Sections(JsonObject values) => values.SelectMany(value =>
        value.Value is JsonObject section && value.Key is not ("config" or "networkPolicy" or "probes" or "resources") ? section.Select(member => $"{value.Key}.{member.Key}").DefaultIfEmpty(value.Key) : [value.Key])
        .Where(name => name is not ("networkPolicy" or "probes"));

    private static IEnumerable<(string Path, JsonObject Schema)> Objects(JsonNode? node, string path) => node switch
    {
        JsonObject schema => schema.SelectMany(member => Objects(member.Value, $"{path}/{member.Key}")).Concat(schema["type"]?.ToJsonString() == "\"object\"" ? [(path, schema)] : []),
        JsonArray list => list.SelectMany((item, index) => Objects(item, $"{path}/{index}")),
        _ => [],
    };

    private static async Task<string[]> ErrorsOfAsync(JsonObject values)
    {
        var schema = await JsonSchema.FromJsonAsync(await File.ReadAllTextAsync(SchemaFile));
        return [.. schema.Validate(values.ToJsonString()).Select(error => error.ToString())];
    }
}
