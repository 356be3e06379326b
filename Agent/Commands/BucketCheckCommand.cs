using System.CommandLine;
using System.Text;
using System.Text.Json;
using Sealtail.Configuration;
using Sealtail.Format;
using Sealtail.Posture;
using Sealtail.Verifying;
using Spectre.Console;

namespace Sealtail.Commands;

/// <summary><c>sealtail bucket check</c>: how a bucket is set up, read only.</summary>
internal static class BucketCheckCommand
{
    private static readonly Argument<string> Bucket = new("BUCKET") { Description = "gs://bucket[/prefix]." };
    private static readonly Option<string?> Minimum = new("--minimum") { Description = "The shortest retention that will do, such as 365d.", HelpName = "DURATION" };
    private static readonly Option<string?> Agent = new("--agent") { Description = "The agent's identity, such as serviceAccount:audit@acme.iam.gserviceaccount.com: whether it holds more than create.", HelpName = "MEMBER" };
    private static readonly Option<bool> Strict = new("--strict") { Description = "Exit with 4 if there are warnings." };

    public static Command Create()
    {
        var config = BucketAccess.ConfigOption();
        var output = OutputOption.Create();
        var verb = new Verb("check", "Shows whether a bucket keeps what it should: retention and its lock, access, lifecycle, encryption, IAM, audit logs. Changes nothing.")
        {
            Examples = [("sealtail bucket check gs://acme-audit --minimum 365d --agent serviceAccount:audit@acme.iam.gserviceaccount.com", "check everything, the agent's rights included")],
        };
        verb.Add(Bucket);
        foreach (var option in new Option[] { Minimum, Agent, config, Strict, output }) verb.Add(option);
        verb.SetAction((parsed, cancellationToken) => RunAsync(parsed, parsed.GetValue(config), parsed.GetValue(output) == OutputOption.Json, cancellationToken));
        return verb;
    }

    private static async Task<int> RunAsync(ParseResult parsed, string? config, bool json, CancellationToken cancellationToken)
    {
        var options = BucketAccess.Options(parsed.GetRequiredValue(Bucket), config);
        if (BucketAccess.DirectoryOf(options) is { } directory)
            throw new CommandException($"{Quoted.Text(directory)} is a directory: it has no retention, no lock and no IAM, and enforces nothing against its owner or root. 'sealtail drill' shows what it does enforce.");
        using var admin = BucketAccess.Admin(options);
        var agent = parsed.GetValue(Agent) is { } member ? (member.Contains(':', StringComparison.Ordinal) ? member : $"serviceAccount:{member}") : null;
        var report = await new BucketCheck(admin, TimeProvider.System).RunAsync(parsed.GetValue(Minimum) is { } minimum ? ReadDuration(minimum) : null, agent, cancellationToken);
        if (json) await parsed.InvocationConfiguration.Output.WriteLineAsync(Json(report, parsed.GetValue(Strict)));
        else Print(report, VerifyCommand.ConsoleFor(parsed.InvocationConfiguration.Output));
        return report.ExitCode(parsed.GetValue(Strict));
    }

    internal static TimeSpan ReadDuration(string text)
    {
        try
        {
            var milliseconds = UnitText.Duration.Parse(text);
            return milliseconds is >= 1000 and <= 3_155_760_000_000 ? TimeSpan.FromMilliseconds(milliseconds) : throw new FormatException("must be between 1s and 36525d");
        }
        catch (FormatException e)
        {
            throw new CommandException($"{Quoted.Text(text)}: {e.Message}.", ExitCode.Usage, e);
        }
    }

    private static void Print(PostureReport report, IAnsiConsole console)
    {
        console.WriteLine(report.Worst switch
        {
            PostureState.Bad => "BAD: the bucket does not keep what it should, or lets too many in.",
            PostureState.Unknown => "INCONCLUSIVE: not everything could be seen.",
            PostureState.Warning => "OK, with warnings.",
            _ => "OK.",
        }, Style(report.Worst));
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns("What", "State", "Found", "What to do");
        foreach (var check in report.Checks) table.AddRow(new Text(check.Id), new Text(check.State.Text(), Style(check.State)), new Text(Shown.Text(check.Message)), new Text(Shown.Text(check.Remedy ?? "")));
        console.Write(table);
        console.WriteLine($"Bucket: {Shown.Text(report.Bucket)}, looked at {Timestamp.Print(report.At)}");
    }

    private static Style Style(PostureState state) => new(state switch { PostureState.Bad => Color.Red, PostureState.Unknown or PostureState.Warning => Color.Yellow, _ => Color.Green });

    private static string Json(PostureReport report, bool strict)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("result"u8, report.Worst.Text());
            json.WriteNumber("exitCode"u8, report.ExitCode(strict));
            json.WriteString("bucket"u8, report.Bucket);
            json.WriteString("at"u8, Timestamp.Print(report.At));
            json.WriteStartArray("checks"u8);
            foreach (var check in report.Checks)
            {
                json.WriteStartObject();
                json.WriteString("id"u8, check.Id);
                json.WriteString("state"u8, check.State.Text());
                json.WriteString("message"u8, check.Message);
                if (check.Remedy is not null) json.WriteString("remedy"u8, check.Remedy);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
