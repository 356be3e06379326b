using System.CommandLine;
using System.Text;
using Sealtail.Buckets;
using Sealtail.Buckets.Gcs;
using Sealtail.Chaining;
using Sealtail.Configuration;
using Sealtail.Files;
using Sealtail.Format;
using Sealtail.Posture;
using Sealtail.Verifying;
using Spectre.Console;

namespace Sealtail.Commands;

/// <summary><c>sealtail drill</c>: proves that a bucket is immutable by trying to change it.</summary>
internal static class DrillCommand
{
    private static readonly Argument<string> Bucket = new("BUCKET") { Description = "gs://bucket[/prefix], file:///dir or a path." };
    private static readonly Option<bool> AsAgent = new("--as-agent") { Description = "Prove that the identity at hand, the agent's, can create objects and nothing else." };
    private static readonly Option<string?> Report = new("--report") { Description = "Writes the report as JSON.", HelpName = "FILE" };
    private static readonly Option<string?> Sign = new("--sign") { Description = "Signs the report with this private key, into FILE.dsse.json beside --report.", HelpName = "KEY.pem" };
    private static readonly Option<bool> Store = new("--store") { Description = "Stores the report in the bucket beside the marked object, where it will be kept as long." };

    public static Command Create()
    {
        var config = BucketAccess.ConfigOption();
        var output = OutputOption.Create();
        var verb = new Verb("drill", "Proves that a bucket is immutable by trying: makes a marked object, then tries to overwrite, delete and shorten. Exit 0 only if all was refused.")
        {
            Examples =
            [
                ("sealtail drill gs://acme-audit/k8s --report drill.json", "try to break the bucket as the auditor or administrator who is logged in"),
                ("sealtail drill gs://acme-audit/k8s --as-agent --config /etc/sealtail/sealtail.yaml", "prove that the agent's identity can only create"),
            ],
        };
        verb.Add(Bucket);
        foreach (var option in new Option[] { AsAgent, config, Report, Sign, Store, output }) verb.Add(option);
        verb.SetAction((parsed, cancellationToken) => RunAsync(parsed, parsed.GetValue(config), parsed.GetValue(output) == OutputOption.Json, cancellationToken));
        return verb;
    }

    private static async Task<int> RunAsync(ParseResult parsed, string? config, bool json, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(Sign) is not null && parsed.GetValue(Report) is null) throw new CommandException("--sign needs --report FILE: the signature goes beside it.");
        using var key = parsed.GetValue(Sign) is { } path ? SigningKey.Load(path) : null;
        var options = BucketAccess.Options(parsed.GetRequiredValue(Bucket), config);
        var report = await DrillAsync(options, parsed.GetValue(AsAgent), cancellationToken);
        if (parsed.GetValue(Report) is { } file) Save(report, file, key);
        if (parsed.GetValue(Store)) await StoreAsync(report, options, key, cancellationToken);
        if (json) await parsed.InvocationConfiguration.Output.WriteLineAsync(Encoding.UTF8.GetString(DrillJson.Print(report)));
        else Print(report, VerifyCommand.ConsoleFor(parsed.InvocationConfiguration.Output));
        return report.ExitCode;
    }

    private static async Task<DrillReport> DrillAsync(BucketOptions options, bool asAgent, CancellationToken cancellationToken)
    {
        if (BucketAccess.DirectoryOf(options) is { } directory)
        {
            using var bucket = new DirectoryBucket(directory, new DurableFiles());
            return await new DirectoryDrill(bucket, directory, TimeProvider.System).RunAsync(asAgent, cancellationToken);
        }

        using var admin = BucketAccess.Admin(options);
        var drill = new GcsDrill(admin, TimeProvider.System);
        return asAgent ? await drill.RunAsAgentAsync(cancellationToken) : await drill.RunAsync(cancellationToken);
    }

    private static void Save(DrillReport report, string file, SigningKey? key)
    {
        try
        {
            File.WriteAllBytes(file, DrillJson.Print(report));
            if (key is not null) File.WriteAllBytes(file + ".dsse.json", Signed(report, key));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"The report {Quoted.Text(file)} cannot be written: {e.Message}", ExitCode.Usage, e);
        }
    }

    private static async Task StoreAsync(DrillReport report, BucketOptions options, SigningKey? key, CancellationToken cancellationToken)
    {
        var bytes = key is null ? DrillJson.Print(report) : Signed(report, key);
        using var bucket = BucketFactory.Open(options, new DurableFiles(), TimeProvider.System);
        var name = report.ObjectName.Replace(".json", key is null ? ".report.json" : ".report.dsse.json", StringComparison.Ordinal);
        await bucket.CreateAsync(new Upload(name, "application/json", bytes.Length, Crc32C.Of(bytes).Value, () => new MemoryStream(bytes)), cancellationToken);
    }

    private static byte[] Signed(DrillReport report, SigningKey key)
    {
        var statement = DrillJson.Statement(report);
        return new Envelope(statement, [new EnvelopeSignature(key.Public.KeyId.ToString(), key.Sign(statement))]).ToBytes();
    }

    private static void Print(DrillReport report, IAnsiConsole console)
    {
        console.WriteLine(report.ExitCode switch
        {
            0 when report.AsAgent => "HELD: the identity can create objects and nothing else.",
            0 => "HELD: every attempt was refused.",
            1 => "BROKEN: not everything was refused.",
            _ => "INCONCLUSIVE: not every attempt had a definite answer.",
        }, new Style(report.ExitCode switch { 0 => Color.Green, 1 => Color.Red, _ => Color.Yellow }, decoration: Decoration.Bold));
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns("Attempt", "Outcome", "Status", "The store's answer");
        foreach (var attempt in report.Attempts)
            table.AddRow(new Text(attempt.Action), new Text(DrillJson.Text(attempt.Outcome)), new Text($"{attempt.Status}"), new Text(Shown.Text(attempt.Answer)));
        console.Write(table);
        console.WriteLine(Shown.Text($"Bucket: {report.Bucket}; marked object: {report.ObjectName}, which stays as long as the bucket keeps it."));
    }
}
