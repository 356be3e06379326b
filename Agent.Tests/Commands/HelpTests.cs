using System.CommandLine;
using System.Text.RegularExpressions;
using NUnit.Framework;
using Sealtail.Commands;

namespace Sealtail.Tests.Commands;

/// <summary>Help that is complete and true: what it shows works.</summary>
internal sealed class HelpTests
{
    [TestCaseSource(nameof(Verbs))]
    public void Every_verb_has_examples_that_parse(string path)
    {
        var examples = HelpWithExamples.ExamplesOf(Find(path)).ToArray();

        Assert.That(examples, Is.Not.Empty);
        foreach (var (commandLine, purpose) in examples)
        {
            // Up to a redirection, which is the shell's.
            var words = commandLine.Split('>')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var parsed = SealtailCommand.Create().Parse(words[1..]);

            Assert.That(words[0], Is.EqualTo("sealtail"), commandLine);
            Assert.That(parsed.Errors.Select(error => error.Message), Is.Empty, commandLine);
            Assert.That(parsed.CommandResult.Command.Subcommands, Is.Empty, commandLine);
            Assert.That(purpose, Is.Not.Empty, commandLine);
        }
    }

    [TestCaseSource(nameof(Verbs))]
    public async Task Help_shows_usage_options_and_examples(string path)
    {
        var result = await SealtailProcess.RunAsync("/", [.. path.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);

        Assert.That(result.ExitCode, Is.Zero);
        Assert.That(result.Error, Is.Empty);
        Assert.That(result.Output, Does.Contain($"  {$"sealtail {path}".Trim()}").And.Contain("Usage:").And.Contain("Options:").And.Contain("\nExamples:\n  sealtail ").And.Contain("Exit codes:"));
        foreach (var option in Find(path).Options) Assert.That(result.Output, Does.Contain(option.Name));
        foreach (var child in Find(path).Subcommands) Assert.That(result.Output, Does.Contain($"\n  {child.Name} "));
    }

    [Test]
    public async Task The_version_names_the_release_and_the_commit()
    {
        var result = await SealtailProcess.RunAsync("/", "--version");

        Assert.That(result.Output, Does.Match(new Regex(@"^sealtail \d+\.\d+\.\d+\S*\n$")));
        Assert.That(result.ExitCode, Is.Zero);
    }

    private static IEnumerable<TestCaseData> Verbs => PathsOf(SealtailCommand.Create(), "").Select(path => new TestCaseData(path).SetArgDisplayNames(path.Length > 0 ? path : "sealtail"));

    private static IEnumerable<string> PathsOf(Command command, string path) =>
        command.Subcommands.Where(child => !child.Hidden).SelectMany(child => PathsOf(child, $"{path} {child.Name}".TrimStart())).Prepend(path);

    private static Command Find(string path) =>
        path.Split(' ', StringSplitOptions.RemoveEmptyEntries).Aggregate((Command)SealtailCommand.Create(), (command, name) => command.Subcommands.Single(child => child.Name == name));
}
