using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Sealtail.Campaign;

/// <summary>The real program as its own process, with a configuration of its own, and what it says of itself.</summary>
internal sealed class SoakAgent : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(2) };
    private readonly string folder;
    private readonly Uri store;
    private readonly int port;
    private Process? process;

    public SoakAgent(string folder, Uri store)
    {
        (this.folder, this.store) = (folder, store);
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }

        Directory.CreateDirectory(Path.Combine(folder, "log"));
        File.WriteAllText(Configuration, $$"""
            service: { cluster: soak, node: cp-1, state: "{{folder}}/state", allow_volatile_state: true, http: "127.0.0.1:{{port}}", log: { level: warn, format: text } }
            inputs: [ { name: audit, path: "{{folder}}/log/audit.log" } ]
            chunk: { max_age: 5s, max_size: 1MiB }
            signing: { key: "{{folder}}/signing.pem" }
            spool: { max_size: 1GiB, min_free: 64MiB }
            output: { bucket: "gs://audit/soak", retention: { require: locked, minimum: 1d } }
            """);
    }

    private string Configuration => Path.Combine(folder, "sealtail.yaml");

    public void Start() => process = Launch("agent.log", "run", "--config", Configuration);

    public void Kill()
    {
        if (process is null) return;
        process.Kill();
        process.WaitForExit();
        process.Dispose();
        process = null;
    }

    public void Signal(string signal)
    {
        if (process is not { HasExited: false }) return;
        using var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        kill.WaitForExit();
    }

    public void Stop()
    {
        Signal("TERM");
        process?.WaitForExit();
    }

    /// <summary>Ships what is left.</summary>
    public void Drain()
    {
        using var drain = Launch("agent.log", "run", "--once", "--config", Configuration);
        drain.WaitForExit();
        if (drain.ExitCode != 0) throw new InvalidOperationException($"run --once ended with {drain.ExitCode}: see {folder}/agent.log.");
    }

    public (int ExitCode, JsonElement Report) Verify()
    {
        using var verify = Launch(null, "verify", "gs://audit/soak", "--key", Path.Combine(folder, "signing.pem.pub"), "--output", "json");
        var output = verify.StandardOutput.ReadToEnd();
        verify.WaitForExit();
        File.WriteAllText(Path.Combine(folder, "verify.json"), output);
        using var report = JsonDocument.Parse(output);
        return (verify.ExitCode, report.RootElement.Clone());
    }

    /// <summary>Null while it does not answer: it is starting, or stopped by a signal.</summary>
    public async Task<SoakSample?> SampleAsync(TimeSpan elapsed, string trouble)
    {
        if (process is null) return null;
        if (process.HasExited) throw new InvalidOperationException($"The agent ended by itself with {process.ExitCode}: see {folder}/agent.log.");
        try
        {
            var metrics = await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics"));
            return new SoakSample(
                elapsed.TotalSeconds, Metric(metrics, "sealtail_lag_bytes"), Metric(metrics, "sealtail_spool_bytes"), Metric(metrics, "process_resident_memory_bytes"),
                Directory.GetFiles($"/proc/{process.Id}/fd").Length, Metric(metrics, "sealtail_held_bytes"), trouble);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        Kill();
        http.Dispose();
    }

    private static long Metric(string page, string name)
    {
        var line = page.Split('\n').First(line => line.StartsWith(name, StringComparison.Ordinal) && line.Length > name.Length && line[name.Length] is ' ' or '{');
        return (long)double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
    }

    private Process Launch(string? log, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Checkout.Agent, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["STORAGE_EMULATOR_HOST"] = store.ToString();
        var launched = Process.Start(start) ?? throw new InvalidOperationException("sealtail did not start.");
        launched.ErrorDataReceived += (_, line) => Keep(log, line.Data);
        launched.BeginErrorReadLine();
        if (log is null) return launched;
        launched.OutputDataReceived += (_, line) => Keep(log, line.Data);
        launched.BeginOutputReadLine();
        return launched;
    }

    private void Keep(string? log, string? line)
    {
        if (log is null || line is null) return;
        lock (http) File.AppendAllText(Path.Combine(folder, log), line + "\n"); // both streams end up in one file
    }
}
