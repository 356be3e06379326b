using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NUnit.Framework;

namespace Sealtail.Tests.Deploying;

/// <summary>What can be said of the chart's templates without Helm; <see cref="ChartTests"/> has the rest.</summary>
internal sealed class ChartTemplateTests
{
    private static readonly IReadOnlyDictionary<string, string> Templates = Directory
        .EnumerateFiles(Path.Combine(Chart.FullPath, "templates"), "*", SearchOption.AllDirectories)
        .ToDictionary(path => Path.GetRelativePath(Chart.FullPath, path), File.ReadAllText);

    [Test]
    public void Templates_read_only_values_that_exist()
    {
        var values = Chart.Defaults;
        var read = Templates.Values.SelectMany(text => Regex.Matches(text, @"\.Values((?:\.\w+)+)")).Select(match => match.Groups[1].Value[1..]).Distinct().ToArray();

        Assert.That(read, Has.Length.GreaterThan(30));
        Assert.That(read.Where(path => !Exists(values, path.Split('.'))), Is.Empty);
    }

    [Test]
    public void Every_value_is_read()
    {
        var text = string.Concat(Templates.Values);
        var unread = Chart.Defaults.Select(value => value.Key).Where(key => !Regex.IsMatch(text, $@"\.Values\.{key}\b"));

        Assert.That(unread, Is.Empty);
    }

    [Test]
    public void Every_include_is_defined_and_every_definition_is_included()
    {
        var text = string.Concat(Templates.Values);
        var included = Regex.Matches(text, "include \"([^\"]+)\"").Select(match => match.Groups[1].Value).Distinct();
        var defined = Regex.Matches(text, "define \"([^\"]+)\"").Select(match => match.Groups[1].Value).ToArray();

        Assert.That(defined, Is.Unique);
        Assert.That(included, Is.EquivalentTo(defined));
    }

    [Test]
    public void Blocks_are_closed()
    {
        foreach (var (name, text) in Templates)
        {
            var plain = Regex.Replace(text, @"\{\{/\*.*?\*/\}\}", "", RegexOptions.Singleline);
            var opened = Regex.Count(plain, @"\{\{-? *(?:if|range|with|define)\b");
            Assert.That(Regex.Count(plain, @"\{\{-? *end\b"), Is.EqualTo(opened), name);
        }
    }

    [Test]
    public void The_agent_s_arguments_parse()
    {
        var arguments = Templates.Values.SelectMany(text => Regex.Matches(text, @"args: \[([^\]]+)\]")).Select(match => match.Groups[1].Value.Split(", ")).ToArray();

        Assert.That(arguments, Has.Length.EqualTo(3));
        foreach (var words in arguments) Assert.That(Sealtail.Commands.SealtailCommand.Create().Parse(words).Errors, Is.Empty, string.Join(' ', words));
    }

    [Test]
    public void The_oldest_Kubernetes_that_the_chart_takes_is_the_one_that_the_guide_names()
    {
        var oldest = Regex.Match(YamlJson.File($"{Chart.Folder}/Chart.yaml")!["kubeVersion"]!.GetValue<string>(), @"^>=(1\.\d+)\.0-0 \|\| <0\.0\.1-0$").Groups[1].Value;

        Assert.That(oldest, Is.Not.Empty);
        Assert.That(File.ReadAllText(Path.Combine(Repository.Root, "docs/install-kubernetes.md")), Does.Contain($"Kubernetes {oldest} or later"));
    }

    private static bool Exists(JsonNode? node, string[] path) =>
        path.Length == 0 || (node is JsonObject section && section.ContainsKey(path[0]) && Exists(section[path[0]], path[1..]));
}
