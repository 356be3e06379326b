using System.IO.Compression;
using NUnit.Framework;
using Sealtail.Chaining;
using Sealtail.Diagnosing;
using Sealtail.Tests.Configuration;

namespace Sealtail.Tests.Diagnosing;

/// <summary>Each thing that can be wrong with a node, on a node on which nothing else is.</summary>
internal sealed class DoctorTests : IDisposable
{
    private readonly FakeNode node = new();

    public void Dispose() => node.Dispose();

    [Test]
    public void Nothing_is_wrong_with_a_good_node() => Assert.That(Bad(), Is.Empty);

    [TestCase("audit-log-format", "legacy", CheckId.AuditFormat, Severity.Problem)]
    [TestCase("audit-log-mode", "batch", CheckId.AuditMode, Severity.Problem)]
    [TestCase("audit-log-maxsize", "0", CheckId.RotationSize, Severity.Warning)]
    [TestCase("audit-log-maxbackup", "2", CheckId.RotationBackups, Severity.Problem)]
    [TestCase("audit-log-maxbackup", "0", CheckId.RotationBackups, Severity.Warning)]
    [TestCase("audit-log-path", "-", CheckId.AuditLogPath, Severity.Problem)]
    [TestCase("audit-log-path", "/var/log/other/audit.log", CheckId.AuditLogPath, Severity.Problem)]
    public void A_wrong_argument_of_the_apiserver_is_named(string flag, string value, string check, Severity severity)
    {
        node.Flags[flag] = value;

        Assert.That(Bad(), Is.EqualTo(new[] { (check, severity) }));
    }

    [TestCase("audit-log-path", CheckId.AuditLogPath)]
    [TestCase("audit-policy-file", CheckId.AuditPolicy)]
    public void A_missing_argument_of_the_apiserver_is_named(string flag, string check)
    {
        node.Flags.Remove(flag);

        Assert.That(Bad(), Does.Contain((check, Severity.Problem)));
    }

    [TestCase("v1.35.4", Severity.Warning)]
    [TestCase("v1.36.0", Severity.Problem)]
    public void No_rotation_size_is_a_warning_until_kubernetes_1_36_and_a_problem_from_then_on(string version, Severity severity)
    {
        node.Flags["audit-log-maxsize"] = "0";
        node.Write("/etc/kubernetes/manifests/kube-apiserver.yaml", $"spec: {{ containers: [ {{ image: kube-apiserver:{version}, command: [kube-apiserver] }} ] }}");

        Assert.That(Bad(), Is.EqualTo(new[] { (CheckId.RotationSize, severity) }));
    }

    [Test]
    public void Blocking_strict_without_the_stage_it_acts_on_is_named()
    {
        node.Flags["audit-log-mode"] = "blocking-strict";
        Assert.That(Bad(), Is.Empty);

        node.Write(FakeNode.Policy, "kind: Policy\nomitStages: [RequestReceived]\nrules: [{ level: Metadata }]\n");
        Assert.That(Bad(), Is.EqualTo(new[] { (CheckId.AuditMode, Severity.Warning) }));
    }

    [Test]
    public void A_log_that_is_mounted_alone_is_named()
    {
        node.AddMount($"30 22 8:1 /x {node[FakeNode.Log]} rw - ext4 /dev/sda1 rw");

        Assert.That(Bad(), Is.EqualTo(new[] { (CheckId.LogMountedAlone, Severity.Problem) }));
    }

    [Test]
    public void A_log_that_is_mounted_alone_into_the_apiserver_is_named()
    {
        node.Write("/proc/77/mountinfo", $"30 22 8:1 /x {FakeNode.Log} rw - ext4 /dev/sda1 rw\n");

        Assert.That(Bad(), Is.EqualTo(new[] { (CheckId.LogMountedAlone, Severity.Problem) }));
    }

    [Test]
    public void A_static_pod_that_mounts_the_file_alone_is_named()
    {
        node.HasProcess = false;
        node.Write("/etc/kubernetes/manifests/kube-apiserver.yaml", Manifest(FakeNode.Log, FakeNode.Log));

        Assert.That(Bad(), Is.EqualTo(new[] { (CheckId.LogMountedAlone, Severity.Problem) }));
    }

    [Test]
    public void A_directory_that_is_elsewhere_on_the_node_is_found_by_the_manifest()
    {
        node.Write("/etc/kubernetes/manifests/kube-apiserver.yaml", Manifest("/var/log/audit", "/var/log/kubernetes/audit"));
        node.Flags["audit-log-path"] = "/var/log/audit/audit.log";

        Assert.That(Bad(), Is.Empty);
    }

    [TestCase("rules: [{ level: RequestResponse }]", Severity.Warning)]
    [TestCase("rules: [{ level: Request, resources: [{ group: '', resources: [secrets] }] }]", Severity.Warning)]
    [TestCase("rules: [{ level: Request, resources: [{ group: '' }] }]", Severity.Warning)]
    [TestCase("rules: [{ level: None, users: [a], resources: [{ group: '', resources: [secrets] }] }, { level: Request }]", Severity.Warning)]
    [TestCase("rules: [{ level: None }]", Severity.Problem)]
    [TestCase("nothing: here", Severity.Problem)]
    public void A_policy_that_writes_secrets_or_nothing_is_named(string policy, Severity severity)
    {
        node.Write(FakeNode.Policy, $"kind: Policy\n{policy}\n");

        Assert.That(Bad(), Is.EqualTo(new[] { (CheckId.AuditPolicy, severity) }));
    }

    [TestCase("rules: [{ level: Metadata, resources: [{ group: '', resources: [secrets, serviceaccounts/token] }, { group: authentication.k8s.io }] }, { level: RequestResponse }]")]
    [TestCase("rules: [{ level: RequestResponse, resources: [{ group: apps }] }, { level: Metadata }]")]
    [TestCase("rules: [{ level: RequestResponse, nonResourceURLs: [/x] }, { level: Metadata }]")]
    public void A_policy_that_keeps_secrets_out_is_good(string policy)
    {
        node.Write(FakeNode.Policy, $"kind: Policy\n{policy}\n");

        Assert.That(Bad(), Is.Empty);
    }

    [TestCase("/var/log/kubernetes/audit/*.log {\n  weekly\n}\n")]
    [TestCase("# kubernetes\n\"/var/log/kubernetes/audit/audit.log\" /var/log/x\n{\n  rotate 4\n}\n")]
    [TestCase("/var/log/*/*/*.log { daily }\n")]
    public void A_second_rotator_is_named(string logrotate)
    {
        node.Write("/etc/logrotate.d/kubernetes", logrotate);

        Assert.That(Bad(), Is.EqualTo(new[] { (CheckId.SecondRotator, Severity.Problem) }));
    }

    [TestCase("/var/log/*.log { daily }\n")]
    [TestCase("/var/log/syslog {\n  postrotate\n    cp /var/log/kubernetes/audit/audit.log /x\n  endscript\n}\n")]
    [TestCase("# /var/log/kubernetes/audit/audit.log { daily }\n")]
    public void A_rotator_of_other_files_is_none(string logrotate)
    {
        node.Write("/etc/logrotate.d/other", logrotate);

        Assert.That(Bad(), Is.Empty);
    }

    [TestCase("tmpfs")]
    [TestCase("overlay")]
    public void A_state_directory_that_forgets_is_named(string kind)
    {
        node.AddMount($"31 22 0:5 / {node["/var/lib"]} rw - {kind} none rw");

        Assert.That(Bad(), Is.EqualTo(new[] { (CheckId.StateDisk, Severity.Problem) }));
    }

    [TestCase(9, Severity.Problem)]
    [TestCase(15, Severity.Warning)]
    public void A_disk_that_fills_is_named(int percent, Severity severity)
    {
        node.Room = new DiskRoom(100L << 30, (long)percent << 30);

        Assert.That(Bad(), Is.Not.Empty.And.All.EqualTo((CheckId.DiskSpace, severity)));
    }

    [Test]
    public void A_clock_that_nobody_keeps_is_named()
    {
        node.IsClockSynchronised = false;

        Assert.That(Bad(), Is.EqualTo(new[] { (CheckId.Clock, Severity.Warning) }));
    }

    [Test]
    public void A_log_that_is_not_there_is_named()
    {
        File.Delete(node[FakeNode.Log]);

        Assert.That(Bad(), Is.EqualTo(new[] { (CheckId.Log, Severity.Problem) }));
    }

    [Test]
    public void An_apiserver_that_is_not_to_be_seen_is_unknown_and_no_problem()
    {
        node.HasProcess = false;

        Assert.That(Bad().Select(found => found.Severity), Is.Not.Empty.And.All.EqualTo(Severity.Unknown));
    }

    [Test]
    public void What_could_not_be_looked_at_is_told_check_by_check([Values] bool hasProcess)
    {
        node.HasProcess = hasProcess;

        var found = node.Look();

        Assert.That(found.Select(diagnosis => diagnosis.Check).Distinct(), Is.EqualTo(CheckId.All.TakeWhile(check => check != CheckId.Bucket)));
        Assert.That(found.Where(diagnosis => diagnosis.Check is CheckId.AuditMode or CheckId.AuditPolicy or CheckId.RotationBackups).Select(diagnosis => diagnosis.Severity == Severity.Unknown), Is.All.EqualTo(!hasProcess));
    }

    [Test]
    public void A_key_out_of_a_secret_is_named()
    {
        // As the kubelet writes a Secret: links into a directory that it exchanges as a whole.
        Directory.CreateDirectory(node["/etc/sealtail/signing/..2026_11_22"]);
        SigningKey.Generate(node["/etc/sealtail/signing/..2026_11_22/signing.pem"]).Dispose();
        File.CreateSymbolicLink(node["/etc/sealtail/signing/..data"], "..2026_11_22");
        File.CreateSymbolicLink(node["/etc/sealtail/signing/signing.pem"], "..data/signing.pem");
        node.Configuration = Yaml.Load($"service: {{ cluster: c, node: n }}\ninputs: [{{ name: audit, path: {FakeNode.Log} }}]\nsigning: {{ key: /etc/sealtail/signing/signing.pem, generate: false }}\noutput: {{ bucket: gs://bucket }}");

        Assert.That(Bad(), Is.EqualTo(new[] { (CheckId.SigningKey, Severity.Warning) }));
    }

    // Ten files of 100 MB in so many hours; twenty are kept.
    [TestCase(1, Severity.Warning)]
    [TestCase(0.1, Severity.Problem)]
    [TestCase(20, Severity.Good)]
    public void Backups_that_last_too_short_a_time_at_the_rate_seen_are_named(double hours, Severity severity)
    {
        var now = node.Time.GetUtcNow();
        for (var i = 0; i <= 10; i++) Sparse($"/var/log/kubernetes/audit/audit-{now.AddHours(-hours * i / 10):yyyy-MM-ddTHH-mm-ss.fff}.log", 100 << 20);

        var found = node.Look().Single(diagnosis => diagnosis.Check == CheckId.RotationBackups);

        Assert.That(found.Severity, Is.EqualTo(severity), found.Message);
    }

    [Test]
    public void Compressed_backups_count_with_their_plain_size()
    {
        var now = node.Time.GetUtcNow();
        foreach (var minutes in new[] { 1, 2 })
        {
            using var file = File.Create(node[$"/var/log/kubernetes/audit/audit-{now.AddMinutes(-minutes):yyyy-MM-ddTHH-mm-ss.fff}.log.gz"]);
            using var gzip = new GZipStream(file, CompressionLevel.Fastest);
            gzip.Write(new byte[60 << 10]);
        }

        // The younger one's 60 KiB since two minutes ago, and the live file's 3 bytes.
        Assert.That(node.Look().Single(diagnosis => diagnosis.Check == CheckId.RotationBackups).Message, Does.Contain("at the 0.5 KiB/s"));
    }

    private IReadOnlyList<(string Check, Severity Severity)> Bad() => [.. node.Look().Where(found => found.Severity != Severity.Good).Select(found => (found.Check, found.Severity))];

    private void Sparse(string path, long size)
    {
        using var file = File.Create(node[path]);
        file.SetLength(size);
    }

    private static string Manifest(string mountPath, string hostPath) => $$"""
        apiVersion: v1
        kind: Pod
        spec:
          containers:
            - image: registry.example/kube-apiserver:v1.34.1
              command: [kube-apiserver, --audit-log-path={{FakeNode.Log}}, --audit-policy-file={{FakeNode.Policy}}, --audit-log-maxbackup=20]
              volumeMounts: [ { name: log, mountPath: {{mountPath}} } ]
          volumes: [ { name: log, hostPath: { path: {{hostPath}} } } ]
        """;
}
