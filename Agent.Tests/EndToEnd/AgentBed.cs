using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using NUnit.Framework;
using Sealtail.Tests.Support;

namespace Sealtail.Tests.EndToEnd;

/// <summary>One log, one agent (the real program, as its own process), one directory bucket, in a folder of their own.</summary>
internal sealed class AgentBed : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly TempFolder folder = new();
    private readonly List<Process> started = [];
    private readonly int http;
    private readonly StringBuilder log = new(); // its own lock: what the following agents said

    /// <param name="http">A port of the loopback to serve status on; 0: nothing is served.</param>
    public AgentBed(string chunk = "max_age: 1s", string logName = "log/audit.log", int http = 0)
    {
        this.http = http;
        LogPath = folder[logName];
        Directory.CreateDirectory(LogFolder);
        Configuration = WriteConfiguration("sealtail.yaml", folder["state"], chunk);
    }

    public string Configuration { get; }

    public string LogPath { get; }

    public string LogFolder => Path.GetDirectoryName(LogPath)!;

    public string State => folder["state"];

    public string Bucket => folder["bucket"];

    public string PublicKey => folder["signing.pem.pub"];

    public string this[string name] => folder[name];

    /// <summary>A configuration of the same log, key and bucket with another state directory: a clone.</summary>
    public string WriteConfiguration(string name, string state, string chunk)
    {
        File.WriteAllText(folder[name], $$"""
            service: { cluster: test, node: cp-1, state: "{{state}}", allow_volatile_state: true, {{(http > 0 ? $"http: \"127.0.0.1:{http}\", " : "")}}log: { level: info, format: text } }
            inputs: [ { name: audit, path: "{{LogPath}}", poll_interval: 50ms } ]
            chunk: { {{chunk}} }
            signing: { key: "{{folder["signing.pem"]}}" }
            spool: { max_size: 1GiB, min_free: 64MiB }
            output: { bucket: "file://{{Bucket}}" }
            """);
        return folder[name];
    }

    /// <summary>Runs a command of sealtail to its end.</summary>
    public static Ran Run(params string[] arguments)
    {
        using var process = Launch(arguments);
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        if (!process.WaitForExit(Patience)) throw new TimeoutException($"sealtail {string.Join(' ', arguments)} did not end.");
        return new Ran(process.ExitCode, output, error.Result);
    }

    public Ran RunOnce()
    {
        var ran = Run("run", "--once", "--config", Configuration);
        Assert.That(ran.ExitCode, Is.Zero, ran.Error);
        return ran;
    }

    /// <summary>A following agent; killed with the bed if it still runs then.</summary>
    public Process Start(string? configuration = null, params (string Name, string Value)[] environment)
    {
        return Keep(Launch(SealtailProgram.With("run", "--config", configuration ?? Configuration), environment, null));
    }

    private Process Keep(Process process)
    {
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        started.Add(process);
        return process;
    }

    /// <summary>As <see cref="Start"/>, behind a shell's command that limits what it may use.</summary>
    public Process StartBehind(string command) => Keep(Launch(SealtailProgram.With("run", "--config", Configuration), [], command));

    /// <summary>An agent that was meant to end.</summary>
    public void Forget(Process agent)
    {
        started.Remove(agent);
        agent.Dispose();
    }

    /// <summary>One of its pages; null while it does not answer.</summary>
    public (HttpStatusCode Status, string Body)? Ask(string page)
    {
        try
        {
            using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(30) };
            using var response = client.GetAsync(new Uri($"http://127.0.0.1:{http}{page}")).GetAwaiter().GetResult();
            return (response.StatusCode, response.Content.ReadAsStringAsync().GetAwaiter().GetResult());
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return null;
        }
    }

    /// <summary>Why it is not ready, by the causes' names; empty if it is, null while it does not answer.</summary>
    public IReadOnlyList<string>? Reasons => Ask("/readyz") switch
    {
        null => null,
        { Status: HttpStatusCode.OK } => [],
        var (_, body) => [.. body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0])],
    };

    /// <summary>Whether the agent has the live log open.</summary>
    public bool IsFollowed(Process agent) =>
        Directory.EnumerateFileSystemEntries($"/proc/{agent.Id}/fd").Any(link => new FileInfo(link).LinkTarget == LogPath);

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>verify as its own process, with its JSON.</summary>
    public Verdict Verify(params string[] options)
    {
        var ran = Run(["verify", Bucket, "--key", PublicKey, "--output", "json", .. options]);
        Assert.That(ran.Output, Does.StartWith("{"), ran.Error);
        using var report = JsonDocument.Parse(ran.Output);
        return new Verdict(ran.ExitCode, report.RootElement.Clone());
    }

    /// <summary>Waits until the condition holds, looking often; fails loudly if it never does, or if an agent of this bed ended.</summary>
    public async Task UntilAsync(Func<bool> condition, string what)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(since) > Patience) Assert.Fail($"Never came true: {what}. {Logs}");
            if (started.Any(process => process.HasExited)) Assert.Fail($"An agent ended before this came true: {what}. {Logs}");
            await Task.Delay(20);
        }
    }

    public void Dispose()
    {
        foreach (var process in started)
        {
            if (!process.HasExited) process.Kill();
            process.WaitForExit();
            process.Dispose();
        }

        folder.Dispose();
    }

    private string Logs
    {
        get { lock (log) return log.ToString(); }
    }

    private void Keep(string? line)
    {
        lock (log) log.AppendLine(line);
    }

    private static Process Launch(string[] arguments) => Launch(SealtailProgram.With(arguments), [], null);

    private static Process Launch(ProcessStartInfo start, (string Name, string Value)[] environment, string? behind)
    {
        if (behind is not null) start = new ProcessStartInfo("bash", ["-c", $"{behind}; exec \"$@\"", "bash", start.FileName, .. start.ArgumentList]);
        (start.RedirectStandardOutput, start.RedirectStandardError, start.StandardOutputEncoding) = (true, true, Encoding.UTF8);
        start.Environment["NO_COLOR"] = "1";
        start.Environment["DOTNET_TieredCompilation"] = "1";
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return Process.Start(start) ?? throw new InvalidOperationException("sealtail did not start.");
    }
}

internal sealed record Ran(int ExitCode, string Output, string Error);

/// <summary>What verify said.</summary>
internal sealed record Verdict(int ExitCode, JsonElement Report)
{
    public IEnumerable<string> FindingIds => Report.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("id").GetString()!);

    public IEnumerable<string> Problems => Report.GetProperty("findings").EnumerateArray()
        .Where(finding => finding.GetProperty("severity").GetString() is "error" or "inconclusive")
        .Select(finding => finding.GetRawText());

    public long Records => Report.GetProperty("streams").EnumerateArray().Sum(stream => stream.GetProperty("records").GetInt64());

    public long Bytes => Report.GetProperty("streams").EnumerateArray().Sum(stream => stream.GetProperty("bytes").GetInt64());
}
