using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using NUnit.Framework;

namespace Sealtail.Tests;

/// <summary>build.ps1 as PowerShell itself reads and runs it, with functions in the place of <c>dotnet</c> and <c>helm</c>.</summary>
internal sealed class BuildScriptTests
{
    private static readonly string Script = Path.Combine(Repository.Root, "build.ps1");

    [Test]
    public void It_parses_and_every_target_has_its_branch()
    {
        var script = Parser.ParseFile(Script, out _, out var errors);

        Assert.That(errors.Select(error => error.ToString()), Is.Empty);
        var allowed = script.ParamBlock.Parameters.Single(parameter => parameter.Name.VariablePath.UserPath == "Target")
            .Attributes.OfType<AttributeAst>().Single(attribute => attribute.TypeName.Name == "ValidateSet").PositionalArguments.Select(argument => argument.SafeGetValue());
        var branches = script.FindAll(node => node is SwitchStatementAst, searchNestedScriptBlocks: true).Cast<SwitchStatementAst>().Single().Clauses.Select(clause => clause.Item1.SafeGetValue());
        Assert.That(branches, Is.EqualTo(allowed));
        Assert.That(branches, Is.EqualTo(new[] { "build", "test", "publish", "bench", "pack-chart" }));
    }

    [TestCase("", ExpectedResult = "build ROOT/Sealtail.slnx --configuration Release")]
    [TestCase("build -Configuration Debug", ExpectedResult = "build ROOT/Sealtail.slnx --configuration Debug")]
    [TestCase("test", ExpectedResult = "test ROOT/Sealtail.slnx --configuration Release")]
    [TestCase("test -Filter Tailing", ExpectedResult = "test ROOT/Sealtail.slnx --configuration Release --filter FullyQualifiedName~Tailing")]
    [TestCase("publish", ExpectedResult = "publish ROOT/Agent --configuration Release --runtime linux-x64 --output ROOT/out/publish")]
    [TestCase("publish -Runtime linux-arm64 -Output /opt/sealtail", ExpectedResult = "publish ROOT/Agent --configuration Release --runtime linux-arm64 --output /opt/sealtail")]
    [TestCase("bench -Filter verify", ExpectedResult = "run --project ROOT/Agent.Benchmarks --configuration Release -- verify")]
    [TestCase("bench", ExpectedResult = "run --project ROOT/Agent.Benchmarks --configuration Release -- ship")]
    [TestCase("pack-chart -Output /tmp/charts", ExpectedResult = "package ROOT/charts/sealtail --destination /tmp/charts")]
    public string A_target_is_one_command(string arguments)
    {
        var (calls, _) = Run(arguments, exitCode: 0);

        return calls.Single().Replace(Repository.Root, "ROOT", StringComparison.Ordinal);
    }

    [Test]
    public void A_failed_command_is_the_script_s_exit_code() => Assert.That(Run("test", exitCode: 3).ExitCode, Is.EqualTo(3));

    [Test]
    public void An_unknown_target_runs_nothing() =>
        Assert.That(() => Run("deploy", exitCode: 0), Throws.InstanceOf<RuntimeException>().With.Message.Contains("build,test,publish,bench,pack-chart"));

    [Test]
    public void Everything_that_it_names_exists()
    {
        foreach (var path in new[] { "Sealtail.slnx", "Agent/Agent.csproj", "Agent.Benchmarks/Agent.Benchmarks.csproj", "charts/sealtail/Chart.yaml" })
            Assert.That(Path.Combine(Repository.Root, path), Does.Exist);
    }

    private static (IReadOnlyList<string> Calls, int ExitCode) Run(string arguments, int exitCode)
    {
        using var runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
        runspace.Open();
        var calls = new List<string>();
        runspace.SessionStateProxy.SetVariable("calls", calls);
        using var shell = PowerShell.Create(runspace);
        shell.AddScript($"function global:dotnet {{ $calls.Add($args -join ' '); $global:LASTEXITCODE = {exitCode} }}; function global:helm {{ dotnet @args }}; & '{Script}' {arguments}; $LASTEXITCODE");
        var output = shell.Invoke();
        if (shell.Streams.Error is [{ Exception: { } exception }, ..]) throw exception;
        return (calls, (int)output[^1].BaseObject);
    }
}
