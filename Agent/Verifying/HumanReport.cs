using Sealtail.Format;
using Spectre.Console;

namespace Sealtail.Verifying;

/// <summary>The report for people: the verdict first, then the streams, then what was found and what to do about it.</summary>
internal static class HumanReport
{
    private const int MaxRanges = 5;

    public static void Print(VerifyReport report, IAnsiConsole console)
    {
        Line(console, Style(report.Worst), Verdict(report));
        if (report.Streams.Count > 0) console.Write(Streams(report));
        foreach (var stream in report.Streams) PrintCovered(stream, console);
        foreach (var severity in new[] { Severity.Error, Severity.Inconclusive, Severity.Warning, Severity.Info })
            foreach (var kind in report.Findings.Where(finding => finding.Severity == severity).GroupBy(finding => finding.Kind))
                PrintKind(severity, kind, console);
        PrintBasis(report, console);
    }

    public static string Verdict(VerifyReport report) => report.Worst switch
    {
        Severity.Error => "FAILED: tampering or broken integrity is proven.",
        Severity.Inconclusive => "INCONCLUSIVE: not everything that was asked for is proven, and nothing disproves it.",
        Severity.Warning => "OK, with warnings: everything that was asked for is proven.",
        _ => "OK: everything that was asked for is proven.",
    };

    private static Table Streams(VerifyReport report)
    {
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns("Stream", "Result");
        foreach (var column in new[] { "Epochs", "Manifests", "Chunks", "Records", "Bytes", "Gaps", "Heartbeats" }) table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var stream in report.Streams)
        {
            var worst = report.WorstOf(stream);
            table.AddRow(
                new Text(Shown.Text(stream.Stream)),
                new Text(VerifyReport.ResultOf(worst), Style(worst)),
                new Text($"{stream.Epochs:N0}"), new Text($"{stream.Manifests:N0}"), new Text($"{stream.Chunks:N0}"), new Text($"{stream.Records:N0}"),
                new Text($"{stream.Bytes:N0}"), new Text($"{stream.Gaps:N0}"), new Text($"{stream.Heartbeats:N0}"));
        }

        return table;
    }

    private static void PrintCovered(StreamReport stream, IAnsiConsole console)
    {
        Line(console, Spectre.Console.Style.Plain, $"{stream.Stream}: requested {(stream.Requested is { } requested ? requested.ToString() : "no time")}");
        Line(console, Spectre.Console.Style.Plain, $"  covered {Ranges(stream.Covered)}");
        if (stream.Uncovered.Count > 0) Line(console, Spectre.Console.Style.Plain, $"  not covered {Ranges(stream.Uncovered)}");
        if (stream.WidestBracket is { } widest)
            Line(console, Spectre.Console.Style.Plain, $"  widest bracket of a signature by the store's clock: {Duration.Print(widest.To - widest.From)} ({widest}){(stream.ClockSkew == TimeSpan.Zero ? "" : $"; the node's clock was up to {Duration.Print(stream.ClockSkew.Duration())} {(stream.ClockSkew < TimeSpan.Zero ? "behind" : "ahead of")} it")}");
    }

    private static string Ranges(IReadOnlyList<TimeRange> ranges) => ranges.Count == 0 ? "no time"
        : string.Join(", ", ranges.Take(MaxRanges)) + (ranges.Count > MaxRanges ? $", and {ranges.Count - MaxRanges} more" : "");

    private static void PrintKind(Severity severity, IGrouping<FindingKind, Finding> kind, IAnsiConsole console)
    {
        console.WriteLine();
        Line(console, Style(severity), $"{kind.Key.Id} ({severity.Text()}): {kind.Key.Meaning}");
        foreach (var finding in kind)
        {
            Line(console, Spectre.Console.Style.Plain, $"  {Place(finding)}{finding.Message}");
            if (finding.ObjectName is { } name) Line(console, Spectre.Console.Style.Plain, $"    {name}");
        }

        Line(console, Spectre.Console.Style.Plain, $"  What to do: {kind.Key.NextStep}");
    }

    private static void PrintBasis(VerifyReport report, IAnsiConsole console)
    {
        console.WriteLine();
        Line(console, Spectre.Console.Style.Plain, $"Bucket: {report.Bucket}, judged as of {Timestamp.Print(report.AsOf)}{(report.ManifestsOnly ? "; manifests only: chunks were not opened" : "")}");
        if (report.Trust.File is (var path, var sha256)) Line(console, Spectre.Console.Style.Plain, $"Trust: {path}, SHA-256 {sha256}");
        foreach (var anchor in report.Anchors)
            Line(console, Spectre.Console.Style.Plain, $"Trusted: key {anchor.Key.KeyId} for {anchor.Streams.Text} (from {anchor.Origin})");
    }

    public static string Place(Finding finding)
    {
        var place = finding.Stream ?? "";
        if (finding.Epoch is { } epoch) place += $" epoch {epoch}";
        if (finding.Sequence is { } sequence) place += $" sequence {sequence}";
        return place.Length == 0 ? "" : $"{place}: ";
    }

    private static void Line(IAnsiConsole console, Style style, string text) => console.WriteLine(Shown.Text(text), style);

    private static Style Style(Severity severity) => severity switch
    {
        Severity.Error => new Style(Color.Red, decoration: Decoration.Bold),
        Severity.Inconclusive => new Style(Color.Yellow, decoration: Decoration.Bold),
        Severity.Warning => new Style(Color.Yellow),
        _ => new Style(Color.Green),
    };
}
