namespace Sealtail.Commands;

/// <summary>The command cannot do what was asked, for a reason that its caller can mend; the message is a sentence for them.</summary>
internal sealed class CommandException(string message, int exitCode = ExitCode.Usage, Exception? inner = null) : Exception(message, inner)
{
    public int ExitCode { get; } = exitCode;
}
