using System.Diagnostics;
using NUnit.Framework;

namespace Sealtail.Tests.Deploying;

/// <summary>
/// The scripts that prove image and unit for real. Opt-in, and as root: SEALTAIL_PUBLISHED names a published program; for the unit, SEALTAIL_SYSTEMD is the
/// command that runs another in a machine or container that may be spoilt, with this repository's files at the same paths. See CONTRIBUTING.md.
/// </summary>
[Category("Campaign")]
internal sealed class ProofTests : IDisposable
{
    private static readonly string? Published = Environment.GetEnvironmentVariable("SEALTAIL_PUBLISHED");
    private static readonly string? Systemd = Environment.GetEnvironmentVariable("SEALTAIL_SYSTEMD");

    private readonly TempFolder folder = new("proof");

    public void Dispose() => folder.Dispose();

    [Test]
    public void The_image_s_file_system_has_all_that_the_agent_needs_and_the_pod_s_rights_suffice()
    {
        if (string.IsNullOrEmpty(Published)) Assert.Ignore("Set SEALTAIL_PUBLISHED to the folder of a published program.");

        Assert.That(Run("bash", Script("image"), Published!, folder["work"]), Does.EndWith("all proven\n"));
    }

    [Test]
    public void The_unit_keeps_its_promises_inside_a_running_systemd()
    {
        if (string.IsNullOrEmpty(Published) || string.IsNullOrEmpty(Systemd)) Assert.Ignore("Set SEALTAIL_PUBLISHED, and SEALTAIL_SYSTEMD to the command that runs another inside.");
        var dist = Path.Combine(Repository.Root, "out", "systemd-proof");
        Directory.CreateDirectory(dist);
        Run("sh", Path.Combine(Repository.Root, "config/package.sh"), Published!, Path.Combine(dist, "dist.tar.gz"));
        Run("tar", "--extract", "--gzip", $"--file={Path.Combine(dist, "dist.tar.gz")}", $"--directory={dist}");

        var inside = Systemd!.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(Run(inside[0], [.. inside[1..], "bash", Script("systemd"), Path.Combine(dist, "sealtail")]), Does.EndWith("all proven\n"));
    }

    [Test]
    public void The_unit_has_no_misspelt_key_and_little_exposure()
    {
        if (string.IsNullOrEmpty(Published)) Assert.Ignore("Set SEALTAIL_PUBLISHED; systemd-analyze is needed too.");
        var unit = folder.Write("sealtail.service", File.ReadAllText(Path.Combine(Repository.Root, "config/sealtail.service")).Replace("/opt/sealtail/", $"{Published}/", StringComparison.Ordinal));

        Assert.That(Run("systemd-analyze", "verify", unit), Is.Empty); // it exits 0 for a misspelt key, but says so
        Run("systemd-analyze", "security", "--offline=true", "--threshold=20", unit); // 2.0
    }

    private static string Script(string what) => Path.Combine(Repository.Root, "Agent.Tests/Deploying", what, "prove");

    private static string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!; // not null without UseShellExecute
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, output + error.Result);
        return output + error.Result;
    }
}
