using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Sealtail.Campaign;

/// <summary>The real program as its own process, with a configuration of its own, and what it says of itself.</summary>
internal sealed class AgentProcess : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(2) };
    private readonly string folder;
    private readonly string bucket;
    private readonly Uri? store;
    private readonly int port = FreePort();
    private Process? process;

    /// <param name="folder">Where its state, key, configuration and messages lie.</param>
    /// <param name="log">The live log.</param>
    /// <param name="chunk">The configuration's section.</param>
    /// <param name="bucket">Where it ships to, as its configuration says it.</param>
    /// <param name="retention">What is required of the bucket.</param>
    /// <param name="store">A stand-in's address, for gs://.</param>
    public AgentProcess(string folder, string log, string chunk, string bucket, string retention, Uri? store)
    {
        (this.folder, this.bucket, this.store) = (folder, bucket, store);
        File.WriteAllText(Configuration, $$"""
            service: { cluster: soak, node: cp-1, state: "{{folder}}/state", allow_volatile_state: true, http: "127.0.0.1:{{port}}", log: { level: warn, format: text } }
            inputs: [ { name: audit, path: "{{log}}" } ]
            chunk: { {{chunk}} }
            signing: { key: "{{folder}}/signing.pem" }
            spool: { max_size: 1GiB, min_free: 64MiB }
            output: { bucket: "{{bucket}}", retention: { {{retention}} } }
            """);
    }

    public bool HasEnded => process is null or { HasExited: true };

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

    /// <summary>Returns its exit code.</summary>
    public int Stop()
    {
        Signal("TERM");
        process?.WaitForExit();
        return process?.ExitCode ?? 0;
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
        using var verify = Launch(null, "verify", bucket, "--key", Path.Combine(folder, "signing.pem.pub"), "--output", "json");
        var output = verify.StandardOutput.ReadToEnd();
        verify.WaitForExit();
        File.WriteAllText(Path.Combine(folder, "verify.json"), output);
        using var report = JsonDocument.Parse(output);
        return (verify.ExitCode, report.RootElement.Clone());
    }

    /// <summary>Its metrics; null while it does not answer: it is starting, or stopped by a signal.</summary>
    public async Task<Metrics?> MetricsAsync()
    {
        if (process is null) return null;
        if (process.HasExited) throw new InvalidOperationException($"The agent ended by itself with {process.ExitCode}: see {folder}/agent.log.");
        try
        {
            return new Metrics(await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics")));
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return null;
        }
    }

    /// <summary>Null while it does not answer.</summary>
    public async Task<SoakSample?> SampleAsync(TimeSpan elapsed, string trouble) => await MetricsAsync() is not { } metrics || process is null ? null : new SoakSample(
        elapsed.TotalSeconds, metrics.Sum("sealtail_lag_bytes"), metrics.Sum("sealtail_spool_bytes"), metrics.Sum("process_resident_memory_bytes"),
        Directory.GetFiles($"/proc/{process.Id}/fd").Length, metrics.Sum("sealtail_held_bytes"), trouble);

    public void Dispose()
    {
        Kill();
        http.Dispose();
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private Process Launch(string? log, params string[] arguments)
    {
        var start = Checkout.Published is { } program ? new ProcessStartInfo(program, arguments) : new ProcessStartInfo("dotnet", [Checkout.Agent, .. arguments]);
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        if (store is not null) start.Environment["STORAGE_EMULATOR_HOST"] = store.ToString();
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
