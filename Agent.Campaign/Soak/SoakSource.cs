using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Sealtail.Tests.Support;

namespace Sealtail.Campaign;

/// <summary>The log's writer: kube-apiserver's own rotation library where its writer was built, else the same steps in this process.</summary>
internal sealed class SoakSource : IDisposable
{
    private const int RotateAt = 1 << 20;
    private const int Backups = 5;

    private readonly CancellationTokenSource stop = new();
    private Task<long>? writing;
    private Process? library;

    public static SoakSource Start(string? writer, string path, int rate, int minutes)
    {
        var source = new SoakSource();
        if (writer is null) source.writing = Task.Run(() => source.WriteAsync(path, rate));
        else source.library = Launch(writer, path, rate, minutes);
        return source;
    }

    /// <summary>Bytes written, all in all.</summary>
    public async Task<long> StopAsync()
    {
        await stop.CancelAsync();
        if (writing is not null) return await writing;
        var said = await library!.StandardOutput.ReadToEndAsync(); // Start made either
        await library.WaitForExitAsync();
        using var json = JsonDocument.Parse(said);
        return json.RootElement.GetProperty("bytes").GetInt64();
    }

    public void Dispose()
    {
        stop.Cancel();
        if (library is { HasExited: false }) library.Kill();
        library?.Dispose();
        stop.Dispose();
    }

    private static Process Launch(string writer, string path, int rate, int minutes)
    {
        var input = Path.Combine(Path.GetDirectoryName(path)!, "..", "lines.ndjson"); // the log has a folder
        File.WriteAllLines(input, Enumerable.Range(0, 4000).Select(i => $"{{\"kind\":\"Event\",\"auditID\":\"x\",\"pad\":\"{new string('p', i * 7 % 2000)}\"}}"));
        string[] options = ["-out", path, "-maxsize", "1", "-unit", $"{RotateAt}", "-maxbackup", $"{Backups}", "-compress=true", "-rate", $"{rate}", "-lines", $"{rate * minutes * 60}", input];
        return Process.Start(new ProcessStartInfo(writer, options) { RedirectStandardOutput = true }) ?? throw new InvalidOperationException($"{writer} did not start.");
    }

    private async Task<long> WriteAsync(string path, int rate)
    {
        using var log = new LumberjackWriter(path) { MaxBackups = Backups };
        var (bytes, size) = (0L, 0L);
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var line = Encoding.UTF8.GetBytes($"{{\"kind\":\"Event\",\"auditID\":\"{i:x8}\",\"pad\":\"{new string('p', i * 7 % 2000)}\"}}\n");
            if (size + line.Length > RotateAt)
            {
                log.Rotate();
                log.Mill(compress: true);
                size = 0;
            }

            log.Write(line);
            size += line.Length;
            bytes += line.Length;
            if (i % 10 == 9) await Task.Delay(TimeSpan.FromMilliseconds(10_000.0 / rate), TimeProvider.System);
        }

        return bytes;
    }
}
