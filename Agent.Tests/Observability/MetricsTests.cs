using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using NUnit.Framework;
using Sealtail.Observability;

namespace Sealtail.Tests.Observability;

/// <summary>What /metrics prints.</summary>
internal sealed class MetricsTests
{
    [Test]
    public void Each_instrument_shows_its_reading()
    {
        using var meter = new AgentMeter(() => Statuses.Agent(Statuses.Stream));
        using var exporter = new PrometheusExporter(meter.Meter);
        meter.Uploaded("prod-eu1/cp-1/audit", "created", TimeSpan.FromMilliseconds(70));

        var samples = Samples(exporter.Collect());

        Assert.Multiple(() =>
        {
            Assert.That(samples["sealtail_build_info{version=\"0.1.0+abc\"}"], Is.EqualTo("1"));
            Assert.That(samples["sealtail_ready"], Is.EqualTo("1"));
            Assert.That(samples["sealtail_source_bytes_total{stream=\"prod-eu1/cp-1/audit\"}"], Is.EqualTo("5000"));
            Assert.That(samples["sealtail_lag_bytes{stream=\"prod-eu1/cp-1/audit\"}"], Is.EqualTo("3"));
            Assert.That(samples["sealtail_gaps_total{stream=\"prod-eu1/cp-1/audit\",cause=\"rotated-away\"}"], Is.EqualTo("1"));
            Assert.That(samples["sealtail_source_state{stream=\"prod-eu1/cp-1/audit\",state=\"idle\"}"], Is.EqualTo("1"));
            Assert.That(samples["sealtail_source_state{stream=\"prod-eu1/cp-1/audit\",state=\"missing\"}"], Is.EqualTo("0"));
            Assert.That(samples["sealtail_oldest_unshipped_seconds{stream=\"prod-eu1/cp-1/audit\"}"], Is.EqualTo("7"));
            Assert.That(samples["sealtail_last_confirmed_timestamp_seconds{stream=\"prod-eu1/cp-1/audit\"}"], Is.EqualTo("1795337998"));
            Assert.That(samples["sealtail_uploads_total{stream=\"prod-eu1/cp-1/audit\",result=\"created\"}"], Is.EqualTo("1"));
            Assert.That(samples["sealtail_manifests_total{stream=\"prod-eu1/cp-1/audit\",kind=\"heartbeat\"}"], Is.EqualTo("2"));
            Assert.That(samples["sealtail_retention_state{state=\"ok\"}"], Is.EqualTo("1"));
            Assert.That(samples["sealtail_retention_state{state=\"unverified\"}"], Is.EqualTo("0"));
            Assert.That(samples["sealtail_token_expiry_seconds"], Is.EqualTo("1800"));
            Assert.That(samples["sealtail_unready{cause=\"parked\"}"], Is.EqualTo("0"));
        });
    }

    [Test]
    public void Every_line_is_of_the_format_and_every_name_follows_the_conventions()
    {
        using var meter = new AgentMeter(() => Statuses.Agent(Statuses.Stream));
        using var exporter = new PrometheusExporter(meter.Meter);
        meter.Uploaded("s", "transient", null);
        meter.Uploaded("s", "created", TimeSpan.FromSeconds(1));
        var text = exporter.Collect();

        Assert.That(text, Does.EndWith("\n"));
        foreach (var line in text.TrimEnd('\n').Split('\n'))
            Assert.That(line, Does.Match(new Regex("""^(# (HELP|TYPE) [a-z_]+ \S.*|[a-z_]+(\{([a-z_]+="([^"\\\n]|\\[\\"n])*",?)+\})? [-+.0-9E]+)$""")));
        foreach (Match type in Regex.Matches(text, "^# TYPE (\\S+) (\\S+)$", RegexOptions.Multiline))
            Assert.That(type.Groups[1].Value.EndsWith("_total", StringComparison.Ordinal), Is.EqualTo(type.Groups[2].Value == "counter"), type.Value);
        Assert.That(exporter.Names, Is.Unique);
        Assert.That(Regex.Matches(text, "^# TYPE (\\S+)", RegexOptions.Multiline).Select(match => match.Groups[1].Value), Is.EquivalentTo(exporter.Names), "all were emitted");
    }

    [Test]
    public void A_histogram_counts_up_to_each_bound_inclusively()
    {
        using var meter = new AgentMeter(() => Statuses.Agent());
        using var exporter = new PrometheusExporter(meter.Meter);
        foreach (var seconds in new[] { 0.005, 0.01, 0.3, 61 }) meter.Uploaded("s", "created", TimeSpan.FromSeconds(seconds));

        var samples = Samples(exporter.Collect());

        Assert.That(samples["sealtail_upload_seconds_bucket{stream=\"s\",le=\"0.01\"}"], Is.EqualTo("2"));
        Assert.That(samples["sealtail_upload_seconds_bucket{stream=\"s\",le=\"0.25\"}"], Is.EqualTo("2"));
        Assert.That(samples["sealtail_upload_seconds_bucket{stream=\"s\",le=\"0.5\"}"], Is.EqualTo("3"));
        Assert.That(samples["sealtail_upload_seconds_bucket{stream=\"s\",le=\"60\"}"], Is.EqualTo("3"));
        Assert.That(samples["sealtail_upload_seconds_bucket{stream=\"s\",le=\"+Inf\"}"], Is.EqualTo("4"));
        Assert.That(samples["sealtail_upload_seconds_count{stream=\"s\"}"], Is.EqualTo("4"));
        Assert.That(samples["sealtail_upload_seconds_sum{stream=\"s\"}"], Is.EqualTo("61.315"));
    }

    [Test]
    public void What_was_counted_stays_and_what_was_read_is_read_anew()
    {
        var streams = new[] { Statuses.Stream };
        using var meter = new AgentMeter(() => Statuses.Agent(streams));
        using var exporter = new PrometheusExporter(meter.Meter);
        meter.Uploaded("s", "created", null);
        exporter.Collect();

        streams = [];
        var samples = Samples(exporter.Collect());

        Assert.That(samples["sealtail_uploads_total{stream=\"s\",result=\"created\"}"], Is.EqualTo("1"));
        Assert.That(samples.Keys, Has.None.StartsWith("sealtail_lag_bytes"));
    }

    [Test]
    public void Labels_are_escaped_and_other_meters_are_left_alone()
    {
        using var other = new AgentMeter(() => Statuses.Agent());
        using var meter = new AgentMeter(() => Statuses.Agent() with { Version = "a\\b\"c\nd" });
        using var exporter = new PrometheusExporter(meter.Meter);
        other.Uploaded("s", "created", null);

        var text = exporter.Collect();

        Assert.That(text, Does.Contain("sealtail_build_info{version=\"a\\\\b\\\"c\\nd\"} 1\n"));
        Assert.That(text, Does.Not.Contain("sealtail_uploads_total"));
    }

    [Test]
    public void A_kind_of_instrument_that_cannot_be_shown_is_an_error_not_an_omission()
    {
        using var meter = new Meter("odd");
        meter.CreateUpDownCounter<int>("odd");

        Assert.That(() => new PrometheusExporter(meter), Throws.InvalidOperationException.With.Message.Contains("odd"));
    }

    private static Dictionary<string, string> Samples(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#').ToDictionary(line => line[..line.LastIndexOf(' ')], line => line[(line.LastIndexOf(' ') + 1)..]);
}
