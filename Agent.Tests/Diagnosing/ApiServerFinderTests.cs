using NUnit.Framework;
using Sealtail.Diagnosing;

namespace Sealtail.Tests.Diagnosing;

/// <summary>kube-apiserver's arguments, wherever a distribution keeps them.</summary>
internal sealed class ApiServerFinderTests : IDisposable
{
    private readonly FakeNode node = new();

    public void Dispose() => node.Dispose();

    [TestCase("/etc/kubernetes/manifests/kube-apiserver.yaml")]
    [TestCase("/etc/kubernetes/manifests/kube-apiserver.manifest")]
    [TestCase("/var/lib/rancher/rke2/agent/pod-manifests/kube-apiserver.yaml")]
    public void In_a_static_pod(string path)
    {
        node.Write(path, "spec: { containers: [ { image: x/kube-apiserver:v1.36.2, command: [kube-apiserver], args: ['--audit-log-path=/a/b.log', '--audit-log-maxage', '7', --profiling] } ] }");

        var server = ApiServerFinder.Find(node.Node)!;

        Assert.That((server.FoundIn, server.AuditLogPath, server.Number("audit-log-maxage"), server.Flags["profiling"], server.Minor), Is.EqualTo((path, "/a/b.log", 7, "true", 36)));
    }

    [Test]
    public void In_a_shell_line_as_kOps_writes_it()
    {
        node.Write("/etc/kubernetes/manifests/kube-apiserver.manifest", "spec: { containers: [ { command: [/bin/sh, -c, 'exec kube-apiserver --audit-log-path=/a/b.log --v=2'] } ] }");

        Assert.That(ApiServerFinder.Find(node.Node)!.AuditLogPath, Is.EqualTo("/a/b.log"));
    }

    [TestCase("hyperkube\0kube-apiserver\0--audit-log-path=/a/b.log\0")]
    [TestCase("/usr/bin/kube-apiserver\0--audit-log-path\0/a/b.log\0")]
    [TestCase("/usr/local/bin/k3s\0server\0--kube-apiserver-arg=audit-log-path=/a/b.log\0")]
    [TestCase("/usr/local/bin/k3s\0server\0--kube-apiserver-arg\0audit-log-path=/a/b.log\0")]
    public void In_a_process(string commandLine)
    {
        node.Write("/proc/1/cmdline", "/sbin/init\0");
        node.Write("/proc/4242/cmdline", commandLine);

        Assert.That(ApiServerFinder.Find(node.Node)!.AuditLogPath, Is.EqualTo("/a/b.log"));
    }

    [Test]
    public void In_the_configuration_of_k3s()
    {
        node.Write("/proc/9/cmdline", "/usr/local/bin/k3s\0server\0");
        node.Write("/etc/rancher/k3s/config.yaml", "write-kubeconfig-mode: '0600'\nkube-apiserver-arg: [audit-log-maxbackup=20]\n");
        node.Write("/etc/rancher/k3s/config.yaml.d/audit.yaml", "kube-apiserver-arg: [audit-log-path=/a/b.log]\n");

        var server = ApiServerFinder.Find(node.Node)!;

        Assert.That((server.AuditLogPath, server.Number("audit-log-maxbackup")), Is.EqualTo(("/a/b.log", 20)));
    }

    [Test]
    public void Nowhere() => Assert.That(ApiServerFinder.Find(node.Node), Is.Null);

    [Test]
    public void What_is_no_yaml_is_no_trace()
    {
        node.Write("/etc/kubernetes/manifests/kube-apiserver.yaml", "{ [");

        Assert.That(ApiServerFinder.Find(node.Node), Is.Null);
    }
}
