using System.CommandLine;
using Sealtail.Configuration;
using Sealtail.Proving;
using Sealtail.Verifying;

namespace Sealtail.Commands;

/// <summary><c>sealtail explain</c>: what a finding means and what to do next.</summary>
internal static class ExplainCommand
{
    private static IEnumerable<FindingKind> Findings => FindingKind.All.Concat(ProofFinding.All);

    public static Command Create()
    {
        var id = new Argument<string?>("FINDING") { Description = "A finding's id, such as TAIL_STALE. Without it: all of them.", Arity = ArgumentArity.ZeroOrOne };
        var verb = new Verb("explain", "Says what a finding of verify or verify-proof means, how much it weighs, and what to do.")
        {
            Examples =
            [
                ("sealtail explain TAIL_STALE", "what it means that a stream's tail is stale"),
                ("sealtail explain", "list every finding"),
            ],
        };
        verb.Add(id);
        verb.SetAction(parsed => Explain(parsed.GetValue(id), parsed.InvocationConfiguration.Output));
        return verb;
    }

    private static int Explain(string? id, TextWriter output)
    {
        if (id is null)
        {
            foreach (var known in Findings.OrderBy(kind => kind.Id, StringComparer.Ordinal)) output.WriteLine($"{known.Id,-26} {known.Severity.Text(),-13} {known.Meaning}");
            return ExitCode.Done;
        }

        if (Findings.FirstOrDefault(kind => kind.Id.Equals(id.Replace('-', '_'), StringComparison.OrdinalIgnoreCase)) is not { } found)
        {
            var near = NearestName.Of(id, Findings.Select(kind => kind.Id));
            throw new CommandException($"There is no finding {Quoted.Text(id)}{(near is null ? "" : $", did you mean {near}?")} 'sealtail explain' lists them all.");
        }

        output.WriteLine($"{found.Id} ({found.Severity.Text()})");
        output.WriteLine();
        output.WriteLine($"Means:   {found.Meaning}");
        output.WriteLine($"Verdict: {Verdict(found.Severity)}");
        output.WriteLine($"Do:      {found.NextStep}");
        return ExitCode.Done;
    }

    private static string Verdict(Severity severity) => severity switch
    {
        Severity.Error => "refuted: exit code 1. Tampering or broken integrity is proven.",
        Severity.Inconclusive => "cannot conclude: exit code 3. What was asked for is not proven, and not disproven.",
        Severity.Warning => "proven all the same: exit code 0, or 4 with --strict. The place may make it weigh more.",
        _ => "none: it is said so that you know.",
    };
}
