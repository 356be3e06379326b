using System.CommandLine;
using System.Globalization;
using Sealtail.Buckets;
using Sealtail.Buckets.Evidence;
using Sealtail.Configuration;
using Sealtail.Files;
using Sealtail.Verifying;
using Spectre.Console;

namespace Sealtail.Commands;

/// <summary><c>sealtail verify</c>: from a bucket and public keys to a verdict.</summary>
internal static class VerifyCommand
{
    private const int PlainWidth = 500; // of a line that goes to a file or a pipe: nothing is folded there

    private static readonly string[] TimeFormats = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd"];

    private static readonly Argument<string> Bucket = new("BUCKET") { Description = "gs://bucket[/prefix], file:///dir, a path, or what export wrote." };
    private static readonly Option<string[]> Key = new("--key") { Description = "A public key (PEM) to believe about every stream. May be repeated.", HelpName = "PUB.pem" };
    private static readonly Option<string?> Trust = new("--trust") { Description = "A file of lines STREAM PUBLIC-KEY, as 'sealtail keys' prints them.", HelpName = "FILE" };
    private static readonly Option<string?> Stream = new("--stream") { Description = "Only these streams: cluster/node/source, with * and ? as wildcards.", HelpName = "GLOB" };
    private static readonly Option<string?> From = new("--from") { Description = "Begin of the interval to prove (RFC 3339; a date alone is its midnight UTC). Default: each stream's first start.", HelpName = "TIME" };
    private static readonly Option<string?> To = new("--to") { Description = "End of the interval to prove. Default: each stream's last manifest, which must then be fresh.", HelpName = "TIME" };
    private static readonly Option<string?> AsOf = new("--as-of") { Description = "The time at which a silent stream is judged. Default: now.", HelpName = "TIME" };
    private static readonly Option<bool> ManifestsOnly = new("--manifests-only") { Description = "Do not open chunks: check their presence, size and CRC-32C." };
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
                ("sealtail verify gs://acme-audit/k8s --trust trust.txt --from 2026-11-01 --to 2026-12-01 --output json", "prove a month, for a program"),
            ],
        };
        verb.Add(Bucket);
        foreach (var option in new Option[] { Key, Trust, Stream, From, To, AsOf, ManifestsOnly, Strict, output }) verb.Add(option);
        verb.SetAction((parsed, cancellationToken) => RunAsync(parsed, parsed.GetValue(output) == OutputOption.Json, cancellationToken));
        return verb;
    }

    private static async Task<int> RunAsync(ParseResult parsed, bool json, CancellationToken cancellationToken)
    {
        var options = ReadOptions(parsed);
        using var trust = ReadTrust(parsed);
        using var bucket = Open(parsed.GetRequiredValue(Bucket));
        // An export is asked for what it was made for, unless something else is asked.
        if (bucket is EvidenceBucket { Facts: var made }) options = options with { From = options.From ?? made.From, To = options.To ?? made.To, AsOf = options.AsOf ?? made.AsOf, Streams = options.Streams ?? (made.Streams is { } streams ? ReadGlob(streams) : null) };
        var progress = new VerifyProgressLine();
        var verifier = new Verifier(bucket, trust, options, TimeProvider.System) { Progressed = progress.Take };
        var report = await progress.ShowAsync(verifier.VerifyAsync(cancellationToken));
        var strict = parsed.GetValue(Strict);
        if (json) await parsed.InvocationConfiguration.Output.WriteLineAsync(JsonReport.Print(report, strict));
        else HumanReport.Print(report, ConsoleFor(parsed.InvocationConfiguration.Output));
        return report.ExitCode(strict);
    }

    private static VerifyOptions ReadOptions(ParseResult parsed)
    {
        var options = new VerifyOptions
        {
            Streams = parsed.GetValue(Stream) is { } glob ? ReadGlob(glob) : null,
            From = ReadTime(parsed, From),
            To = ReadTime(parsed, To),
            AsOf = ReadTime(parsed, AsOf),
            ManifestsOnly = parsed.GetValue(ManifestsOnly),
        };
        return options.From > options.To ? throw new CommandException("--from is after --to.") : options;
    }

    private static TrustPolicy ReadTrust(ParseResult parsed)
    {
        try
        {
            var anchors = (parsed.GetValue(Key) ?? []).Select(TrustFile.ReadKey).ToList();
            if (parsed.GetValue(Trust) is { } file) anchors.AddRange(TrustFile.Read(file));
            return anchors.Count > 0
                ? new TrustPolicy(anchors)
                : throw new CommandException("Whom to believe? Give --key PUB.pem or --trust FILE. A key found in the bucket proves nothing.");
        }
        catch (TrustException e)
        {
            throw new CommandException(e.Message, ExitCode.Usage, e);
        }
    }

    private static IBucket Open(string location)
    {
        try
        {
            return BucketFactory.Open(location, new DurableFiles());
        }
        catch (FormatException e)
        {
            throw new CommandException(e.Message, ExitCode.Usage, e);
        }
    }

    private static StreamGlob ReadGlob(string text)
    {
        try
        {
            return StreamGlob.Parse(text);
        }
        catch (FormatException e)
        {
            throw new CommandException($"--stream: {e.Message}", ExitCode.Usage, e);
        }
    }

    private static DateTimeOffset? ReadTime(ParseResult parsed, Option<string?> option)
    {
        if (parsed.GetValue(option) is not { } text) return null;
        return DateTimeOffset.TryParseExact(text, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time.ToUniversalTime()
            : throw new CommandException($"{option.Name} {Quoted.Text(text)} is not a time: write 2026-11-22T09:00:00Z, or a date.");
    }

    private static IAnsiConsole ConsoleFor(TextWriter output)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        if (!console.Profile.Out.IsTerminal) console.Profile.Width = PlainWidth;
        return console;
    }
}
