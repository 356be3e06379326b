using System.Diagnostics;
using NUnit.Framework;

namespace Sealtail.Tests.Support;

/// <summary>
/// Programs that are not ours, by which tests check what ours made. Nobody needs them to build and to test; on the machine that decides (CI=true) they must
/// be there.
/// </summary>
internal static class ShellTools
{
    private static readonly Dictionary<string, string> Packages = new(StringComparer.Ordinal)
    {
        ["zcat"] = "gzip",
        ["base64"] = "coreutils",
        ["sha256sum"] = "coreutils",
        ["od"] = "coreutils",
        ["script"] = "bsdutils",
    };

    /// <summary>Ends the test as ignored, or on CI as failed, where one is missing.</summary>
    public static void Require(params string[] programs)
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        var missing = programs.Where(program => !path.Any(directory => File.Exists(Path.Combine(directory, program)))).ToList();
        if (missing.Count == 0) return;
        var message = $"This needs {string.Join(", ", missing)}. On Debian: apt-get install {string.Join(' ', missing.Select(program => Packages.GetValueOrDefault(program, program)).Distinct())}";
        if (Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail(message);
        Assert.Ignore(message);
    }

    /// <summary>Lines of documents and bundles, which want bash, jq, openssl and what every system has.</summary>
    /// <returns>Output: standard output, then standard error.</returns>
    public static (int ExitCode, string Output) Bash(string lines, string directory)
    {
        Require("bash", "jq", "openssl", "zcat", "sed", "base64", "sha256sum", "od");
        var start = new ProcessStartInfo("bash", ["-euo", "pipefail", "-c", lines]) { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true };
        using var bash = Process.Start(start)!; // not null without UseShellExecute
        var error = bash.StandardError.ReadToEndAsync();
        var output = bash.StandardOutput.ReadToEnd();
        bash.WaitForExit();
        return (bash.ExitCode, output + error.Result);
    }
}
