using System.Diagnostics;
using System.Text.Json;
using NUnit.Framework;
using Sealtail.Format;

namespace Sealtail.Tests.Commands;

/// <summary>A directory bucket in which the auditor may not enter every folder. Root may enter all, so as root another user is taken.</summary>
internal sealed class FolderAccessProcessTests : IDisposable
{
    private const UnixFileMode Open = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private readonly TempFolder folder = new("access");
    private readonly ChainBuilder chain = new();

    public void Dispose()
    {
        Close("v1", Open); // so that it can be removed
        chain.Dispose();
        folder.Dispose();
    }

    [TestCase("v1", 0)]
    [TestCase("v1/manifests/prod/cp-1/audit/e00000001", 0)]
    [TestCase("v1/chunks/cluster=prod/node=cp-1/source=audit", 0)]
    [TestCase("v1/chunks/cluster=prod", 4)] // names may be read, and nothing behind them
    [TestCase("v1/chunks/cluster=prod/node=cp-1/source=audit/date=*", 4)]
    [TestCase("v1/manifests/prod/cp-1/audit/e00000001", 4)]
    public async Task A_folder_that_may_not_be_read_is_not_an_empty_one(string closed, int mode)
    {
        chain.Start().Chunk().Chunk().Heartbeat();
        using (var bucket = chain.Build()) bucket.SaveTo(folder["bucket"]);
        File.WriteAllText(folder["key.pub"], chain.PublicKeyPem);
        foreach (var path in Directory.GetDirectories(folder.Path, "*", SearchOption.AllDirectories).Append(folder.Path)) File.SetUnixFileMode(path, Open);
        Close(closed, (UnixFileMode)mode);

        var (exitCode, output) = await VerifyAsync();

        Assert.That(exitCode, Is.EqualTo(3), output);
        using var report = JsonDocument.Parse(output);
        var findings = report.RootElement.GetProperty("findings").EnumerateArray().ToArray();
        Assert.That(findings.Select(finding => finding.GetProperty("id").GetString()), Has.Some.EqualTo("BUCKET_UNREADABLE"), output);
        Assert.That(findings.Select(finding => finding.GetProperty("severity").GetString()), Has.None.EqualTo("error"), output);
    }

    private void Close(string name, UnixFileMode mode)
    {
        var path = Path.Combine(folder["bucket"], name);
        if (Path.GetDirectoryName(path) is { } parent && Directory.Exists(parent))
            foreach (var closed in Directory.GetDirectories(parent, Path.GetFileName(path)))
                File.SetUnixFileMode(closed, mode);
    }

    private async Task<(int ExitCode, string Output)> VerifyAsync()
    {
        var start = SealtailProgram.With("verify", folder["bucket"], "--key", folder["key.pub"], "--as-of", Timestamp.Print(chain.Now), "--output", "json");
        if (Environment.IsPrivilegedProcess)
        {
            string[] command = ["--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all", start.FileName, .. start.ArgumentList];
            start = new ProcessStartInfo("setpriv", command);
        }

        start.Environment["HOME"] = folder.Path;
        start.Environment["DOTNET_EnableDiagnostics"] = "0"; // its files in the temporary folder are the tests' own user's
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        using var process = Process.Start(start)!; // not null without UseShellExecute
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var error = process.StandardError.ReadToEndAsync(patience.Token);
        var output = await process.StandardOutput.ReadToEndAsync(patience.Token);
        await process.WaitForExitAsync(patience.Token);
        return (process.ExitCode, output.Length > 0 ? output : await error);
    }
}
