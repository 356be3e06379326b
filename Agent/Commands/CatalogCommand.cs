using System.CommandLine;
using System.Text.Json;
using Sealtail.Configuration;
using Sealtail.Tampering;
using Sealtail.Verifying;
using Spectre.Console;

namespace Sealtail.Commands;

/// <summary><c>sealtail catalog</c>: hurts throw-away buckets in every way known, in front of an auditor, and shows what verification makes of each.</summary>
internal static class CatalogCommand
{
    private static readonly Option<string?> Only = new("--case") { Description = "Only cases whose id contains this.", HelpName = "TEXT" };
    private static readonly Option<string?> Keep = new("--keep") { Description = "Leaves each case's bucket, trust file and verify line under this new folder, to look at and to try other verifiers on.", HelpName = "DIR" };

    public static Command Create()
    {
        var output = OutputOption.Create();
        var verb = new Verb("catalog", "Runs the tamper catalogue: makes a good bucket in memory, hurts it in every way known, and shows that verify notices.")
        {
            Examples =
            [
                ("sealtail catalog", "run every case and print the table"),
                ("sealtail catalog --case chunk- --keep ./tampered", "run the cases about chunks and leave their buckets to look at"),
            ],
        };
        foreach (var option in new Option[] { Only, Keep, output }) verb.Add(option);
        verb.SetAction((parsed, cancellationToken) => RunAsync(parsed, parsed.GetValue(output) == OutputOption.Json, cancellationToken));
        return verb;
    }

    private static async Task<int> RunAsync(ParseResult parsed, bool json, CancellationToken cancellationToken)
    {
        var cases = TamperCatalogue.All.Where(item => parsed.GetValue(Only) is not { } part || item.Id.Contains(part, StringComparison.OrdinalIgnoreCase)).ToArray();
        if (cases.Length == 0) throw new CommandException($"No case's id contains {Quoted.Text(parsed.GetValue(Only) ?? "")}.");
        var keep = parsed.GetValue(Keep) is { } folder ? new CaseFolder(folder) : null;
        var results = new List<TamperResult>();
        foreach (var item in cases) results.Add(await item.RunAsync(keep is null ? null : keep.Save, cancellationToken));
        if (json) await parsed.InvocationConfiguration.Output.WriteLineAsync(Json(results));
        else Print(results, VerifyCommand.ConsoleFor(parsed.InvocationConfiguration.Output));
        var wrong = results.Count(result => !result.IsAsExpected);
        if (wrong > 0) throw new CommandException($"{wrong} of {results.Count} cases were not judged as they should be: this verifier is not to be relied on. Report it.", ExitCode.Fault);
        return ExitCode.Done;
    }

    private static void Print(List<TamperResult> results, IAnsiConsole console)
    {
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns("Case", "Who", "What is done", "Must be found", "Found", "Exit", "");
        foreach (var result in results)
        {
            table.AddRow(
                new Text(result.Case.Id), new Text(result.Case.Attacker.ToString().ToLowerInvariant()), new Text(result.Case.Does),
                new Text(result.Case.Finding is { } finding ? $"{finding.Id} ({result.Case.Severity.Text()})" : "nothing"),
                new Text(result.Found.Count == 0 ? "nothing" : string.Join(", ", result.Found)), new Text($"{result.Report.ExitCode(strict: true)}"),
                result.IsAsExpected ? new Text("ok", new Style(Color.Green)) : new Text("WRONG", new Style(Color.Red)));
        }

        console.Write(table);
        console.WriteLine($"{results.Count(result => result.Case.Attacker != Attacker.None)} ways to hurt a bucket and {results.Count(result => result.Case.Attacker == Attacker.None)} that must not alarm; {results.Count(result => result.IsAsExpected)} of {results.Count} judged as they should be.");
        console.WriteLine("Exit codes are those of verify --strict: 0 proven, 1 refuted, 3 cannot conclude, 4 proven with warnings.");
        console.WriteLine("Who: store writes and deletes objects; signer holds the node's key too; auditor asks for more than there is; none is nobody.");
    }

    private static string Json(List<TamperResult> results)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartArray();
            foreach (var result in results)
            {
                json.WriteStartObject();
                json.WriteString("id"u8, result.Case.Id);
                json.WriteString("attacker"u8, result.Case.Attacker.ToString().ToLowerInvariant());
                json.WriteString("does"u8, result.Case.Does);
                json.WriteString("finding"u8, result.Case.Finding?.Id);
                json.WriteString("severity"u8, result.Case.Severity.Text());
                json.WriteNumber("exitCode"u8, result.Case.ExitCode);
                json.WriteStartArray("found"u8);
                foreach (var found in result.Found) json.WriteStringValue(found);
                json.WriteEndArray();
                json.WriteNumber("foundExitCode"u8, result.Report.ExitCode(strict: true));
                json.WriteBoolean("asExpected"u8, result.IsAsExpected);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return System.Text.Encoding.UTF8.GetString(bytes.ToArray());
    }
}
