using System.Diagnostics;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sealtail.Campaign;

/// <summary>A real kube-apiserver with its etcd, on the loopback, for one campaign.</summary>
internal sealed class ApiServer : IDisposable
{
    public const string Token = "campaign-token";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string program;
    private readonly string folder;
    private readonly string log;
    private readonly int port = AgentProcess.FreePort();
    private readonly int etcdPort = AgentProcess.FreePort();
    private readonly Process etcd;
    private readonly HttpClient http;
    private Process? server;

    /// <param name="program">kube-apiserver.</param>
    /// <param name="etcd">etcd.</param>
    /// <param name="folder">Where their data and messages lie.</param>
    /// <param name="log">The audit log, whose folder is there.</param>
    public ApiServer(string program, string etcd, string folder, string log)
    {
        (this.program, this.folder, this.log) = (program, folder, log);
        http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = new() { RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null && IsItsOwn(shown) },
        })
        { BaseAddress = new Uri($"https://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(20) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        WriteFiles();
        var client = $"http://127.0.0.1:{etcdPort}";
        var peer = $"http://127.0.0.1:{AgentProcess.FreePort()}";
        this.etcd = Launch(etcd, "etcd.log", "--data-dir", Path.Combine(folder, "etcd"), "--listen-client-urls", client, "--advertise-client-urls", client, "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", $"default={peer}");
    }

    /// <summary>Requests go here, as an administrator.</summary>
    public HttpClient Http => http;

    /// <summary>Returns once it is ready.</summary>
    public async Task StartAsync()
    {
        server = Launch(
            program, "apiserver.log",
            $"--etcd-servers=http://127.0.0.1:{etcdPort}", "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", $"--secure-port={port}", $"--cert-dir={folder}/certs",
            "--service-cluster-ip-range=10.0.0.0/24", $"--token-auth-file={folder}/tokens.csv", "--authorization-mode=RBAC", "--service-account-issuer=https://kubernetes.default.svc",
            $"--service-account-signing-key-file={folder}/sa.key", $"--service-account-key-file={folder}/sa.pub", "--disable-admission-plugins=ServiceAccount", "--endpoint-reconciler-type=none",
            $"--audit-policy-file={folder}/policy.yaml", $"--audit-log-path={log}", "--audit-log-maxsize=1", "--audit-log-maxbackup=8", "--audit-log-mode=blocking");
        for (var began = TimeProvider.System.GetTimestamp(); ; await Task.Delay(200))
        {
            if (server.HasExited) throw new InvalidOperationException($"kube-apiserver ended with {server.ExitCode}: see {folder}/apiserver.log.");
            if (TimeProvider.System.GetElapsedTime(began) > Patience) throw new TimeoutException($"kube-apiserver does not get ready: see {folder}/apiserver.log.");
            try
            {
                using var reply = await http.GetAsync(new Uri("/readyz", UriKind.Relative));
                if (reply.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // not listening yet
            }
        }
    }

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        server?.Kill();
        server?.WaitForExit();
        server?.Dispose();
        server = null;
    }

    public async Task<Metrics> MetricsAsync() => new(await http.GetStringAsync(new Uri("/metrics", UriKind.Relative)));

    public void Dispose()
    {
        Kill();
        etcd.Kill();
        etcd.WaitForExit();
        etcd.Dispose();
        http.Dispose();
    }

    // It signs its certificate itself, when it starts for the first time.
    private bool IsItsOwn(X509Certificate shown)
    {
        using var own = X509Certificate2.CreateFromPem(File.ReadAllText(Path.Combine(folder, "certs", "apiserver.crt")));
        return own.RawDataMemory.Span.SequenceEqual(shown.GetRawCertData());
    }

    // What the server asks of itself is not audited, nor are the campaign's looks at it: then events and records can be compared to the last one.
    private void WriteFiles()
    {
        using var key = RSA.Create(2048);
        File.WriteAllText(Path.Combine(folder, "sa.key"), key.ExportRSAPrivateKeyPem());
        File.WriteAllText(Path.Combine(folder, "sa.pub"), key.ExportSubjectPublicKeyInfoPem());
        File.WriteAllText(Path.Combine(folder, "tokens.csv"), $"{Token},admin,admin-uid,\"system:masters\"\n");
        File.WriteAllText(Path.Combine(folder, "policy.yaml"), """
            apiVersion: audit.k8s.io/v1
            kind: Policy
            rules:
            - level: None
              users: ["system:apiserver"]
            - level: None
              nonResourceURLs: ["*"]
            - level: RequestResponse

            """);
    }

    private Process Launch(string path, string messages, params string[] arguments)
    {
        var launched = Process.Start(new ProcessStartInfo(path, arguments) { RedirectStandardError = true, RedirectStandardOutput = true }) ?? throw new InvalidOperationException($"{path} did not start.");
        launched.ErrorDataReceived += Keep;
        launched.OutputDataReceived += Keep;
        launched.BeginErrorReadLine();
        launched.BeginOutputReadLine();
        return launched;

        void Keep(object sender, DataReceivedEventArgs line)
        {
            lock (folder) File.AppendAllText(Path.Combine(folder, messages), line.Data + "\n"); // both streams end up in one file
        }
    }
}
