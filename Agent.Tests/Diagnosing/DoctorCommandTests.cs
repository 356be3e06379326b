using System.Text.Json;
using System.Text.RegularExpressions;
using NUnit.Framework;
using Sealtail.Commands;
using Sealtail.Diagnosing;

namespace Sealtail.Tests.Diagnosing;

/// <summary><c>sealtail doctor</c> as a process, on a node in a folder.</summary>
internal sealed class DoctorCommandTests : IDisposable
{
    private readonly FakeNode node = new();
    private readonly TempFolder folder = new();

    public void Dispose()
    {
        node.Dispose();
        folder.Dispose();
    }

    [Test]
    public async Task It_says_what_is_wrong_to_people_and_exits_3()
    {
        node.Flags["audit-log-mode"] = "batch";
        var result = await RunAsync();

        Assert.That(result.ExitCode, Is.EqualTo(3), result.Error);
        Assert.That(result.Output, Does.StartWith("problem  audit-mode          --audit-log-mode=batch keeps records in memory"));
        Assert.That(result.Output, Does.Contain("→ Set --audit-log-mode=blocking"));
    }

    [Test]
    public async Task Its_json_has_every_finding_and_the_worst_as_its_result()
    {
        node.Flags["audit-log-mode"] = "batch";
        var result = await RunAsync("--output", "json");

        using var json = JsonDocument.Parse(result.Output);
        var checks = json.RootElement.GetProperty("checks").EnumerateArray().ToArray();
        Assert.That(json.RootElement.GetProperty("result").GetString(), Is.EqualTo("problems"));
        Assert.That(checks.Select(check => check.GetProperty("id").GetString()).Distinct(), Is.SubsetOf(CheckId.All));
        Assert.That(checks.Single(check => check.GetProperty("id").GetString() == CheckId.AuditMode).GetProperty("severity").GetString(), Is.EqualTo("problem"));
    }

    [Test]
    public async Task A_configuration_that_is_wrong_is_exit_code_2()
    {
        folder.Write("wrong.yaml", "service: {}");

        Assert.That((await SealtailProcess.RunAsync(folder.Path, "doctor", "--config", "wrong.yaml")).ExitCode, Is.EqualTo(2));
    }

    [TestCase(Severity.Good, false, 0)]
    [TestCase(Severity.Unknown, true, 0)]
    [TestCase(Severity.Warning, false, 0)]
    [TestCase(Severity.Warning, true, 4)]
    [TestCase(Severity.Problem, false, 3)]
    [TestCase(Severity.Problem, true, 3)]
    public void The_worst_finding_decides_the_exit_code(Severity worst, bool strict, int code) =>
        Assert.That(DoctorCommand.ExitCodeOf([Diagnosis.Good(CheckId.Clock, ""), new Diagnosis(CheckId.Log, worst, "")], strict), Is.EqualTo(code));

    [Test]
    public void Every_check_is_explained_and_none_is_made_up()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "docs/doctor.md"));

        Assert.That(Regex.Matches(text, @"^\| `([a-z-]+)` \|", RegexOptions.Multiline).Select(row => row.Groups[1].Value), Is.EqualTo(CheckId.All));
    }

    private Task<ProcessResult> RunAsync(params string[] more)
    {
        node.Look(); // writes /proc
        folder.Write("sealtail.yaml", $"service: {{ cluster: c, node: n }}\ninputs: [{{ name: audit, path: {FakeNode.Log} }}]\noutput: {{ bucket: {folder["bucket"]} }}\n");
        return SealtailProcess.RunAsync(folder.Path, ["doctor", "--config", "sealtail.yaml", "--root", node[""], .. more]);
    }
}
