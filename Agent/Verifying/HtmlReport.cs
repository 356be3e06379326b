using System.Net;
using System.Text;
using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>The report as one file that a browser shows and a printer prints: nothing is loaded, nothing runs, everything from outside is escaped.</summary>
internal static class HtmlReport
{
    private const int MaxRanges = 50;

    private const string Style = """
        body{font:15px/1.5 system-ui,sans-serif;color:#1a1a1a;max-width:1000px;margin:2em auto;padding:0 1em}
        h1{font-size:1.5em;margin:.2em 0}h2{font-size:1.15em;margin:1.6em 0 .4em;border-bottom:1px solid #bbb}h3{font-size:1em;margin:1.2em 0 .2em}
        .verdict{padding:.7em 1em;border-left-width:.5em;border-left-style:solid;margin:1em 0;font-weight:600}
        .ok{border-color:#1b7f3b;background:#e9f6ed}.failed,.error{border-color:#b3161b;background:#fdecec}.inconclusive,.warning{border-color:#a66a00;background:#fff5e0}.info{border-color:#557;background:#f2f2f7}
        table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #ddd;padding:.25em .5em;text-align:left;vertical-align:top}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
        code{font:.87em/1.4 ui-monospace,monospace}li,td,p,code{overflow-wrap:anywhere}svg{width:100%;height:26px;display:block;margin:.3em 0}
        .stream{break-inside:avoid}.finding{border-left-width:.3em;border-left-style:solid;padding:.3em .8em;margin:.6em 0;break-inside:avoid}.small{color:#555;font-size:.87em}
        .key span{display:inline-block;width:1em;height:.8em;margin:0 .3em 0 1em;border:1px solid #555}
        @media print{body{margin:0;max-width:none;font-size:11px}h2{break-after:avoid}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
        """;

    private static readonly (TimelineState State, string Color, string Meaning)[] Legend =
    [
        (TimelineState.Proven, "#1b7f3b", "proven"),
        (TimelineState.Idle, "#9fd3ae", "proven, nothing logged"),
        (TimelineState.Stopped, "#8d99ae", "proven, no agent ran"),
        (TimelineState.Gap, "#f0a202", "not proven"),
        (TimelineState.Failed, "#b3161b", "refuted"),
    ];

    private static readonly string[] Limits =
    [
        "Who is root on a node, or has its key, can write what it likes from then on. The past, as this bucket holds it, it cannot change.",
        "What had not left the node (at most the age and silence that its agent promises, or the length of an outage) could be changed before.",
        "An apiserver that was told to log less, or elsewhere, is recorded faithfully.",
        "A stream that no inventory names can be missing without a trace.",
        "The verdict is about the time as of which it was made, and rests on the keys named here. Keys found in the bucket were not believed.",
    ];

    public static string Print(VerifyReport report, bool strict)
    {
        var html = new StringBuilder();
        html.Append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">");
        // Whatever got past the escaping would still not run, and nothing is fetched.
        html.Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">");
        html.Append($"<title>Verification of {Text(report.Bucket)}</title><style>{Style}</style></head><body>\n");
        html.Append($"<h1>Verification of <code>{Text(report.Bucket)}</code></h1>\n");
        html.Append($"<p class=\"verdict {VerifyReport.ResultOf(report.Worst)}\">{Text(HumanReport.Verdict(report))}</p>\n");
        html.Append($"<p>As of {Timestamp.Print(report.AsOf)}; {(report.ManifestsOnly ? "manifests only: chunks were not opened" : "every byte was read")}; exit code {report.ExitCode(strict)}{(strict ? " (strict)" : "")}.{Interval(report)}</p>\n");
        WriteStreams(html, report);
        WriteFindings(html, report);
        WriteTrust(html, report);
        html.Append("<h2>Limits</h2>\n<ul>");
        foreach (var limit in Limits) html.Append($"<li>{Text(limit)}</li>");
        html.Append("</ul>\n</body></html>\n");
        return html.ToString();
    }

    private static string Interval(VerifyReport report) => report is { From: null, To: null } ? " Interval: all that each stream has."
        : $" Interval: {(report.From is { } from ? Timestamp.Print(from) : "the first start")} to {(report.To is { } to ? Timestamp.Print(to) : "the last manifest")}.";

    private static void WriteStreams(StringBuilder html, VerifyReport report)
    {
        html.Append("<h2>Streams</h2>\n");
        if (report.Streams.Count == 0)
        {
            html.Append("<p>None.</p>\n");
            return;
        }

        html.Append("<table><tr><th>stream</th><th>result</th>");
        foreach (var name in new[] { "epochs", "manifests", "chunks", "records", "bytes", "gaps", "heartbeats" }) html.Append($"<th class=\"n\">{name}</th>");
        html.Append("</tr>\n");
        foreach (var stream in report.Streams)
        {
            html.Append($"<tr><td><code>{Text(stream.Stream)}</code></td><td>{VerifyReport.ResultOf(report.WorstOf(stream))}</td>");
            foreach (var number in new[] { stream.Epochs, stream.Manifests, stream.Chunks, stream.Records, stream.Bytes, stream.Gaps, stream.Heartbeats }) html.Append($"<td class=\"n\">{number:N0}</td>");
            html.Append("</tr>\n");
        }

        html.Append("</table>\n<p class=\"key small\">");
        foreach (var (_, color, meaning) in Legend) html.Append($"<span style=\"background:{color}\"></span>{meaning}");
        html.Append("</p>\n");
        foreach (var stream in report.Streams) WriteStream(html, stream);
    }

    private static void WriteStream(StringBuilder html, StreamReport stream)
    {
        html.Append($"<div class=\"stream\"><h3><code>{Text(stream.Stream)}</code></h3>\n");
        if (stream.Requested is not { } requested)
        {
            html.Append("<p>Nothing of it is proven.</p></div>\n");
            return;
        }

        HtmlTimeline.Write(html, requested, stream.Timeline, state => Legend.First(item => item.State == state).Color);
        html.Append($"<p class=\"small\">Requested: {requested}<br>Covered: {Ranges(stream.Covered)}<br>Not covered: {(stream.Uncovered.Count == 0 ? "nothing of it" : Ranges(stream.Uncovered))}");
        if (stream.WidestBracket is { } widest) html.Append($"<br>Widest time, by the store's clock, within which one statement may have been signed: {Duration.Print(widest.To - widest.From)} ({widest})");
        if (stream.ClockSkew != TimeSpan.Zero) html.Append($"<br>The node's clock was up to {Duration.Print(stream.ClockSkew.Duration())} {(stream.ClockSkew < TimeSpan.Zero ? "behind" : "ahead of")} the store's.");
        html.Append("</p></div>\n");
    }

    private static string Ranges(IReadOnlyList<TimeRange> ranges) => ranges.Count == 0 ? "no time"
        : string.Join("; ", ranges.Take(MaxRanges)) + (ranges.Count > MaxRanges ? $"; and {ranges.Count - MaxRanges} more" : "");

    private static void WriteFindings(StringBuilder html, VerifyReport report)
    {
        html.Append("<h2>Findings</h2>\n");
        foreach (var group in report.Findings.GroupBy(finding => (finding.Severity, finding.Kind)).OrderByDescending(group => group.Key.Severity).ThenBy(group => group.Key.Kind.Id, StringComparer.Ordinal))
        {
            html.Append($"<div class=\"finding {group.Key.Severity.Text()}\"><b>{group.Key.Kind.Id}</b> ({group.Key.Severity.Text()}): {Text(group.Key.Kind.Meaning)}<ul>");
            foreach (var finding in group)
            {
                html.Append($"<li>{Text(HumanReport.Place(finding))}{Text(finding.Message)}");
                if (finding.ObjectName is { } name) html.Append($"<br><code>{Text(name)}</code>");
                html.Append("</li>");
            }

            html.Append($"</ul><b>What to do:</b> {Text(group.Key.Kind.NextStep)}</div>\n");
        }
    }

    private static void WriteTrust(StringBuilder html, VerifyReport report)
    {
        html.Append("<h2>Whom this rests on</h2>\n");
        if (report.Trust.File is (var path, var sha256)) html.Append($"<p>Trust file <code>{Text(path)}</code>, SHA-256 <code>{sha256}</code></p>\n");
        html.Append("<table><tr><th>key</th><th>streams</th><th>from</th><th>validity</th></tr>\n");
        foreach (var anchor in report.Anchors)
            html.Append($"<tr><td><code>{anchor.Key.KeyId}</code></td><td><code>{Text(anchor.Streams.Text)}</code></td><td>{Text(anchor.Origin)}</td><td>{Validity(anchor)}</td></tr>\n");
        html.Append("</table>\n");
        if (report.Trust.Expected is { } expected) html.Append($"<p>Inventory: {expected.Count} streams. ");
        else html.Append("<p>No inventory. ");
        html.Append($"Retention demanded: {(report.Trust.MinimumRetention is { } minimum ? Duration.Print(minimum) + (report.Trust.RequiresLock ? ", locked" : "") : "none")}. ");
        html.Append($"Silence allowed: {(report.Trust.MaximumSilence is { } silence ? Duration.Print(silence) : "what each agent promises")}.</p>\n");
    }

    private static string Validity(TrustAnchor anchor)
    {
        var from = anchor.NotBefore is { } begin ? $"from {Timestamp.Print(begin)} " : "";
        var until = anchor.NotAfter is { } end ? $"until {Timestamp.Print(end)} " : "";
        var compromised = anchor.CompromisedSince is { } since ? $"compromised since {Timestamp.Print(since)}" : "";
        return from + until + compromised is { Length: > 0 } text ? text.TrimEnd() : "always";
    }

    private static string Text(string text) => WebUtility.HtmlEncode(Shown.Text(text));
}
