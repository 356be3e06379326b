using System.Diagnostics;
using System.Text.RegularExpressions;
using NUnit.Framework;
using Sealtail.Tests.Support;

namespace Sealtail.Tests.EndToEnd;

/// <summary>README's first commands, as they stand there, in a copy of what they read.</summary>
internal sealed partial class NewcomerTests : IDisposable
{
    private const long MostSampleBytes = 3_000_000;

    private static readonly string[] Lines = [.. ShellBlock().Matches(File.ReadAllText(Path.Combine(Repository.Root, "README.md"))).SelectMany(block => block.Groups["lines"].Value.Split('\n'))];

    private readonly TempFolder checkout = new("newcomer");

    public NewcomerTests()
    {
        var samples = Path.Combine(Repository.Root, "config", "samples");
        foreach (var file in Directory.GetFiles(samples, "*", SearchOption.AllDirectories))
        {
            var copy = checkout[Path.Combine("config", "samples", Path.GetRelativePath(samples, file))];
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!); // below the folder
            File.Copy(file, copy);
        }
    }

    public void Dispose() => checkout.Dispose();

    [Test]
    public async Task The_sample_is_shipped_and_the_command_that_is_named_next_proves_it()
    {
        var run = await SealtailProcess.RunAsync(checkout.Path, ArgumentsOf("dotnet run --project Agent -- "));

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Match(@"Shipped +5,162 records").And.Match(@"Bucket +\S+out/bucket").And.Match(@"Key +[0-9a-f]{64} \(\S+signing\.pem\.pub\)"));
        var named = run.Output.Split('\n').Single(line => line.Contains(" verify ", StringComparison.Ordinal));
        var documented = ArgumentsOf("Agent/bin/Debug/net10.0/sealtail ");
        Assert.That(named, Does.EndWith(string.Join(' ', documented)));

        var verify = await SealtailProcess.RunAsync(checkout.Path, documented);
        Assert.That(verify.ExitCode, Is.Zero, verify.Output + verify.Error);
        var again = await SealtailProcess.RunAsync(checkout.Path, ArgumentsOf("dotnet run --project Agent -- "));
        Assert.That(again.Output, Does.Contain("nothing new"));
    }

    [Test]
    public void The_sample_is_small() =>
        Assert.That(Directory.GetFiles(checkout["config"], "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length), Is.LessThanOrEqualTo(MostSampleBytes));

    /// <summary>A run that someone waits for, and a verification, show what they do; where nobody watches, they do not draw.</summary>
    [Test]
    public async Task Progress_is_shown_on_a_terminal()
    {
        ShellTools.Require("script");
        var run = ArgumentsOf("dotnet run --project Agent -- ");
        var verify = ArgumentsOf("Agent/bin/Debug/net10.0/sealtail ");

        Assert.That(await OnTerminalAsync(run), Does.Contain(" to read, "));
        Assert.That(await OnTerminalAsync(verify), Does.Contain("Listing the bucket"));
        Assert.That((await SealtailProcess.RunAsync(checkout.Path, verify)).Error, Is.Empty);
    }

    private async Task<string> OnTerminalAsync(string[] arguments)
    {
        var program = SealtailProgram.With(arguments);
        var line = string.Join(' ', program.ArgumentList.Prepend(program.FileName).Select(part => $"'{part}'"));
        var start = new ProcessStartInfo("script", ["--quiet", "--return", "--command", line, "/dev/null"]) { WorkingDirectory = checkout.Path, RedirectStandardOutput = true, RedirectStandardInput = true };
        start.Environment["TERM"] = "xterm";
        start.Environment.Remove("CI"); // where the terminal library draws nothing
        using var process = Process.Start(start)!; // not null without UseShellExecute
        process.StandardInput.Close();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.That(process.ExitCode, Is.Zero, output);
        return output;
    }

    private static string[] ArgumentsOf(string beginning) => Lines.First(line => line.StartsWith(beginning, StringComparison.Ordinal))[beginning.Length..].Split(' ');

    [GeneratedRegex("^```sh\n(?<lines>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ShellBlock();
}
