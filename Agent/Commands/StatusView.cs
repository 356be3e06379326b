using Sealtail.Configuration;
using Sealtail.Observability;
using Spectre.Console;

namespace Sealtail.Commands;

/// <summary>The agent's status on one screen: what is wrong first. Plain text where the output is no terminal.</summary>
internal static class StatusView
{
    private const int NoTerminalWidth = 1000; // nothing is wrapped for a pipe

    public static void Print(AgentStatus status, TextWriter output)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        if (!console.Profile.Out.IsTerminal) console.Profile.Width = NoTerminalWidth;

        var grid = Grid();
        Row(grid, "Agent", $"sealtail {status.Version}, up {Span(status.At - status.Started)}");
        Row(grid, "Bucket", status.Bucket);
        grid.AddRow(new Text("Ready"), status.Ready ? new Text("yes", new Style(Color.Green)) : new Text("no", new Style(Color.Red, decoration: Decoration.Bold)));
        foreach (var reason in status.Reasons) grid.AddRow(new Text(""), new Text(Quoted.Lines(reason.ToString()), new Style(Color.Red)));
        console.Write(grid);
        foreach (var stream in status.Streams)
        {
            console.WriteLine();
            console.Write(Of(stream, status.At));
        }
    }

    private static Grid Of(StreamStatus stream, DateTimeOffset now)
    {
        var grid = Grid();
        Row(grid, "Stream", stream.Stream);
        Row(grid, "Log", $"{stream.Source.Path} ({stream.Source.State}{(stream.Source.PendingBytes > 0 ? $", {stream.Source.PendingBytes:N0} bytes of an unfinished line" : "")})");
        Row(grid, "Position", stream.Source.Position is { } position ? $"file {position.File}, offset {position.Offset:N0} of {position.Path}" : "nothing read yet");
        Row(grid, "Lag", $"{Size.Text(stream.Source.LagBytes)} to read{(stream.Source.HeldBytes > 0 ? $", {Size.Text(stream.Source.HeldBytes)} of deleted files held" : "")}");
        Row(grid, "Spool", $"{stream.Spool.Entries:N0} entries, {Size.Text(stream.Spool.Bytes)} of {Size.Text(stream.Spool.MaxBytes)}{(stream.Spool.Oldest is { } oldest ? $", the oldest {Span(now - oldest)} old" : "")}");
        Row(grid, "Shipped", $"{stream.Uploads.Records:N0} records in {stream.Uploads.Chunks:N0} chunks, {Size.Text(stream.Uploads.ObjectBytes)}, by this run");
        Row(grid, "Confirmed", stream.Chain.LastConfirmed is { } last ? $"epoch {last.Epoch}, sequence {last.Sequence}, {Span(now - last.At)} ago" : "nothing yet");
        if (stream.Uploads.FailingSince is { } since) Row(grid, "Failing", $"for {Span(now - since)}: {stream.Uploads.Failure}");
        var gaps = stream.Gaps.Where(gap => gap.Value > 0).Select(gap => $"{gap.Value:N0} {gap.Key}").ToArray();
        Row(grid, "Gaps", gaps.Length == 0 ? "none in this run" : string.Join(", ", gaps));
        Row(grid, "Key", stream.KeyId);
        return grid;
    }

    private static Grid Grid() => new Grid().AddColumn(new GridColumn { NoWrap = true, Width = 10 }).AddColumn();

    private static void Row(Grid grid, string name, string value) => grid.AddRow(new Text(name), new Text(Quoted.Lines(value)));

    private static string Span(TimeSpan span) => span switch
    {
        { TotalDays: >= 2 } => $"{span.TotalDays:0} days",
        { TotalHours: >= 2 } => $"{span.TotalHours:0} hours",
        { TotalMinutes: >= 2 } => $"{span.TotalMinutes:0} minutes",
        { TotalSeconds: >= 0 } => $"{span.TotalSeconds:0} s",
        _ => "0 s",
    };
}
