using System.CommandLine;
using Sealtail.Configuration;
using Sealtail.Format;
using Sealtail.Proving;
using Sealtail.Verifying;

namespace Sealtail.Commands;

/// <summary><c>sealtail verify-proof</c>: checks what <c>prove</c> wrote, with nothing but the folder and, better, the auditor's own copy of the key.</summary>
internal static class VerifyProofCommand
{
    private static readonly Argument<string> Folder = new("DIR") { Description = "What prove wrote, or one proof of it." };
    private static readonly Option<bool> Strict = new("--strict") { Description = "Exit with 4 if there are warnings: also where no key was given to hold the proof's own against." };

    public static Command Create()
    {
        var trust = new TrustArguments();
        var output = OutputOption.Create();
        var verb = new Verb("verify-proof", "Checks proofs of single records. Needs no bucket and no network.")
        {
            Examples =
            [
                ("sealtail verify-proof case-17 --key signing.pem.pub", "hold a proof against the node's key"),
                ("sealtail verify-proof case-17/proof-0001 --output json", "check one proof by itself, for a program"),
            ],
        };
        verb.Add(Folder);
        foreach (var option in new Option[] { Strict, output }.Concat(trust.Options)) verb.Add(option);
        verb.SetAction(parsed => Run(parsed, trust, parsed.GetValue(output) == OutputOption.Json));
        return verb;
    }

    private static int Run(ParseResult parsed, TrustArguments trustArguments, bool json)
    {
        using var trust = trustArguments.Read(parsed);
        var reports = ProofsIn(parsed.GetRequiredValue(Folder)).Select(folder => ProofVerifier.Verify(folder, trust)).ToList();
        var exitCode = reports.Max(report => report.Worst) switch
        {
            Severity.Error => ExitCode.Refuted,
            Severity.Inconclusive => ExitCode.Inconclusive,
            Severity.Warning when parsed.GetValue(Strict) => ExitCode.Warnings,
            _ => ExitCode.Done,
        };
        var output = parsed.InvocationConfiguration.Output;
        if (json) output.WriteLine(ProofJson.Print(reports, exitCode));
        else foreach (var report in reports) Print(report, output);
        return exitCode;
    }

    private static List<string> ProofsIn(string folder)
    {
        if (!Directory.Exists(folder)) throw new CommandException($"{Quoted.Text(folder)} is no folder.");
        if (File.Exists(Path.Combine(folder, ProofFolder.Manifest))) return [folder];
        var proofs = Directory.GetDirectories(folder, "proof-*").Order(StringComparer.Ordinal).ToList();
        return proofs.Count > 0 ? proofs : throw new CommandException($"There is no proof in {Quoted.Text(folder)}.");
    }

    private static void Print(ProofReport report, TextWriter output)
    {
        Line(report.Worst switch
        {
            Severity.Error => $"REFUTED: {report.Folder} does not hold.",
            Severity.Inconclusive => $"INCONCLUSIVE: {report.Folder} is not whole.",
            _ => $"HOLDS: {report.Folder}: record {report.Index} of manifest {report.Sequence} of epoch {report.Epoch} of {report.Stream}, signed at {(report.Signed is { } signed ? Timestamp.Print(signed) : "?")} (the node's clock) by {report.KeyId}.",
        });
        foreach (var (kind, message) in report.Findings)
        {
            Line($"  {kind.Id} ({kind.Severity.Text()}): {message} {kind.Meaning}");
            Line($"    What to do: {kind.NextStep}");
        }

        void Line(string text) => output.WriteLine(Shown.Text(text));
    }
}
