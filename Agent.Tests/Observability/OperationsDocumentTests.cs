using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using NUnit.Framework;
using Sealtail.Format;
using Sealtail.Observability;

namespace Sealtail.Tests.Observability;

/// <summary>docs/operations.md says all there is to say, and nothing that is not so.</summary>
internal sealed class OperationsDocumentTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations.md"));

    [Test]
    public void Every_metric_is_explained_and_none_is_made_up()
    {
        using var meter = new AgentMeter(() => Statuses.Agent(Statuses.Stream));
        using var exporter = new PrometheusExporter(meter.Meter);

        Assert.That(FirstColumn("Metrics"), Is.EqualTo(exporter.Names), "in the order of the instruments' page");
        Assert.That(Regex.Matches(Text, "sealtail_[a-z_]+").Select(match => match.Value).Distinct(), Is.SubsetOf(exporter.Names));
    }

    [Test]
    public void Every_unready_reason_is_explained_and_none_is_made_up() =>
        Assert.That(Headings("Unready reasons"), Is.EquivalentTo(Enum.GetValues<UnreadyCause>().Select(cause => cause.Text())));

    [Test]
    public void Every_warning_error_and_critical_message_is_explained_with_its_level_and_none_is_made_up()
    {
        var messages = typeof(AgentMeter).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly))
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>())
            .Where(message => message?.Level >= LogLevel.Warning)
            .Select(message => $"{message!.Message} | {message.Level.ToString().ToLowerInvariant()}") // filtered
            .Distinct()
            .ToArray();
        var explained = Regex.Matches(Section("Messages"), "^\\| `(.+?)` \\| (\\w+) \\|", RegexOptions.Multiline).Select(row => $"{row.Groups[1].Value} | {row.Groups[2].Value}");

        Assert.That(messages, Has.Length.GreaterThan(20));
        Assert.That(explained, Is.EquivalentTo(messages));
    }

    [Test]
    public void Every_cause_of_a_gap_is_explained()
    {
        var explained = Regex.Matches(Section("Runbooks"), "^\\| ([a-z, -]+) \\|", RegexOptions.Multiline).SelectMany(row => row.Groups[1].Value.Split(", ")).Where(word => word is not ("cause" or "---"));

        Assert.That(explained, Is.EquivalentTo(Enum.GetValues<GapCause>().Select(cause => cause.Text())));
    }

    [TestCase("operations.md")]
    [TestCase("threat-model.md")]
    [TestCase("evidence.md")]
    [TestCase("proofs.md")]
    [TestCase("format.md")]
    [TestCase("reliability.md")]
    [TestCase("install-kubernetes.md")]
    [TestCase("install-systemd.md")]
    [TestCase("install-local.md")]
    [TestCase("kube-apiserver.md")]
    [TestCase("bucket.md")]
    [TestCase("upgrade.md")]
    [TestCase("troubleshooting.md")]
    [TestCase("capacity.md")]
    [TestCase("doctor.md")]
    public void Every_link_leads_somewhere(string document)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "docs", document));
        foreach (var link in Regex.Matches(text, "\\]\\(([^)#]*)(#[^)]*)?\\)").Select(match => (File: match.Groups[1].Value, Anchor: match.Groups[2].Value)))
        {
            var target = link.File.Length == 0 ? document : link.File;
            var path = Path.Combine(Repository.Root, "docs", target);
            Assert.That(path, Does.Exist);
            if (link.Anchor.Length > 0) Assert.That(Anchors(File.ReadAllText(path)), Does.Contain(link.Anchor), target);
        }
    }

    [Test]
    public void The_threat_model_names_only_findings_that_verify_makes()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "threat-model.md"));
        var source = string.Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "Agent", "Verifying"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));
        var named = Regex.Matches(text, "`([A-Z]+(?:_[A-Z]+)*)`").Select(match => match.Groups[1].Value).Where(id => id.Length > 3).Distinct().ToArray();

        Assert.That(named, Has.Length.GreaterThan(10));
        Assert.That(named.Where(id => !source.Contains($"\"{id}\"", StringComparison.Ordinal)), Is.Empty);
    }

    private static string Section(string heading) => Regex.Match(Text, $"^## {heading}\n(.*?)(?=^## |\\z)", RegexOptions.Multiline | RegexOptions.Singleline).Groups[1].Value;

    private static IEnumerable<string> FirstColumn(string section) => Regex.Matches(Section(section), "^\\| `([^`]+)` \\|", RegexOptions.Multiline).Select(row => row.Groups[1].Value);

    private static IEnumerable<string> Headings(string section) => Regex.Matches(Section(section), "^### (.+)$", RegexOptions.Multiline).Select(heading => heading.Groups[1].Value);

    // As GitHub makes them.
    private static IEnumerable<string> Anchors(string text) =>
        Regex.Matches(text, "^#+ (.+)$", RegexOptions.Multiline).Select(heading => "#" + Regex.Replace(heading.Groups[1].Value.ToLowerInvariant(), "[^a-z0-9 _-]", "").Replace(' ', '-'));
}
