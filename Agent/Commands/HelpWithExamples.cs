using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Sealtail.Commands;

/// <summary>The library's help, then the verb's examples; for the root, those of every verb.</summary>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        help.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (var (commandLine, purpose) in ExamplesOf(parseResult.CommandResult.Command))
        {
            output.WriteLine($"  {commandLine}");
            output.WriteLine($"      {purpose}");
        }

        output.WriteLine();
        output.WriteLine("Exit codes: 0 done; 1 refuted (verify, verify-proof, drill, bucket check only); 2 usage, configuration or trust error;");
        output.WriteLine("3 cannot conclude, or parked; 4 warnings with --strict; 70 a fault of sealtail itself.");
        return ExitCode.Done;
    }

    internal static IEnumerable<(string CommandLine, string Purpose)> ExamplesOf(Command command) =>
        command is Verb verb ? verb.Examples : command.Subcommands.OfType<Verb>().SelectMany(child => child.Examples.Take(1));
}
