using NUnit.Framework;
using Sealtail.Chaining;

namespace Sealtail.Tests.Commands;

internal sealed class KeysCommandTests : IDisposable
{
    private const string Configuration = """
        service: { cluster: c, node: n, state: ./state }
        inputs: [{ name: audit, path: ./audit.log }, { name: other, path: ./other.log }]
        signing: { key: ./signing.pem }
        output: { bucket: ./bucket }
        """;

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Test]
    public async Task It_prints_a_trust_line_for_each_stream()
    {
        folder.Write("sealtail.yaml", Configuration);
        using var key = SigningKey.Generate(folder["signing.pem"]);

        var result = await SealtailProcess.RunAsync("/", "keys", "--config", folder["sealtail.yaml"]);

        var spki = Convert.ToBase64String(key.Public.Spki);
        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")));
        Assert.That(result.Output, Is.EqualTo($"c/n/audit {spki} keyid={key.Public.KeyId}\nc/n/other {spki} keyid={key.Public.KeyId}\n"));
    }

    [Test]
    public async Task A_missing_key_is_named_with_the_command_that_makes_it()
    {
        folder.Write("sealtail.yaml", Configuration);

        var result = await SealtailProcess.RunAsync(folder.Path, "keys", "--config", "sealtail.yaml");

        Assert.That(result.Error, Is.EqualTo($"sealtail: Key {folder["signing.pem"]} does not exist. Make one with: sealtail keygen --out {folder["signing.pem"]}\n"));
        Assert.That(result.ExitCode, Is.EqualTo(2));
    }

    [Test]
    public async Task A_key_that_others_can_read_is_refused()
    {
        folder.Write("sealtail.yaml", Configuration);
        SigningKey.Generate(folder["signing.pem"]).Dispose();
        File.SetUnixFileMode(folder["signing.pem"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);

        var result = await SealtailProcess.RunAsync(folder.Path, "keys", "--config", "sealtail.yaml");

        Assert.That(result.Error, Is.EqualTo($"sealtail: Key {folder["signing.pem"]} can be read or changed by others (mode 0604). Run: chmod 600 {folder["signing.pem"]}\n"));
        Assert.That((result.ExitCode, result.Output), Is.EqualTo((2, "")));
    }

    [TestCase("", 2)]
    [TestCase("/nowhere", 2)]
    [TestCase("here", 0)]
    public async Task A_key_that_its_group_can_read_is_taken_only_as_a_systemd_credential(string directory, int exitCode)
    {
        folder.Write("sealtail.yaml", Configuration);
        SigningKey.Generate(folder["signing.pem"]).Dispose();
        File.SetUnixFileMode(folder["signing.pem"], UnixFileMode.UserRead | UnixFileMode.GroupRead);

        var result = await SealtailProcess.RunAsync("/", [("CREDENTIALS_DIRECTORY", directory == "here" ? folder.Path : directory)], "keys", "--config", folder["sealtail.yaml"]);

        Assert.That(result.ExitCode, Is.EqualTo(exitCode), result.Error);
    }
}
