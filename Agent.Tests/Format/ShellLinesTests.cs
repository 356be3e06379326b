using NUnit.Framework;
using Sealtail.Tests.Support;

namespace Sealtail.Tests.Format;

/// <summary>Runs the shell lines of docs/format.md in a copy of the golden bucket: they hold there, and nowhere else.</summary>
internal sealed class ShellLinesTests : IDisposable
{
    private const string Chunk = "v1/chunks";
    private const string Manifests = "v1/manifests/prod-eu1/cp-1/audit/e00000001";

    private readonly TempFolder folder = new();

    public ShellLinesTests()
    {
        foreach (var file in Directory.GetFiles(WorkedExample.Folder, "*", SearchOption.AllDirectories))
        {
            var copy = folder[Path.GetRelativePath(WorkedExample.Folder, file)];
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!); // a file of the folder has one
            File.Copy(file, copy);
        }
    }

    public void Dispose() => folder.Dispose();

    [Test]
    public void The_lines_hold_for_the_golden_bucket()
    {
        var (exitCode, output) = Run();

        Assert.That(exitCode, Is.Zero, output);
        Assert.That(output, Does.Contain("3 manifests and 1 chunk hold."));
    }

    /// <summary>One byte of one object, wherever it lies: in the header, the middle or the end.</summary>
    [Test]
    public void The_lines_fail_when_one_byte_is_changed(
        [Values(Chunk, Manifests + "/000000000000", Manifests + "/000000000001", Manifests + "/000000000002")] string name,
        [Values(0.02, 0.5, 1)] double place)
    {
        var file = Find(name);
        var bytes = File.ReadAllBytes(file);
        bytes[(int)(place * (bytes.Length - 1))] ^= 0x01;
        File.WriteAllBytes(file, bytes);

        AssertFails();
    }

    [Test]
    public void The_lines_fail_when_an_object_is_gone(
        [Values(Chunk, Manifests + "/000000000000", Manifests + "/000000000001", Manifests + "/000000000002")] string name)
    {
        File.Delete(Find(name));

        AssertFails();
    }

    [Test]
    public void The_lines_fail_when_bytes_are_added([Values(Chunk, Manifests + "/000000000001")] string name)
    {
        File.AppendAllText(Find(name), "\n");

        AssertFails();
    }

    /// <summary>The start's name has no hash: its last payload character has bits that base64 does not use.</summary>
    [Test]
    public void The_lines_fail_when_base64_is_not_canonical()
    {
        var file = Find(Manifests + "/000000000000");
        var text = File.ReadAllText(file);
        Assert.That(text, Does.Contain("fX0=\""), "the payload's end");
        File.WriteAllText(file, text.Replace("fX0=\"", "fX1=\"", StringComparison.Ordinal));

        AssertFails();
    }

    [Test]
    public void The_lines_fail_with_another_key()
    {
        using var other = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        File.WriteAllText(folder["cp-1.pub"], other.ExportSubjectPublicKeyInfoPem());

        AssertFails();
    }

    [Test]
    public void The_lines_fail_when_a_manifest_is_replaced_by_another_that_was_signed()
    {
        File.Copy(Find(Manifests + "/000000000000"), Find(Manifests + "/000000000002"), overwrite: true);

        AssertFails();
    }

    private string Find(string name) =>
        Directory.GetFiles(folder["bucket"], "*", SearchOption.AllDirectories).Single(file => Path.GetRelativePath(folder["bucket"], file).StartsWith(name, StringComparison.Ordinal));

    private void AssertFails()
    {
        var (exitCode, output) = Run();

        Assert.That(exitCode, Is.Not.Zero, output);
        Assert.That(output, Does.Not.Contain("hold."));
    }

    private (int ExitCode, string Output) Run() => ShellTools.Bash(FormatDocument.Blocks("sh").Single(), folder["bucket"]);
}
