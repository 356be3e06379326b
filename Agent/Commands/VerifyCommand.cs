using System.CommandLine;
using Sealtail.Buckets.Evidence;
using Sealtail.Verifying;
using Spectre.Console;

namespace Sealtail.Commands;

/// <summary><c>sealtail verify</c>: from a bucket and public keys to a verdict.</summary>
internal static class VerifyCommand
{
    private const int PlainWidth = 500; // of a line that goes to a file or a pipe: nothing is folded there

    private static readonly Argument<string> Bucket = new("BUCKET") { Description = "gs://bucket[/prefix], file:///dir, a path, or what export wrote." };
    private static readonly TrustArguments Trust = new();
    private static readonly Option<string?> Stream = new("--stream") { Description = "Only these streams: cluster/node/source, with * and ? as wildcards.", HelpName = "GLOB" };
    private static readonly Option<string?> From = new("--from") { Description = "Begin of the interval to prove (RFC 3339; a date alone is its midnight UTC). Default: each stream's first start.", HelpName = "TIME" };
    private static readonly Option<string?> To = new("--to") { Description = "End of the interval to prove. Default: each stream's last manifest, which must then be fresh.", HelpName = "TIME" };
    private static readonly Option<string?> AsOf = new("--as-of") { Description = "The time at which a silent stream is judged. Default: now.", HelpName = "TIME" };
    private static readonly Option<bool> ManifestsOnly = new("--manifests-only") { Description = "Do not open chunks: check their presence, size and CRC-32C." };
    private static readonly Option<string[]> Report = new("--report") { Description = "Writes the report to a file too: .json for programs, .html for people and printers. May be repeated.", HelpName = "FILE" };
    private static readonly Option<bool> Strict = new("--strict") { Description = "Exit with 4 if there are warnings." };

    public static Command Create()
    {
        var output = OutputOption.Create();
        var verb = new Verb("verify", "Proves what a bucket holds: signatures, chain, every byte, and the time that is covered.")
        {
            Examples =
            [
                ("sealtail verify gs://acme-audit/k8s --trust trust.txt", "prove every stream with the keys of a trust file"),
                ("sealtail verify ./bucket --key signing.pem.pub --stream 'prod-eu1/*'", "prove one cluster's streams in a directory with one key"),
                ("sealtail verify gs://acme-audit/k8s --trust trust.yaml --trust-sha256 \"$PINNED\" --report report.html", "prove what a trust policy demands, and keep the report"),
                ("sealtail verify gs://acme-audit/k8s --trust trust.txt --from 2026-11-01 --to 2026-12-01 --output json", "prove a month, for a program"),
            ],
        };
        verb.Add(Bucket);
        foreach (var option in Trust.Options.Concat([Stream, From, To, AsOf, ManifestsOnly, Report, Strict, output])) verb.Add(option);
        verb.SetAction((parsed, cancellationToken) => RunAsync(parsed, parsed.GetValue(output) == OutputOption.Json, cancellationToken));
        return verb;
    }

    private static async Task<int> RunAsync(ParseResult parsed, bool json, CancellationToken cancellationToken)
    {
        var options = ReadOptions(parsed);
        var files = (parsed.GetValue(Report) ?? []).Select(ReportFile.Named).ToArray();
        using var trust = Trust.Require(parsed, "A key found in the bucket proves nothing.");
        using var bucket = BucketAccess.OpenToRead(parsed.GetRequiredValue(Bucket));
        // An export is asked for what it was made for, unless something else is asked.
        if (bucket is EvidenceBucket { Facts: var made }) options = options with { From = options.From ?? made.From, To = options.To ?? made.To, AsOf = options.AsOf ?? made.AsOf, Streams = options.Streams ?? (made.Streams is { } streams ? StreamArgument.Parse(streams, "The export's bucket.json") : null) };
        var progress = new VerifyProgressLine();
        var verifier = new Verifier(bucket, trust, options, TimeProvider.System) { Progressed = progress.Take };
        var report = await progress.ShowAsync(verifier.VerifyAsync(cancellationToken));
        var strict = parsed.GetValue(Strict);
        foreach (var file in files) file.Write(report, strict);
        if (json) await parsed.InvocationConfiguration.Output.WriteLineAsync(JsonReport.Print(report, strict));
        else HumanReport.Print(report, ConsoleFor(parsed.InvocationConfiguration.Output));
        return report.ExitCode(strict);
    }

    private static VerifyOptions ReadOptions(ParseResult parsed)
    {
        var options = new VerifyOptions
        {
            Streams = StreamArgument.Read(parsed, Stream),
            From = TimeArgument.Read(parsed, From),
            To = TimeArgument.Read(parsed, To),
            AsOf = TimeArgument.Read(parsed, AsOf),
            ManifestsOnly = parsed.GetValue(ManifestsOnly),
        };
        return options.From > options.To ? throw new CommandException("--from is after --to.") : options;
    }

    internal static IAnsiConsole ConsoleFor(TextWriter output)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        if (!console.Profile.Out.IsTerminal) console.Profile.Width = PlainWidth;
        return console;
    }
}
