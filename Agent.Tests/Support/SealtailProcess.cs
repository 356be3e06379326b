using System.Diagnostics;

namespace Sealtail.Tests;

/// <summary>What a finished run of the program left.</summary>
internal sealed record ProcessResult(int ExitCode, string Output, string Error);

/// <summary>Runs the built program as users do: as a process.</summary>
internal static class SealtailProcess
{
    /// <summary>Waits for the end; a program that does not end fails the test after a minute.</summary>
    public static Task<ProcessResult> RunAsync(string directory, params string[] arguments) => RunAsync(directory, [], arguments);

    public static async Task<ProcessResult> RunAsync(string directory, (string Name, string Value)[] environment, params string[] arguments)
    {
        using var process = Start(directory, environment, arguments);
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        var output = process.StandardOutput.ReadToEndAsync(patience.Token);
        var error = process.StandardError.ReadToEndAsync(patience.Token);
        try
        {
            await process.WaitForExitAsync(patience.Token);
            return new ProcessResult(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"sealtail {string.Join(' ', arguments)} did not end within five minutes.");
        }
    }

    /// <summary>For a test that acts while the program runs. Its three streams are pipes.</summary>
    public static Process Start(string directory, (string Name, string Value)[] environment, params string[] arguments)
    {
        var start = SealtailProgram.With(arguments);
        start.WorkingDirectory = directory;
        (start.RedirectStandardOutput, start.RedirectStandardError, start.RedirectStandardInput) = (true, true, true);
        foreach (var name in new[] { "NODE_NAME", "SEALTAIL_DEBUG", "STORAGE_EMULATOR_HOST" }) start.Environment.Remove(name);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return Process.Start(start)!; // not null without UseShellExecute
    }
}
