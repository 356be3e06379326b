using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text.RegularExpressions;
using NUnit.Framework;
using Sealtail.Hosting;

namespace Sealtail.Tests.Deploying;

/// <summary>The unit's promises as its text has them, and the scripts that put it in place. A campaign proves the same inside a running systemd.</summary>
internal sealed class SystemdUnitTests : IDisposable
{
    private static readonly ILookup<string, string> Unit = File.ReadLines(Path.Combine(Repository.Root, "config/sealtail.service"))
        .Where(line => line.Length > 0 && !line.StartsWith('#') && !line.StartsWith('['))
        .Select(line => line.Split('=', 2))
        .ToLookup(pair => pair[0], pair => pair[1]);

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [TestCase("Type", "notify")]
    [TestCase("Restart", "always")]
    [TestCase("StartLimitIntervalSec", "0")]
    [TestCase("StateDirectory", "sealtail")]
    [TestCase("StateDirectoryMode", "0700")]
    [TestCase("LoadCredentialEncrypted", "sealtail.signing.pem")]
    [TestCase("AmbientCapabilities", "CAP_DAC_READ_SEARCH")]
    [TestCase("CapabilityBoundingSet", "CAP_DAC_READ_SEARCH")]
    [TestCase("NoNewPrivileges", "yes")]
    [TestCase("ProtectSystem", "strict")]
    [TestCase("LimitCORE", "0")]
    public void A_directive_is_as_promised(string key, string value) => Assert.That(Unit[key], Is.EqualTo(new[] { value }));

    [Test]
    public void The_configuration_is_checked_before_the_agent_starts()
    {
        Assert.That(Unit["ExecStartPre"].Single(), Is.EqualTo("/opt/sealtail/sealtail config check --config /etc/sealtail/sealtail.yaml"));
        Assert.That(Unit["ExecStart"].Single(), Is.EqualTo("/opt/sealtail/sealtail run --config /etc/sealtail/sealtail.yaml"));
    }

    [Test]
    public void Whoever_stops_the_agent_waits_longer_than_its_grace()
    {
        var seconds = InputService.Grace.TotalSeconds + 5; // the host's own patience

        Assert.That(int.Parse(Unit["TimeoutStopSec"].Single()), Is.GreaterThan(seconds));
        Assert.That(Chart.Defaults["terminationGracePeriodSeconds"]!.GetValue<long>(), Is.GreaterThan(seconds));
    }

    [Test]
    public void The_watchdog_is_slower_than_a_tick_that_is_only_late() => Assert.That(int.Parse(Unit["WatchdogSec"].Single()), Is.GreaterThanOrEqualTo(30));

    [Test]
    public void Installing_fills_a_root_and_keeps_a_configuration_and_uninstalling_leaves_state()
    {
        var published = Published();
        var root = folder["root"];
        folder.Write("root/etc/sealtail/sealtail.yaml", "mine");
        folder.Write("root/var/lib/sealtail/signing.pem", "key");

        Run("config/install.sh", "--root", root, "--program", published);
        Run("config/install.sh", "--root", root, "--program", published); // an upgrade

        Assert.That(File.ReadAllText(folder["root/etc/sealtail/sealtail.yaml"]), Is.EqualTo("mine"));
        Assert.That(folder["root/etc/sealtail/sealtail.yaml.example"], Does.Exist);
        Assert.That(folder["root/opt/sealtail/sealtail"], Does.Exist);
        Assert.That(new FileInfo(folder["root/usr/local/bin/sealtail"]).LinkTarget, Is.EqualTo("/opt/sealtail/sealtail"));
        foreach (var installed in new[] { "etc/systemd/system/sealtail.service", "etc/sysusers.d/sealtail.conf", "etc/tmpfiles.d/sealtail.conf" })
            Assert.That(folder[$"root/{installed}"], Does.Exist);

        Run("config/uninstall.sh", "--root", root);

        Assert.That(Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(root, path)),
            Is.EquivalentTo(new[] { "etc/sealtail/sealtail.yaml", "etc/sealtail/sealtail.yaml.example", "etc/sealtail/sealtail.schema.json", "var/lib/sealtail/signing.pem" }));
    }

    [Test]
    public void The_tarball_has_every_page_and_snippet_that_its_readme_and_the_unit_lead_to()
    {
        Run("config/package.sh", Published(), folder["dist.tar.gz"]);
        using (var gzip = new GZipStream(File.OpenRead(folder["dist.tar.gz"]), CompressionMode.Decompress)) TarFile.ExtractToDirectory(gzip, folder.Path, overwriteFiles: false);
        Run("config/install.sh", "--root", folder["root"], "--program", folder["sealtail/app"]);
        Assert.That(folder["root/opt/sealtail/docs"], Does.Not.Exist); // from a checkout, with a program of one's own
        RunAt(folder["sealtail/install.sh"], "--root", folder["root"]);

        Assert.That(folder[Unit["Documentation"].Single().Replace("file:", "root", StringComparison.Ordinal)], Does.Exist);
        var pages = new[] { "README.md", "docs/install-systemd.md", "docs/kube-apiserver.md", "docs/upgrade.md", "docs/troubleshooting.md", "docs/doctor.md" };
        foreach (var page in pages)
        {
            var links = Regex.Matches(File.ReadAllText(folder[$"sealtail/{page}"]), @"\]\((?!http)(?<file>[^)#]+)").Select(link => link.Groups["file"].Value).ToArray();
            Assert.That(links.Where(link => !File.Exists(Path.Combine(Path.GetDirectoryName(folder[$"sealtail/{page}"])!, link))), Is.Empty, page); // a file has a directory
        }
    }

    [Test]
    public void The_tarball_of_the_same_program_is_the_same_bytes()
    {
        var published = Published();
        Run("config/package.sh", published, folder["one.tar.gz"]);
        File.SetLastWriteTimeUtc(Path.Combine(published, "sealtail"), DateTime.UnixEpoch); // when it was published makes no difference
        Run("config/package.sh", published, folder["two.tar.gz"]);

        Assert.That(File.ReadAllBytes(folder["two.tar.gz"]), Is.EqualTo(File.ReadAllBytes(folder["one.tar.gz"])));
    }

    // What install.sh asks of a program: to be there and to tell its version.
    private string Published()
    {
        var program = folder.Write("published/sealtail", "#!/bin/sh\necho sealtail 0.0.0\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return folder["published"];
    }

    private static void Run(string script, params string[] arguments) => RunAt(Path.Combine(Repository.Root, script), arguments);

    private static void RunAt(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo("sh", [script, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["SOURCE_DATE_EPOCH"] = "1700000000";
        using var process = Process.Start(start)!; // not null without UseShellExecute
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, $"{output.Result}{error}");
    }
}
