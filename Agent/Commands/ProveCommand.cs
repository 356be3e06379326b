using System.CommandLine;
using Sealtail.Configuration;
using Sealtail.Proving;
using Sealtail.Verifying;

namespace Sealtail.Commands;

/// <summary><c>sealtail prove</c>: from an event to a folder that proves it to anybody, without the bucket.</summary>
internal static class ProveCommand
{
    private static readonly Argument<string> Bucket = new("BUCKET") { Description = "gs://bucket[/prefix], file:///dir or a path." };
    private static readonly Option<string?> AuditId = new("--audit-id") { Description = "The event's auditID. Clients choose it, and it may repeat: every record that has it is proven.", HelpName = "ID" };
    private static readonly Option<string[]> Match = new("--match") { Description = "A member of the record, as user.username=alice. May be repeated: all must hold.", HelpName = "FIELD=VALUE" };
    private static readonly Option<string> Out = new("--out") { Description = "The folder to make. It must not exist, or be empty.", HelpName = "DIR", Required = true };
    private static readonly Option<string?> Stream = new("--stream") { Description = "Search these streams only: cluster/node/source, with * and ?.", HelpName = "GLOB" };
    private static readonly Option<string?> From = new("--from") { Description = "Search only chunks that were signed from then on.", HelpName = "TIME" };
    private static readonly Option<string?> To = new("--to") { Description = "Search only chunks that hold records up to then.", HelpName = "TIME" };
    private static readonly Option<int> Limit = new("--limit") { Description = "The most records to prove; if more match, none is.", HelpName = "N", DefaultValueFactory = _ => 100 };

    public static Command Create()
    {
        var trust = new TrustArguments();
        var signer = SignerOption.Create();
        var verb = new Verb("prove", "Writes a self-contained proof of each record that matches: checkable offline, without Sealtail, and telling nothing of other records.")
        {
            Examples =
            [
                ("sealtail prove gs://acme-audit/k8s --trust trust.txt --audit-id 0e2f3a9c-5a0e-4f56-9d51-6f1c0c2f7a10 --out case-17", "prove one event"),
                ("sealtail prove ./bucket --key signing.pem.pub --match user.username=alice --match verb=delete --from 2026-11-01 --out case-18", "prove what somebody deleted"),
            ],
        };
        verb.Add(Bucket);
        foreach (var option in new Option[] { AuditId, Match, Out, Stream, From, To, Limit, signer }.Concat(trust.Options)) verb.Add(option);
        verb.SetAction((parsed, cancellationToken) => RunAsync(parsed, trust, signer, cancellationToken));
        return verb;
    }

    private static async Task<int> RunAsync(ParseResult parsed, TrustArguments trustArguments, Option<string?> signer, CancellationToken cancellationToken)
    {
        var output = parsed.InvocationConfiguration.Output;
        var options = Options(parsed);
        var folder = parsed.GetRequiredValue(Out);
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()) throw new CommandException($"--out {Quoted.Text(folder)} is not empty: a proof never overwrites anything.");
        using var trust = trustArguments.Read(parsed);
        using var key = SignerOption.Read(parsed, signer);
        using var bucket = BucketAccess.OpenToRead(parsed.GetRequiredValue(Bucket));
        var proofs = new List<Proof>(); // written at the end: all of them, or none
        var prover = new Prover(bucket, options, trust, key, TimeProvider.System) { Proven = proofs.Add };
        try
        {
            var result = await prover.RunAsync(cancellationToken);
            for (var number = 1; number <= proofs.Count; number++) Write(proofs[number - 1], ProofFolder.NameOf(number));
            foreach (var problem in result.Problems) await output.WriteLineAsync(Shown.Text($"Not searched: {problem}"));
            if (result.Proofs == 0) await output.WriteLineAsync("No record matches. Nothing was written.");
            else await output.WriteLineAsync(Shown.Text($"Next: sealtail verify-proof {folder}{(trust is null ? " --key PUB.pem, with the node's key: none was given here, so the bucket's own word on it was taken" : "")}"));
            return result.Proofs > 0 && result.Problems.Count == 0 ? ExitCode.Done : ExitCode.Inconclusive;
        }
        catch (TooManyMatchesException e)
        {
            throw new CommandException(e.Message, ExitCode.Usage, e);
        }

        void Write(Proof proof, string name)
        {
            ProofFolder.Write(proof, bucket.Location, Path.Combine(folder, name));
            output.WriteLine(Shown.Text($"{name}: record {proof.Record.Index} of manifest {proof.Manifest.Sequence} of epoch {proof.Manifest.Epoch} of {proof.Manifest.Stream}, signed by {proof.Key.KeyId}"));
        }
    }

    private static ProveOptions Options(ParseResult parsed)
    {
        try
        {
            return new ProveOptions
            {
                Match = RecordMatch.Of(parsed.GetValue(AuditId), parsed.GetValue(Match) ?? []),
                Streams = StreamArgument.Read(parsed, Stream),
                From = TimeArgument.Read(parsed, From),
                To = TimeArgument.Read(parsed, To),
                Limit = parsed.GetValue(Limit) is > 0 and var limit ? limit : throw new FormatException("--limit must be at least 1."),
            };
        }
        catch (FormatException e)
        {
            throw new CommandException(e.Message, ExitCode.Usage, e);
        }
    }
}
