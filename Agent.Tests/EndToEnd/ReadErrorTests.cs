using System.ComponentModel;
using System.Diagnostics;
using NUnit.Framework;

namespace Sealtail.Tests.EndToEnd;

/// <summary>A disk that fails to read once, by a system call that strace lets fail.</summary>
internal sealed class ReadErrorTests
{
    [Test]
    public void A_read_error_in_a_rotated_file_is_no_end_of_it()
    {
        using var bed = new AgentBed();
        var backup = Path.Combine(bed.LogFolder, "audit-2026-11-22T09-00-00.000.log");
        File.WriteAllLines(backup, Enumerable.Range(0, 3000).Select(i => $"{{\"n\":{i},\"x\":\"{new string('y', 900)}\"}}"));
        File.WriteAllText(bed.LogPath, "{\"live\":1}\n");

        Assert.That(RunWithReadError(bed, backup), Is.EqualTo(2), "the log cannot be read");
        bed.RunOnce();

        var verdict = bed.Verify();
        Assert.That(verdict.ExitCode, Is.Zero);
        Assert.That(verdict.Records, Is.EqualTo(3001));
        Assert.That(verdict.FindingIds, Does.Not.Contain("LATE_WRITE"), "it was never thought to be finished");
    }

    private static int RunWithReadError(AgentBed bed, string path)
    {
        var program = SealtailProgram.With("run", "--once", "--config", bed.Configuration);
        string[] fault = ["-f", "-qq", "-o", "/dev/null", "-P", path, "-e", "trace=pread64", "-e", "inject=pread64:error=EIO:when=6"];
        try
        {
            using var process = Process.Start(new ProcessStartInfo("strace", [.. fault, program.FileName, .. program.ArgumentList]) { RedirectStandardError = true })!; // not null without UseShellExecute
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (Win32Exception)
        {
            Assert.Ignore("strace is not installed.");
            throw;
        }
    }
}
