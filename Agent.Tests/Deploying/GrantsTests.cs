using System.Text.RegularExpressions;
using NUnit.Framework;
using Sealtail.Format;
using Sealtail.Posture;

namespace Sealtail.Tests.Deploying;

/// <summary>The conditions under which agents may create objects let them create what they create, of their own node and no other.</summary>
internal sealed class GrantsTests
{
    private static readonly StreamName Own = StreamName.Create("c", "n", "audit");
    private static readonly StreamName OtherNode = StreamName.Create("c", "n2", "audit");
    private static readonly StreamName OtherCluster = StreamName.Create("c2", "n", "audit");

    [TestCase("deploy/terraform/main.tf", "node_conditions = {", "cluster_condition", TestName = "Terraform_s_condition_of_a_node")]
    [TestCase("docs/bucket.md", "cat > condition.yaml", "done", TestName = "The_runbook_s_condition_of_a_node")]
    public void A_node_may_create_its_own(string file, string begin, string end)
    {
        var granted = Granted(file, begin, end);

        Assert.That(NamesOf(Own), Is.All.Matches<string>(name => granted.Any(prefix => name!.StartsWith(prefix, StringComparison.Ordinal))), string.Join(' ', granted));
        foreach (var other in new[] { OtherNode, OtherCluster })
            Assert.That(NamesOf(other).SkipLast(1), Is.All.Matches<string>(name => !granted.Any(prefix => name!.StartsWith(prefix, StringComparison.Ordinal))), string.Join(' ', granted));
    }

    [TestCase("deploy/terraform/main.tf", "cluster_condition = join", "resource \"", TestName = "Terraform_s_condition_of_a_cluster")]
    [TestCase("docs/bucket.md", "Before Kubernetes 1.32", "instead", TestName = "The_runbook_s_condition_of_a_cluster")]
    public void A_cluster_s_nodes_may_create_theirs(string file, string begin, string end)
    {
        var granted = Granted(file, begin, end);

        Assert.That(NamesOf(Own).Concat(NamesOf(OtherNode)), Is.All.Matches<string>(name => granted.Any(prefix => name!.StartsWith(prefix, StringComparison.Ordinal))), string.Join(' ', granted));
        Assert.That(NamesOf(OtherCluster).SkipLast(1), Is.All.Matches<string>(name => !granted.Any(prefix => name!.StartsWith(prefix, StringComparison.Ordinal))), string.Join(' ', granted));
    }

    // All that an agent creates; last, what a drill creates as the agent.
    private static string[] NamesOf(StreamName stream) => [ChunkName.Prefix(stream), ManifestName.Prefix(stream), CheckpointName.Prefix(stream), DrillName.Root];

    private static string[] Granted(string file, string begin, string end)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, file));
        var start = text.IndexOf(begin, StringComparison.Ordinal);
        text = text[start..text.IndexOf(end, start + begin.Length, StringComparison.Ordinal)];
        text = text.Replace("${local.objects}${local.base}", "", StringComparison.Ordinal).Replace("$O/", "v1/", StringComparison.Ordinal);
        foreach (var (variable, value) in new[] { ("${var.cluster}", "c"), ("$CLUSTER", "c"), ("${node}", "n"), ("$NODE", "n") }) text = text.Replace(variable, value, StringComparison.Ordinal);
        return [.. Regex.Matches(text, "(?:startsWith\\(\\\\?\"|`)(?<prefix>v1/[^\"`\\\\]+)").Select(match => match.Groups["prefix"].Value)];
    }
}
