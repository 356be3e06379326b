using Microsoft.Extensions.Time.Testing;
using Sealtail.Configuration;
using Sealtail.Diagnosing;
using Sealtail.Tests.Configuration;

namespace Sealtail.Tests.Diagnosing;

/// <summary>A node in a folder: real files under a root, a disk and a clock that a test sets. As it comes, nothing is wrong with it.</summary>
internal sealed class FakeNode : IDisposable
{
    public const string Log = "/var/log/kubernetes/audit/audit.log";
    public const string Policy = "/etc/kubernetes/audit/policy.yaml";
    private const string Mounts = "22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw\n";

    private readonly TempFolder folder = new("node");

    public FakeNode()
    {
        Write(Log, "{}\n");
        Write("/proc/self/mountinfo", Mounts);
        Write(Policy, "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{ level: Metadata }]\n");
        Flags = new Dictionary<string, string>
        {
            ["audit-log-path"] = Log,
            ["audit-policy-file"] = Policy,
            ["audit-log-maxsize"] = "100",
            ["audit-log-maxbackup"] = "20",
        };
        Node = new Node(folder.Path, Time, _ => Room, () => IsClockSynchronised);
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 22, 9, 0, 0, TimeSpan.Zero));

    /// <summary>The arguments of the process kube-apiserver; changes count until <see cref="Look"/>.</summary>
    public Dictionary<string, string> Flags { get; }

    public DiskRoom Room { get; set; } = new(100L << 30, 50L << 30);

    public bool? IsClockSynchronised { get; set; } = true;

    /// <summary>Whether kube-apiserver runs as a process of its own.</summary>
    public bool HasProcess { get; set; } = true;

    public Node Node { get; }

    public SealtailConfiguration Configuration { get; set; } = Yaml.Load($"service: {{ cluster: c, node: n }}\ninputs: [{{ name: audit, path: {Log} }}]\noutput: {{ bucket: gs://bucket }}");

    public string this[string path] => folder[path.TrimStart('/')];

    public string Write(string path, string text) => folder.Write(path.TrimStart('/'), text);

    public void AddMount(string line) => File.AppendAllText(this["/proc/self/mountinfo"], line + "\n");

    public IReadOnlyList<Diagnosis> Look()
    {
        if (HasProcess)
        {
            Write("/proc/77/cmdline", string.Join('\0', Flags.Select(flag => $"--{flag.Key}={flag.Value}").Prepend("/usr/local/bin/kube-apiserver")) + "\0");
            if (!File.Exists(this["/proc/77/mountinfo"])) Write("/proc/77/mountinfo", Mounts);
        }

        return new Doctor(Node).LookAtNode(Configuration);
    }

    public void Dispose() => folder.Dispose();
}
