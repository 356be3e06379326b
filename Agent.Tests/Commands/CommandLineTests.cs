using System.Diagnostics;
using NUnit.Framework;
using Sealtail.Buckets;
using Sealtail.Chaining;
using Sealtail.Commands;

namespace Sealtail.Tests.Commands;

/// <summary>What a wrong command line or a fault looks like from outside.</summary>
internal sealed class CommandLineTests
{
    [TestCase("kegen", "Unknown command kegen, did you mean keygen?", "sealtail")]
    [TestCase("keygen --otu x", "Unknown option --otu, did you mean --out?", "sealtail keygen")]
    [TestCase("keygen --out a b", "Unknown argument b.", "sealtail keygen")]
    [TestCase("keygen", "Option '--out' is required.", "sealtail keygen")]
    [TestCase("keygen --out", "Required argument missing for option: '--out'.", "sealtail keygen")]
    [TestCase("config", "Which command? config has: check, show, schema.", "sealtail config")]
    [TestCase("config chck", "Unknown command chck, did you mean check?", "sealtail config")]
    [TestCase("config check --confg=x", "Unknown option --confg, did you mean --config?", "sealtail config check")]
    [TestCase("config check --output xml", "--output must be human or json (was xml).", "sealtail config check")]
    [TestCase("config show --json", "Unknown option --json.", "sealtail config show")]
    [TestCase("@file", "Unknown command @file.", "sealtail")]
    public async Task A_wrong_command_line_is_explained_and_exits_with_2(string commandLine, string message, string helpOf)
    {
        var result = await SealtailProcess.RunAsync("/", commandLine.Split(' '));

        Assert.That(result.Error, Is.EqualTo($"sealtail: {message}\nRun '{helpOf} --help' for usage and examples.\n"));
        Assert.That(result.Output, Is.Empty);
        Assert.That(result.ExitCode, Is.EqualTo(2));
    }

    [Test]
    public async Task Without_arguments_it_names_the_commands()
    {
        var result = await SealtailProcess.RunAsync("/");

        Assert.That(result.Error, Does.StartWith("sealtail: Which command? sealtail has: ").And.Contain("keygen").And.Contain("config").And.Contain("keys"));
        Assert.That(result.ExitCode, Is.EqualTo(2));
    }

    [Test]
    public async Task What_could_move_the_cursor_is_escaped()
    {
        var result = await SealtailProcess.RunAsync("/", "\u001b[2J\u202e");

        Assert.That(result.Error, Does.StartWith(@"sealtail: Unknown command '\u{1b}[2J\u{202e}'."));
    }

    private static readonly (Exception Fault, int ExitCode, string Text)[] Faults =
    [
        (new CommandException("No.", ExitCode.Inconclusive), 3, "sealtail: No.\n"),
        (new SigningKeyException("Key k does not exist."), 2, "sealtail: Key k does not exist.\n"),
        (new FileNotFoundException("No file f."), 2, "sealtail: No file f.\n"),
        (new UnauthorizedAccessException("Access to f is denied."), 2, "sealtail: Access to f is denied.\n"),
        (new BucketException(BucketFault.Denied, "The bucket says\u001b no."), 3, "sealtail: The bucket says\\u{1b} no.\n"),
        (new InvalidOperationException("Impossible."), 70, "sealtail: A fault of sealtail itself (InvalidOperationException): Impossible. Set SEALTAIL_DEBUG=1 to see where, and report it.\n"),
    ];

    [TestCaseSource(nameof(FaultCases))]
    public void A_fault_is_one_sentence_and_its_own_exit_code(Exception fault, int exitCode, string text)
    {
        var error = new StringWriter();

        Assert.That(CommandLine.Explain(fault, error), Is.EqualTo(exitCode));
        Assert.That(error.ToString(), Is.EqualTo(text));
    }

    [Test]
    public async Task With_SEALTAIL_DEBUG_the_whole_exception_follows()
    {
        using var folder = new TempFolder();

        var result = await SealtailProcess.RunAsync(folder.Path, [("SEALTAIL_DEBUG", "1")], "config", "check", "--config", "gone.yaml");

        Assert.That(result.Error, Does.StartWith("gone.yaml: does not exist.").And.Contain("ConfigurationException").And.Contain("   at Sealtail."));
        Assert.That(result.ExitCode, Is.EqualTo(2));
    }

    [TestCase("-TERM", 143)]
    [TestCase("-INT", 130)]
    [CancelAfter(60_000)]
    public async Task A_signal_ends_a_verb_that_waits_for_its_input(string signal, int exitCode, CancellationToken cancellationToken)
    {
        using var folder = new TempFolder();
        await Process.Start("mkfifo", folder["pipe.yaml"]).WaitForExitAsync(cancellationToken);
        using var process = SealtailProcess.Start(folder.Path, [], "config", "check", "--config", "pipe.yaml");

        // Opens when the program has opened the other end; as long as it is open, the program waits.
        await using var pipe = await Task.Run(() => new FileStream(folder["pipe.yaml"], FileMode.Open, FileAccess.Write), cancellationToken);
        await Process.Start("kill", [signal, $"{process.Id}"]).WaitForExitAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);

        Assert.That(process.ExitCode, Is.EqualTo(exitCode));
    }

    private static IEnumerable<TestCaseData> FaultCases => Faults.Select(row => new TestCaseData(row.Fault, row.ExitCode, row.Text).SetArgDisplayNames(row.Fault.GetType().Name));
}
