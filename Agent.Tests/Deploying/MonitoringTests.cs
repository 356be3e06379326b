using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NUnit.Framework;
using Sealtail.Observability;
using Sealtail.Tests.Observability;

namespace Sealtail.Tests.Deploying;

/// <summary>The alert rules and the dashboard speak of what the agent says, and of what docs/ explains.</summary>
internal sealed class MonitoringTests
{
    private static readonly string[] Severities = ["warning", "critical"];

    private static IEnumerable<JsonObject> Alerts =>
        YamlJson.File($"{Chart.Folder}/files/alerts.yaml")!["groups"]!.AsArray().SelectMany(group => group!["rules"]!.AsArray()).Select(rule => rule!.AsObject());

    private static JsonObject Dashboard => JsonNode.Parse(File.ReadAllText(Path.Combine(Chart.FullPath, "files/dashboard.json")))!.AsObject();

    private static IEnumerable<JsonObject> Panels => Dashboard["panels"]!.AsArray().Select(panel => panel!.AsObject()).Where(panel => panel["type"]!.GetValue<string>() != "row");

    [Test]
    public void Alerts_and_dashboard_name_only_metrics_that_the_agent_has()
    {
        var expressions = Alerts.Select(alert => Text(alert["expr"])).Concat(Panels.SelectMany(panel => panel["targets"]!.AsArray()).Select(target => Text(target!["expr"]))).ToArray();
        var names = expressions.SelectMany(expression => Regex.Matches(Regex.Replace(expression, "\"[^\"]*\"", ""), @"\b(?:sealtail|process)_\w+")).Select(match => Regex.Replace(match.Value, "_(?:bucket|sum|count)$", "")).Distinct().ToArray();

        Assert.That(names, Has.Length.GreaterThan(25));
        Assert.That(names.Except(MetricNames()), Is.Empty);
    }

    [Test]
    public void Every_alarm_of_the_operations_page_is_an_alert()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs/operations.md"));
        var table = page[page.IndexOf("## Alarms to set", StringComparison.Ordinal)..page.IndexOf("## Unready reasons", StringComparison.Ordinal)];
        var alarms = Regex.Matches(table, @"^\| [a-z ,]+ \| `(?<expression>[^`]+)`", RegexOptions.Multiline).Select(match => match.Groups["expression"].Value).ToArray();

        Assert.That(alarms, Has.Length.GreaterThan(8));
        Assert.That(alarms, Is.SubsetOf(Alerts.Select(alert => Text(alert["expr"]))));
    }

    [Test]
    public void Every_metric_of_a_stream_or_the_store_is_on_the_dashboard_or_in_an_alert()
    {
        var text = Dashboard.ToJsonString() + string.Concat(Alerts.Select(alert => Text(alert["expr"])));
        var left = MetricNames().Where(name => !text.Contains(name, StringComparison.Ordinal));

        // Of these the dashboard shows something better.
        Assert.That(left, Is.EquivalentTo(new[] { "sealtail_start_time_seconds", "sealtail_chunks_sealed_total", "sealtail_chunks_shipped_total", "sealtail_records_shipped_total", "sealtail_sequence" }));
    }

    [Test]
    public void Every_alert_says_how_bad_it_is_what_it_means_and_where_its_runbook_is()
    {
        foreach (var alert in Alerts)
        {
            var name = Text(alert["alert"]);
            Assert.That(Severities, Does.Contain(Text(alert["labels"]!["severity"])), name);
            Assert.That(Text(alert["annotations"]!["summary"]), Is.Not.Empty, name);
            var link = Text(alert["annotations"]!["runbook_url"]).Split('#');
            Assert.That(link, Has.Length.EqualTo(2), name);
            var page = Path.Combine(Repository.Root, link[0]);
            Assert.That(page, Does.Exist, name);
            Assert.That(Anchors(File.ReadAllText(page)), Does.Contain(link[1]), name);
        }

        Assert.That(Alerts.Select(alert => Text(alert["alert"])), Is.Unique);
    }

    [Test]
    public void The_labels_that_alerts_name_are_the_metrics_own()
    {
        using var meter = new AgentMeter(() => Statuses.Agent(Statuses.Stream));
        using var exporter = new PrometheusExporter(meter.Meter);
        var known = Regex.Matches(exporter.Collect(), @"(\w+)=""").Select(match => match.Groups[1].Value).Append("instance").Append("job").Append("result").Distinct().ToArray();
        var named = Alerts.SelectMany(alert => Regex.Matches(alert.ToJsonString(), @"\$labels\.(\w+)|(\w+)=~?\\u0022")).Select(match => match.Groups[1].Success ? match.Groups[1].Value : match.Groups[2].Value).Distinct().ToArray();

        Assert.That(named, Does.Contain("stream"));
        Assert.That(named.Except(known), Is.Empty);
    }

    [Test]
    public void Panels_are_explained_do_not_overlap_and_have_numbers_of_their_own()
    {
        var all = Dashboard["panels"]!.AsArray().Select(panel => panel!.AsObject()).ToArray();
        var cells = all.SelectMany(panel => Cells(panel["gridPos"]!)).ToArray();

        Assert.That(cells, Is.Unique);
        Assert.That(all.Select(panel => panel["id"]!.GetValue<int>()), Is.Unique);
        Assert.That(Panels.Select(panel => Text(panel["description"])), Has.All.Not.Empty);
    }

    private static IReadOnlyList<string> MetricNames()
    {
        using var meter = new AgentMeter(() => Statuses.Agent(Statuses.Stream));
        using var exporter = new PrometheusExporter(meter.Meter);
        return [.. exporter.Names];
    }

    private static IEnumerable<(int, int)> Cells(JsonNode position)
    {
        int Of(string key) => position[key]!.GetValue<int>();
        return Enumerable.Range(Of("x"), Of("w")).SelectMany(x => Enumerable.Range(Of("y"), Of("h")).Select(y => (x, y)));
    }

    private static string Text(JsonNode? node) => node?.GetValue<string>() ?? "";

    // As GitHub makes them.
    private static IEnumerable<string> Anchors(string text) =>
        Regex.Matches(text, "^#+ (.+)$", RegexOptions.Multiline).Select(heading => Regex.Replace(heading.Groups[1].Value.ToLowerInvariant(), "[^a-z0-9 _-]", "").Replace(' ', '-'));
}
