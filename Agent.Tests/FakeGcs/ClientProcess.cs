using System.ComponentModel;
using System.Diagnostics;

namespace Sealtail.Tests.FakeGcs;

/// <summary>Runs a real client's program and keeps what it says.</summary>
internal sealed record ClientProcess(int ExitCode, string Output)
{
    /// <summary>Null where the program is not installed.</summary>
    public static async Task<ClientProcess?> RunAsync(
        string program, IEnumerable<string> arguments, string folder, IReadOnlyDictionary<string, string> environment, string input, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;

        Process? process;
        try
        {
            process = Process.Start(start);
        }
        catch (Win32Exception)
        {
            return null;
        }

        using (process!) // a program started without the shell is always a new process
        {
            await process!.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return new ClientProcess(process.ExitCode, await output + await errors);
        }
    }
}
