using Sealtail.Configuration;
using Sealtail.Observability;
using Spectre.Console;

namespace Sealtail.Commands;

/// <summary>The agent's status on one screen: what is wrong first. Plain text where the output is no terminal.</summary>
internal sealed class StatusView
{
    private static readonly Style Plain = Style.Plain;
    private static readonly Style Good = new(Color.Green);
    private static readonly Style Bad = new(Color.Red);

    private readonly IAnsiConsole console;

    private StatusView(TextWriter output)
    {
        console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = int.MaxValue; // what is too long is for the terminal to wrap
    }

    public static void Print(AgentStatus status, TextWriter output)
    {
        var view = new StatusView(output);
        view.Row("Agent", $"sealtail {status.Version}, up {Span(status.At - status.Started)}");
        view.Row("Bucket", status.Destination.Bucket);
        view.Print(status.Destination.Retention);
        if (status.Destination.Credential is { } credential) view.Row("Identity", $"{credential.Kind}{(credential.Expires is { } expires ? $", token ends in {Span(expires - status.At)}" : "")}");
        if (status.Destination.Credential is { Problem: { } problem }) view.Row("", problem, Bad);
        view.Row("Ready", status.Ready ? "yes" : "no", status.Ready ? Good : Bad);
        foreach (var reason in status.Reasons) view.Row("", reason.ToString(), Bad);
        foreach (var stream in status.Streams) view.Print(stream, status.At);
    }

    private void Print(RetentionReading retention)
    {
        Row("Retention", $"{retention.State}: {retention.Explanation}", retention.State is RetentionReading.Violated or RetentionReading.Unverified ? Bad : Plain);
        if (retention.Warning is { } warning) Row("", warning, Bad);
    }

    private void Print(StreamStatus stream, DateTimeOffset now)
    {
        var (source, spool, uploads) = (stream.Source, stream.Spool, stream.Uploads);
        console.WriteLine();
        Row("Stream", stream.Stream);
        Row("Log", $"{source.Path} ({source.State}{(source.PendingBytes > 0 ? $", {source.PendingBytes:N0} bytes of an unfinished line" : "")})");
        Row("Position", source.Position is { } position ? $"file {position.File}, offset {position.Offset:N0} of {position.Path}" : "nothing read yet");
        Row("Lag", $"{Size.Text(source.LagBytes)} to read{(source.HeldBytes > 0 ? $", {Size.Text(source.HeldBytes)} of deleted files held" : "")}");
        Row("Spool", $"{spool.Entries:N0} waiting, {Size.Text(spool.Bytes)} of {Size.Text(spool.MaxBytes)}{(spool.Oldest is { } oldest ? $", the oldest for {Span(now - oldest)}" : "")}");
        Row("Shipped", $"records {uploads.Records:N0}, chunks {uploads.Chunks:N0}, {Size.Text(uploads.ObjectBytes)} compressed (this run)");
        Row("Confirmed", stream.Chain.LastConfirmed is { } last ? $"epoch {last.Epoch}, sequence {last.Sequence}, {Span(now - last.At)} ago" : "nothing yet");
        if (uploads.FailingSince is { } since) Row("Failing", $"for {Span(now - since)}: {uploads.Failure}", Bad);
        var gaps = stream.Gaps.Where(gap => gap.Value > 0).Select(gap => $"{gap.Key} {gap.Value:N0}").ToArray();
        Row("Gaps", gaps.Length == 0 ? "none (this run)" : $"{string.Join(", ", gaps)} (this run)", gaps.Length == 0 ? Plain : Bad);
        Row("Key", stream.KeyId);
    }

    private void Row(string name, string value) => Row(name, value, Plain);

    private void Row(string name, string value, Style style)
    {
        console.Write(new Text($"{name,-11}"));
        console.Write(new Text(Quoted.Lines(value).ReplaceLineEndings(" "), style));
        console.WriteLine();
    }

    private static string Span(TimeSpan span) => span switch
    {
        { TotalDays: >= 2 } => $"{span.TotalDays:0} days",
        { TotalHours: >= 2 } => $"{span.TotalHours:0} hours",
        { TotalMinutes: >= 2 } => $"{span.TotalMinutes:0} minutes",
        _ => $"{Math.Max(0, span.TotalSeconds):0} s", // the clock may have been set back
    };
}
