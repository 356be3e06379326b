using NUnit.Framework;
using Sealtail.Chaining;
using Sealtail.Format;

namespace Sealtail.Tests.Commands;

internal sealed class KeygenCommandTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Test]
    public async Task It_writes_a_key_pair_that_only_the_owner_can_read()
    {
        var result = await SealtailProcess.RunAsync(folder.Path, "keygen", "--out", "signing.pem");

        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")));
        Assert.That(File.GetUnixFileMode(folder["signing.pem"]), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        using var key = SigningKey.Load(folder["signing.pem"]);
        using var published = VerificationKey.FromPem(File.ReadAllText(folder["signing.pem.pub"]));
        Assert.That(published.KeyId, Is.EqualTo(key.Public.KeyId));
        Assert.That(result.Output, Does.Contain($"Key id:      {key.Public.KeyId}\n"));
        Assert.That(File.ReadAllText(folder["signing.pem"]), Does.StartWith("-----BEGIN PRIVATE KEY-----\n"));
    }

    [TestCase("signing.pem")]
    [TestCase("signing.pem.pub")]
    public async Task It_never_overwrites_either_file(string existing)
    {
        folder.Write(existing, "precious");

        var result = await SealtailProcess.RunAsync(folder.Path, "keygen", "--out", "signing.pem");

        Assert.That(result.ExitCode, Is.EqualTo(2));
        Assert.That(result.Error, Does.Match(@"^sealtail: Key signing\.pem cannot be written: .*already exists\.\n$"));
        Assert.That(Directory.GetFiles(folder.Path).Select(Path.GetFileName), Is.EqualTo(new[] { existing }));
        Assert.That(File.ReadAllText(folder[existing]), Is.EqualTo("precious"));
    }

    [TestCase("missing/signing.pem", @"^sealtail: Key missing/signing\.pem cannot be written: ")]
    [TestCase("dir/", @"^sealtail: --out must name a file, such as \./signing\.pem\.\n$")]
    [TestCase("/proc/signing.pem", @"^sealtail: Key /proc/signing\.pem cannot be written: ")]
    public async Task A_place_that_takes_no_file_is_named(string path, string message)
    {
        var result = await SealtailProcess.RunAsync(folder.Path, "keygen", "--out", path);

        Assert.That(result.ExitCode, Is.EqualTo(2));
        Assert.That(result.Error, Does.Match(message).And.Not.Contain("   at "));
        Assert.That(Directory.GetFileSystemEntries(folder.Path), Is.Empty);
    }
}
