using System.CommandLine;
using System.CommandLine.Invocation;
using System.Runtime.InteropServices;
using Sealtail.Buckets;
using Sealtail.Chaining;
using Sealtail.Configuration;
using Sealtail.Spooling;
using Sealtail.Tailing;

namespace Sealtail.Commands;

/// <summary>The outermost edge: arguments in, exit code out. Whatever goes wrong becomes a sentence; nobody sees a stack trace who did not ask for it.</summary>
internal static class CommandLine
{
    /// <summary>Set to 1, the whole exception follows its sentence.</summary>
    private const string DebugVariable = "SEALTAIL_DEBUG";

    public static async Task<int> RunAsync(string[] arguments)
    {
        try
        {
            // No @file arguments: a name that begins with @ is a name.
            var parsed = SealtailCommand.Create().Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
            if (UsageErrors.Of(parsed) is { Count: > 0 } errors) return UsageErrors.Print(errors, parsed, Console.Error);

            // The library's own handling of signals would kill a run that is still uploading.
            var console = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            return parsed.Action is AsynchronousCommandLineAction ? await InvokeUntilSignalAsync(parsed, console) : parsed.Invoke(console);
        }
        catch (Exception e)
        {
            return Explain(e, Console.Error);
        }
    }

    // Only for a verb that listens to cancellation: any other is ended by the signal itself.
    private static async Task<int> InvokeUntilSignalAsync(ParseResult parsed, InvocationConfiguration console)
    {
        using var stopping = new CancellationTokenSource();
        var signalled = ExitCode.Done;
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, ExitCode.Interrupted));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, ExitCode.Terminated));
        try
        {
            return await parsed.InvokeAsync(console, stopping.Token);
        }
        catch (OperationCanceledException) when (signalled != ExitCode.Done)
        {
            Console.Error.WriteLine("sealtail: Stopped by a signal before the end.");
            return signalled;
        }

        // The second signal is not held back: it ends the process at once, which everything on disk survives.
        void Stop(PosixSignalContext context, int code)
        {
            if (signalled != ExitCode.Done) return;
            context.Cancel = true;
            signalled = code;
            stopping.Cancel();
        }
    }

    internal static int Explain(Exception e, TextWriter error)
    {
        var (text, code) = e switch
        {
            ConfigurationException wrong => ($"{Quoted.Lines(wrong.Message)}\nsealtail: {Count(wrong.Errors.Count)} in the configuration.", ExitCode.Usage),
            CommandException wrong => ($"sealtail: {Quoted.Lines(e.Message)}", wrong.ExitCode),
            BucketException => ($"sealtail: {Quoted.Lines(e.Message)}", ExitCode.Inconclusive),
            SpoolException or NewerStateException or SigningKeyException or IOException or UnauthorizedAccessException => ($"sealtail: {Quoted.Lines(e.Message)}", ExitCode.Usage),
            _ => ($"sealtail: A fault of sealtail itself ({e.GetType().Name}): {Quoted.Lines(e.Message)} Set {DebugVariable}=1 to see where, and report it.", ExitCode.Fault),
        };
        error.WriteLine(text);
        if (Environment.GetEnvironmentVariable(DebugVariable) == "1") error.WriteLine(e);
        return code;
    }

    private static string Count(int errors) => errors == 1 ? "1 error" : $"{errors} errors";
}
