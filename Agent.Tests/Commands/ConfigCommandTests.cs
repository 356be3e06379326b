using System.Text.Json;
using NUnit.Framework;
using Sealtail.Chaining;
using Sealtail.Configuration;

namespace Sealtail.Tests.Commands;

internal sealed class ConfigCommandTests : IDisposable
{
    private const string Good = """
        service: { cluster: c, node: '${NODE_NAME}', state: ./state }
        inputs: [{ name: audit, path: ./audit.log }]
        signing: { key: ./signing.pem, generate: true }
        output: { bucket: gs://bucket }
        """;

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Test]
    public async Task A_good_file_is_ok()
    {
        folder.Write("sealtail.yaml", Good);
        folder.Write("audit.log", "");

        var result = await Check();

        Assert.That((result.ExitCode, result.Output, result.Error), Is.EqualTo((0, "ok: sealtail.yaml: c/cp-1/audit to gs://bucket\n", "")));
    }

    [Test]
    public async Task What_is_not_there_yet_is_a_warning()
    {
        folder.Write("sealtail.yaml", Good.Replace("generate: true", "generate: false", StringComparison.Ordinal));

        var result = await Check();

        Assert.That(result.ExitCode, Is.Zero);
        Assert.That(result.Error, Is.EqualTo($"""
            sealtail: warning: signing.key {folder["signing.pem"]} is not on this machine, and signing.generate is false. Make one with: sealtail keygen --out {folder["signing.pem"]}
            sealtail: warning: inputs[0].path {folder["audit.log"]} cannot be read on this machine now: it does not exist.

            """));
    }

    [Test]
    public async Task All_errors_are_told_at_once_with_their_places()
    {
        folder.Write("sealtail.yaml", Good + "\nspool: { max_size: 8MiB }\nchunk: { max_siez: 1 }\n");

        var result = await Check();

        Assert.That(result.Error, Is.EqualTo("""
            sealtail.yaml:5:20: spool.max_size: must be at least 64MiB (was 8MiB)
            sealtail.yaml:6:10: chunk.max_siez: unknown key, did you mean max_size?
            sealtail: 2 errors in the configuration.

            """));
        Assert.That((result.ExitCode, result.Output), Is.EqualTo((2, "")));
    }

    [Test]
    public async Task As_JSON_the_errors_are_an_answer_on_standard_output()
    {
        folder.Write("sealtail.yaml", Good + "\nspool: { max_size: 8MiB }\n");

        var result = await Check("--output", "json");

        using var answer = JsonDocument.Parse(result.Output);
        Assert.That((result.ExitCode, result.Error), Is.EqualTo((2, "")));
        Assert.That(answer.RootElement.GetProperty("result").GetString(), Is.EqualTo("failed"));
        Assert.That(string.Concat(answer.RootElement.GetProperty("errors").GetRawText().Where(c => !char.IsWhiteSpace(c))),
            Is.EqualTo("""[{"line":5,"column":20,"key":"spool.max_size","message":"mustbeatleast64MiB(was8MiB)"}]"""));
    }

    [Test]
    public async Task As_JSON_a_good_file_names_its_streams()
    {
        folder.Write("sealtail.yaml", Good);

        var result = await Check("--output", "json");

        using var answer = JsonDocument.Parse(result.Output);
        Assert.That(result.ExitCode, Is.Zero);
        Assert.That(answer.RootElement.GetProperty("streams")[0].GetString(), Is.EqualTo("c/cp-1/audit"));
        Assert.That(answer.RootElement.GetProperty("warnings").GetArrayLength(), Is.EqualTo(1));
    }

    [TestCase("human")]
    [TestCase("json")]
    public async Task A_key_that_run_would_refuse_is_an_error(string output)
    {
        folder.Write("sealtail.yaml", Good);
        SigningKey.Generate(folder["signing.pem"]).Dispose();
        File.SetUnixFileMode(folder["signing.pem"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);

        var result = await Check("--output", output);

        Assert.That(result.ExitCode, Is.EqualTo(2));
        if (output == "human") Assert.That(result.Error, Does.StartWith($"sealtail.yaml:3:17: signing.key: Key {folder["signing.pem"]} can be read or changed by others (mode 0640)."));
        else Assert.That(result.Output, Does.Contain("\"line\": 3,").And.Contain("(mode 0640)").And.Contain("\"result\": \"failed\""));
    }

    [TestCase("gone.yaml", "gone.yaml: does not exist. Name another file with --config")]
    [TestCase(".", ".: is a directory. Name a file with --config")]
    [TestCase("", "(empty): is no file name. Name a file with --config")]
    public async Task A_file_that_cannot_be_read_is_named(string file, string message)
    {
        var result = await SealtailProcess.RunAsync(folder.Path, "config", "check", "--config", file);

        Assert.That(result.Error, Is.EqualTo($"{message}\nsealtail: 1 error in the configuration.\n"));
        Assert.That(result.ExitCode, Is.EqualTo(2));
    }

    [Test]
    public async Task A_variable_that_is_not_set_is_named()
    {
        folder.Write("sealtail.yaml", Good);

        var result = await SealtailProcess.RunAsync(folder.Path, "config", "check", "--config", "sealtail.yaml");

        Assert.That(result.Error, Does.StartWith("sealtail.yaml:1:30: service.node: the environment variable NODE_NAME is not set; set it or write ${NODE_NAME:-default}\n"));
    }

    [Test]
    public async Task Show_prints_what_would_load_again()
    {
        folder.Write("sealtail.yaml", Good);

        var shown = await SealtailProcess.RunAsync(folder.Path, [("NODE_NAME", "cp-1")], "config", "show", "--config", "sealtail.yaml");
        folder.Write("again.yaml", shown.Output);
        var again = await SealtailProcess.RunAsync(folder.Path, "config", "show", "--config", "again.yaml");

        Assert.That(shown.ExitCode, Is.Zero);
        Assert.That(shown.Output, Does.Match("(?m)^  node: cp-1 +# sealtail.yaml:1, environment NODE_NAME$"));
        Assert.That(WithoutOrigins(again.Output), Is.EqualTo(WithoutOrigins(shown.Output)));
    }

    [Test]
    public async Task Schema_reads_no_file()
    {
        var result = await SealtailProcess.RunAsync("/", "config", "schema");

        Assert.That((result.ExitCode, result.Output, result.Error), Is.EqualTo((0, ConfigurationSchema.Text() + "\n", "")));
    }

    private static IEnumerable<string> WithoutOrigins(string shown) => shown.Split('\n').Select(line => line.Split([" # sealtail.yaml", " # again.yaml", " # default"], StringSplitOptions.None)[0]);

    private Task<ProcessResult> Check(params string[] more) =>
        SealtailProcess.RunAsync(folder.Path, [("NODE_NAME", "cp-1")], ["config", "check", "--config", "sealtail.yaml", .. more]);
}
