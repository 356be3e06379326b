using System.CommandLine;
using System.CommandLine.Invocation;
using Sealtail.Observability;

namespace Sealtail.Commands;

internal sealed class PrintVersion : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output.WriteLine($"{AgentVersion.Name} {AgentVersion.Text}");
        return ExitCode.Done;
    }
}
