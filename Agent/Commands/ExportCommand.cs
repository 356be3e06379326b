using System.CommandLine;
using Sealtail.Buckets;
using Sealtail.Buckets.Gcs;
using Sealtail.Configuration;
using Sealtail.Proving;
using Sealtail.Verifying;

namespace Sealtail.Commands;

/// <summary><c>sealtail export</c>: what proves an interval, as one sealed file that stands in for the bucket.</summary>
internal static class ExportCommand
{
    private static readonly Argument<string> Bucket = new("BUCKET") { Description = "gs://bucket[/prefix], file:///dir or a path." };
    private static readonly Option<string> Out = new("--out") { Description = "The file to make, ending with .tar. It must not exist.", HelpName = "evidence.tar", Required = true };
    private static readonly Option<string?> Stream = new("--stream") { Description = "Only these streams: cluster/node/source, with * and ? as wildcards.", HelpName = "GLOB" };
    private static readonly Option<string?> From = new("--from") { Description = "Begin of the interval to prove. Default: each stream's first start.", HelpName = "TIME" };
    private static readonly Option<string?> To = new("--to") { Description = "End of the interval to prove. Default: each stream's last manifest.", HelpName = "TIME" };
    private static readonly Option<string?> AsOf = new("--as-of") { Description = "The time at which a silent stream is judged. Default: now.", HelpName = "TIME" };

    public static Command Create()
    {
        var trust = new TrustArguments();
        var signer = SignerOption.Create();
        var verb = new Verb("export", "Writes what proves an interval into one sealed file, which verify takes in the place of the bucket, offline.")
        {
            Examples =
            [
                ("sealtail export gs://acme-audit/k8s --trust trust.txt --from 2026-11-01 --to 2026-12-01 --out november.tar", "hand over a month"),
                ("sealtail export ./bucket --key signing.pem.pub --signing-key auditor.pem --out evidence.tar", "hand over everything, sealed by a key that the receiver knows"),
            ],
        };
        verb.Add(Bucket);
        foreach (var option in new Option[] { Out, Stream, From, To, AsOf, signer }.Concat(trust.Options)) verb.Add(option);
        verb.SetAction((parsed, cancellationToken) => RunAsync(parsed, trust, signer, cancellationToken));
        return verb;
    }

    private static async Task<int> RunAsync(ParseResult parsed, TrustArguments trustArguments, Option<string?> signer, CancellationToken cancellationToken)
    {
        var file = parsed.GetRequiredValue(Out);
        if (!file.EndsWith(".tar", StringComparison.Ordinal)) throw new CommandException($"--out {Quoted.Text(file)} must end with .tar: verify knows an export by it.");
        if (File.Exists(file)) throw new CommandException($"--out {Quoted.Text(file)} exists: an export never overwrites anything.");
        var options = Options(parsed);
        using var trust = trustArguments.Require(parsed, "An export is verified as it is made.");
        using var key = SignerOption.Read(parsed, signer);
        using var bucket = BucketAccess.OpenToRead(parsed.GetRequiredValue(Bucket));
        var progress = new VerifyProgressLine();
        var policy = await PolicyAsync(parsed.GetRequiredValue(Bucket), cancellationToken);
        var exporter = new Exporter(bucket, trust, options, key, TimeProvider.System) { Policy = policy, Progressed = progress.Take };
        var report = await progress.ShowAsync(exporter.ExportAsync(file, cancellationToken));

        var output = parsed.InvocationConfiguration.Output;
        await output.WriteLineAsync(Shown.Text($"Wrote {file}, sealed by key {key.Public.KeyId}. Note that id, or the file's sha256sum, where the receiver finds it."));
        await output.WriteLineAsync($"Verifying it now says: {VerifyReport.ResultOf(report.Worst)}.");
        var isWhole = exporter.LeftOut.Count == 0 && !report.Findings.Any(finding => finding.Kind == FindingKind.BucketUnreadable || finding.Kind == FindingKind.ObjectUnreadable || finding.Kind == FindingKind.NothingFound);
        foreach (var left in exporter.LeftOut) await output.WriteLineAsync(Shown.Text($"Left out, as it could not be read: {left}"));
        if (!isWhole) await output.WriteLineAsync("Not everything could be read: the export is not whole. Its report says what is missing.");
        return isWhole ? ExitCode.Done : ExitCode.Inconclusive;
    }

    private static async Task<byte[]> PolicyAsync(string location, CancellationToken cancellationToken)
    {
        var options = new BucketOptions { Location = location };
        if (BucketAccess.DirectoryOf(options) is not null) return PolicyRecord.Absent("A directory has no settings and no IAM policy, and an export is not asked for those of its bucket again.");
        using var admin = BucketAccess.Admin(options);
        return await PolicyRecord.ReadAsync(admin, cancellationToken);
    }

    private static VerifyOptions Options(ParseResult parsed)
    {
        var options = new VerifyOptions
        {
            Streams = StreamArgument.Read(parsed, Stream),
            From = TimeArgument.Read(parsed, From),
            To = TimeArgument.Read(parsed, To),
            AsOf = TimeArgument.Read(parsed, AsOf),
        };
        return options.From > options.To ? throw new CommandException("--from is after --to.") : options;
    }
}
