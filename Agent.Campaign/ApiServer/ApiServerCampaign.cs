using System.Text.Json;
using Sealtail.Tests.Support;

namespace Sealtail.Campaign;

/// <summary>
/// A real kube-apiserver under load, killed, its log's disk filled and freed, its log truncated and unlinked from outside, with the agent beside it:
/// where nothing was lost, the records shipped are the events counted; where something was, a gap says so; and the agent needs no hand.
/// </summary>
internal sealed class ApiServerCampaign : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string logs;
    private readonly string log;
    private readonly SmallDisk disk;
    private readonly ApiServer server;
    private readonly AgentProcess agent;
    private readonly TimeSpan span;
    private int failures;

    private ApiServerCampaign(string folder, string program, string etcd, SmallDisk disk, TimeSpan span)
    {
        (this.disk, this.span) = (disk, span);
        logs = disk.Path;
        log = Path.Combine(logs, "audit.log");
        server = new ApiServer(program, etcd, Directory.CreateDirectory(Path.Combine(folder, "server")).FullName, log);
        agent = new AgentProcess(folder, log, "max_age: 2s", $"file://{folder}/bucket", "require: none", null);
    }

    public static async Task<int> RunAsync(Options options)
    {
        if (options.Value("server") is not { } program || options.Value("etcd") is not { } etcd) throw new ArgumentException("apiserver needs --server KUBE-APISERVER and --etcd ETCD.");
        var folder = Directory.CreateDirectory(Path.GetFullPath(options.Value("out") ?? $"apiserver-{Guid.NewGuid():N}")).FullName;
        using var disk = SmallDisk.TryMount("size=30m") ?? throw new InvalidOperationException("The log's own small file system needs root.");
        using var campaign = new ApiServerCampaign(folder, program, etcd, disk, TimeSpan.FromSeconds(options.Number("seconds", 20)));
        Console.WriteLine($"apiserver: in {folder}");
        await campaign.server.StartAsync();
        campaign.agent.Start();
        await campaign.LiveAsync();
        return campaign.Judge();
    }

    public void Dispose()
    {
        server.Dispose();
        agent.Dispose();
    }

    private async Task LiveAsync()
    {
        await using (new ApiServerLoad(server.Http)) await Task.Delay(TimeSpan.FromSeconds(3)); // before the first request there is no log
        await PhaseAsync("load", isLossless: true, () => Task.CompletedTask);
        await PhaseAsync("kill -9 of kube-apiserver under load, started again", isLossless: false, async () =>
        {
            server.Kill();
            await server.StartAsync();
        });
        await PhaseAsync("load in the file that it went on in", isLossless: true, () => Task.CompletedTask);
        await PhaseAsync("truncate -s 0 under load", isLossless: false, () => Changed(() =>
        {
            using var live = new FileStream(log, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            live.SetLength(0);
        }));
        await PhaseAsync("rm audit.log under load", isLossless: true, () => Changed(() => File.Delete(log)));
        await PhaseAsync("the log's disk filled, freed after half of the time", isLossless: true, async () =>
        {
            disk.Fill();
            await Task.Delay(span / 2);
            disk.Free();
        });
        await PhaseAsync("load again", isLossless: true, () => Task.CompletedTask);
    }

    private static Task Changed(Action change)
    {
        change();
        return Task.CompletedTask;
    }

    // Between two moments of rest: what the server counted, what it dropped itself, and what is confirmed in the bucket.
    private async Task PhaseAsync(string name, bool isLossless, Func<Task> fault)
    {
        var before = await RestAsync();
        var rotations = Backups().Count;
        var names = Backups();
        await using (var load = new ApiServerLoad(server.Http))
        {
            await Task.Delay(span / 2);
            await fault();
            names.UnionWith(Backups());
            for (var half = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(half) < span / 2; names.UnionWith(Backups())) await Task.Delay(50);
        }

        names.UnionWith(Backups());
        rotations = names.Count - rotations;
        var after = await RestAsync();
        var (events, errors, records, gaps) = (after.Events - before.Events, after.Errors - before.Errors, after.Records - before.Records, after.Gaps - before.Gaps);
        // A record that the full disk cut in two is glued to the next one, or stands for itself at the end of a file.
        var isRight = !isLossless || (records >= events - errors && records <= events - errors + (errors == 0 ? 0 : rotations));
        if (!isRight) failures++;
        Console.WriteLine($"{(isRight ? "ok" : "FAILED"),-6} {name}: {(isLossless ? $"{events} events, {errors} of them dropped by the server, {records} records" : $"{records} records")}, {rotations} rotations, {gaps} gaps, ready after it");
    }

    // Nothing is written any more, everything is shipped, and the agent is ready.
    private async Task<Figures> RestAsync()
    {
        Figures? last = null;
        for (var began = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(began) < Patience; await Task.Delay(3000)) // longer than a chunk's age
        {
            if (await agent.MetricsAsync() is not { } mine) continue;
            var its = await server.MetricsAsync();
            var now = new Figures(its.Sum("apiserver_audit_event_total"), its.Sum("apiserver_audit_error_total"), mine.Sum("sealtail_records_shipped_total"), mine.Sum("sealtail_gaps_total"));
            if (now == last && mine.Sum("sealtail_ready") == 1 && mine.Sum("sealtail_spool_bytes") == 0) return now;
            last = now;
        }

        throw new TimeoutException($"The agent does not come to rest: {last}.");
    }

    private HashSet<string> Backups() => [.. Directory.GetFiles(logs, "audit-*")];

    private int Judge()
    {
        var exit = agent.Stop();
        var (code, report) = agent.Verify();
        var stream = report.GetProperty("streams")[0];
        var findings = report.GetProperty("findings").EnumerateArray().ToList();
        var isSound = !findings.Exists(finding => finding.GetProperty("severity").GetString() == "error");
        var isDeclared = findings.Exists(finding => finding.GetProperty("id").GetString() == "GAP" && Message(finding).Contains("truncated", StringComparison.Ordinal));
        var isGood = failures == 0 && exit == 0 && isSound && isDeclared && code == 3;
        foreach (var finding in findings.Where(finding => finding.GetProperty("severity").GetString() is not "info")) Console.WriteLine($"  {finding.GetProperty("id").GetString()}: {Message(finding)}");
        Console.WriteLine($"APISERVER {(isGood ? "ok" : "FAILED")}: the agent ended with {exit}, verify with {code}: {stream.GetProperty("records").GetInt64()} records, {stream.GetProperty("bytes").GetInt64()} bytes, {stream.GetProperty("gaps").GetInt64()} gaps");
        return isGood ? 0 : 1;
    }

    private static string Message(JsonElement finding) => finding.GetProperty("message").GetString() ?? "";

    private sealed record Figures(long Events, long Errors, long Records, long Gaps);
}
