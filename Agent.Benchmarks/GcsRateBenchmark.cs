using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Sealtail.FakeGcs.Faults;
using Sealtail.FakeGcs.Storage;
using Sealtail.Format;

namespace Sealtail.Benchmarks;

/// <summary>
/// A steady stream of records, rotated as kube-apiserver does, with or without an outage of the store in the middle: how long until each record is in a
/// confirmed manifest, and what memory and CPU it takes.
/// </summary>
internal static class GcsRateBenchmark
{
    private const int BatchesPerSecond = 50;
    private const long RotateAt = 100L << 20;
    private const int Backups = 10;

    public static async Task<int> RunAsync(Options options)
    {
        var (seconds, rate, maxAge, outage) = (options.Number("seconds", 600), options.Number("rate", 2000), options.Number("max-age", 5), options.Number("outage-seconds", 0));
        using var workspace = new Workspace(options);
        await using var stand = await GcsStand.StartAsync(workspace, Retain.Memory);
        Directory.CreateDirectory(workspace["log"]);
        using var agent = Process.Start(AgentProgram.Start(options, "run", "--config", stand.Configure("rate", workspace["log"], $"{{ max_age: {maxAge}s }}")))!; // a new process, as it uses no shell
        var written = await WriteAsync(Path.Combine(workspace["log"], "audit.log"), seconds, rate, outage, stand);
        var confirmed = await DrainAsync(stand, written[^1].Bytes, agent);
        var (peak, cpu) = (PeakMiB(agent.Id), agent.TotalProcessorTime.TotalSeconds);
        agent.Kill();
        await agent.WaitForExitAsync();

        var latencies = Latencies(written, confirmed);
        var gib = written[^1].Bytes / (double)(1 << 30);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{rate} records/s for {seconds} s ({gib:0.00} GiB, max_age {maxAge} s, outage {outage} s), by {AgentProgram.Describe(options)}: record to confirmed p50 {At(latencies, 0.5):0.00} s, p99 {At(latencies, 0.99):0.00} s, worst {latencies[^1]:0.00} s (goal without outage: p99 at most {maxAge + 1} s); peak resident {peak:0.0} MiB (goal: under 64); {cpu / gib:0.0} CPU s/GiB"));
        return 0;
    }

    // What was written when: after each batch, all bytes so far.
    private static async Task<List<(long Bytes, DateTimeOffset At)>> WriteAsync(string path, int seconds, int rate, int outage, GcsStand stand)
    {
        var lines = Corpus.SampleLines();
        var batches = new List<(long, DateTimeOffset)>();
        var (bytes, size, line, backup) = (0L, 0L, 0, 0);
        var begin = TimeProvider.System.GetTimestamp();
        var file = Open(path);
        try
        {
            for (var batch = 0; batch < seconds * BatchesPerSecond; batch++)
            {
                var due = TimeSpan.FromSeconds(batch / (double)BatchesPerSecond) - TimeProvider.System.GetElapsedTime(begin);
                if (due > TimeSpan.Zero) await Task.Delay(due);
                if (outage > 0 && batch == seconds * BatchesPerSecond / 4) stand.Server.Faults.Add(new FaultRule { Kind = FaultKind.Reset });
                if (outage > 0 && batch == (seconds * BatchesPerSecond / 4) + (outage * BatchesPerSecond)) stand.Server.Faults.Clear();
                for (var i = 0; i < rate / BatchesPerSecond; i++)
                {
                    var record = lines[line++ % lines.Count];
                    file.Write(record);
                    (bytes, size) = (bytes + record.Length, size + record.Length);
                }

                file.Flush();
                batches.Add((bytes, TimeProvider.System.GetUtcNow()));
                if (size < RotateAt) continue;
                file.Dispose();
                File.Move(path, Backup(path, backup));
                if (backup >= Backups) File.Delete(Backup(path, backup - Backups));
                (backup, size, file) = (backup + 1, 0, Open(path));
            }
        }
        finally
        {
            file.Dispose();
            stand.Server.Faults.Clear(); // an outage may last to the end of the writing
        }

        return batches;
    }

    private static FileStream Open(string path) => new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 1 << 16);

    private static string Backup(string path, int number) => Path.Combine(Path.GetDirectoryName(path)!, $"audit-2026-01-01T{number / 3600:00}-{number / 60 % 60:00}-{number % 60:00}.000.log"); // a file has a folder

    // When manifests were confirmed that hold so many bytes, in order.
    private static async Task<List<(long Bytes, DateTimeOffset At)>> DrainAsync(GcsStand stand, long bytes, Process agent)
    {
        while (true)
        {
            var confirmed = new List<(long Bytes, DateTimeOffset At)>();
            foreach (var stored in stand.Bucket.Objects.Where(stored => stored.Name.StartsWith($"rate/{ManifestName.Root}", StringComparison.Ordinal)))
            {
                using var payload = JsonDocument.Parse(Envelope.Parse(stored.ReadBytes()).Payload);
                confirmed.Add((payload.RootElement.GetProperty("predicate").GetProperty("totals").GetProperty("bytes").GetInt64(), stored.TimeCreated));
            }

            if (confirmed is [.., var last] && last.Bytes >= bytes) return confirmed;
            if (agent.HasExited) throw new InvalidOperationException($"The agent ended with {agent.ExitCode}.");
            await Task.Delay(TimeSpan.FromSeconds(1));
        }
    }

    private static List<double> Latencies(List<(long Bytes, DateTimeOffset At)> written, List<(long Bytes, DateTimeOffset At)> confirmed)
    {
        var latencies = new List<double>();
        var next = 0;
        foreach (var (bytes, at) in written)
        {
            while (confirmed[next].Bytes < bytes) next++;
            latencies.Add((confirmed[next].At - at).TotalSeconds);
        }

        latencies.Sort();
        return latencies;
    }

    private static double At(List<double> sorted, double share) => sorted[(int)(share * (sorted.Count - 1))];

    private static double PeakMiB(int process) =>
        double.Parse(File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
}
