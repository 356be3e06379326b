using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using k8s;
using k8s.Models;
using NUnit.Framework;

namespace Sealtail.Tests.Deploying;

/// <summary>The chart as Helm renders it. Opt-in: SEALTAIL_HELM names the program helm; see CONTRIBUTING.md.</summary>
[Category("Campaign")]
internal sealed class ChartTests : IDisposable
{
    private const string Own = "own.yaml";
    private static readonly string? Helm = Environment.GetEnvironmentVariable("SEALTAIL_HELM");
    private static readonly string? Kubectl = Environment.GetEnvironmentVariable("SEALTAIL_KUBECTL");

    private static readonly string[] Everything =
    [
        "--set=workloadIdentity.enabled=true", "--set=workloadIdentity.provider=//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q",
        "--set=workloadIdentity.serviceAccountEmail=a@b.iam.gserviceaccount.com", "--set=signingKey.existingSecret=key", "--set=monitoring.dashboard=true",
        "--set=networkPolicy.ingress.nodeCidrs={10.0.0.0/8}", "--set=imagePullSecrets[0].name=pull", "--set=env[0].name=HTTPS_PROXY", "--set=env[0].value=http://proxy:3128",
        "--set=seLinuxOptions.type=spc_t", "--set=podLabels.a=b", "--set=podAnnotations.a=b", "--set=serviceAccount.annotations.a=b",
    ];

    private readonly TempFolder folder = new("chart");

    [SetUp]
    public void SetUp()
    {
        if (string.IsNullOrEmpty(Helm)) Assert.Ignore("Set SEALTAIL_HELM to the program helm.");
        folder.Write(Own, Chart.Own);
    }

    public void Dispose() => folder.Dispose();

    [Test]
    public void Lint_is_strict_and_clean_with_the_defaults() => Assert.That(Run(Helm!, 0, "lint", "--strict", Chart.FullPath), Does.Contain("0 chart(s) failed"));

    [TestCaseSource(typeof(Chart), nameof(Chart.PresetCases))]
    public void Lint_is_strict_and_clean_with_a_preset(string preset) =>
        Assert.That(Run(Helm!, 0, "lint", "--strict", Chart.FullPath, $"--values={Preset(preset)}", $"--values={folder[Own]}"), Does.Contain("0 chart(s) failed"));

    [TestCaseSource(typeof(Chart), nameof(Chart.PresetCases))]
    public void A_preset_s_manifests_are_strictly_what_Kubernetes_knows(string preset)
    {
        // What only OpenShift knows is left out.
        var manifests = Render(preset, "--set=openshift.scc=false");

        var objects = KubernetesYaml.LoadAllFromString(manifests, null, strict: true);
        Assert.That(objects.Select(each => each.GetType()), Does.Contain(typeof(V1DaemonSet)).And.Contain(typeof(V1ConfigMap)).And.Contain(typeof(V1NetworkPolicy)).And.Contain(typeof(V1Pod)));
    }

    [Test]
    public void With_everything_on_the_manifests_are_strictly_what_Kubernetes_knows() =>
        Assert.That(KubernetesYaml.LoadAllFromString(Render("kubeadm", Everything), null, strict: true), Has.Count.EqualTo(7));

    [TestCaseSource(typeof(Chart), nameof(Chart.PresetCases))]
    public void The_agent_s_pod_keeps_its_promises(string preset)
    {
        var daemonSet = KubernetesYaml.LoadAllFromString(Render(preset, "--set=openshift.scc=false"), null, strict: true).OfType<V1DaemonSet>().Single();
        var pod = daemonSet.Spec.Template.Spec;
        var inputs = Chart.ValuesOf(preset)["config"]!["inputs"]!.AsArray().Select(input => input!["path"]!.GetValue<string>()).ToArray();

        Assert.Multiple(() =>
        {
            Assert.That(pod.AutomountServiceAccountToken, Is.False);
            Assert.That(pod.PriorityClassName, Is.EqualTo("system-node-critical"));
            Assert.That(pod.HostNetwork ?? false, Is.False);
            Assert.That(pod.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms, Is.Not.Empty);
            Assert.That(pod.Tolerations.Select(toleration => toleration.Key), Does.Contain("node-role.kubernetes.io/control-plane"));
            Assert.That(daemonSet.Spec.UpdateStrategy.RollingUpdate.MaxUnavailable.Value, Is.EqualTo("1"));
            Assert.That(pod.InitContainers.Single().Args, Is.EqualTo(new[] { "config", "check", "--config", "/etc/sealtail/sealtail.yaml" }));
            Assert.That(pod.Containers.Single().Args, Is.EqualTo(new[] { "run", "--config", "/etc/sealtail/sealtail.yaml" }));
            foreach (var container in pod.Containers.Concat(pod.InitContainers))
            {
                var security = container.SecurityContext;
                Assert.That((security.Privileged, security.AllowPrivilegeEscalation, security.ReadOnlyRootFilesystem), Is.EqualTo((false, false, true)));
                Assert.That(security.Capabilities.Drop, Is.EqualTo(new[] { "ALL" }));
                Assert.That(security.Capabilities.Add, Is.EqualTo(new[] { "DAC_READ_SEARCH" }));
                Assert.That(container.Resources.Limits.Keys, Is.SupersetOf(new[] { "cpu", "memory" }));
            }

            Assert.That(pod.SecurityContext.SeccompProfile.Type, Is.EqualTo("RuntimeDefault"));
            foreach (var directory in inputs.Select(Path.GetDirectoryName).Distinct())
            {
                var mount = pod.Containers.Single().VolumeMounts.Single(each => each.MountPath == directory);
                Assert.That(mount.ReadOnlyProperty, Is.True);
                Assert.That(pod.Volumes.Single(volume => volume.Name == mount.Name).HostPath, Has.Property("Path").EqualTo(directory).And.Property("Type").EqualTo("Directory"));
            }
        });
    }

    // No schema of them is published, and no OpenShift was there: they are held against the pods that they must let in.
    [Test]
    public void OpenShift_s_constraints_let_in_the_pods_and_allow_no_more_than_these_ask_for()
    {
        string[] more = ["--namespace=audit", .. Everything];
        var constraints = YamlJson.Parse(Render("openshift", [.. more, "--show-only=templates/scc.yaml"]))!;
        var objects = KubernetesYaml.LoadAllFromString(Render("openshift", [.. more, "--set=openshift.scc=false"]), null, strict: true);
        var pods = objects.OfType<V1DaemonSet>().Select(set => set.Spec.Template.Spec).Concat(objects.OfType<V1Pod>().Select(pod => pod.Spec)).ToArray();
        var containers = pods.SelectMany(pod => pod.Containers.Concat(pod.InitContainers ?? [])).ToArray();
        var volumes = pods.SelectMany(pod => pod.Volumes).Select(volume => volume.HostPath is not null ? "hostPath" : volume.ConfigMap is not null ? "configMap" : volume.Secret is not null ? "secret" : volume.Projected is not null ? "projected" : volume.Name);
        string[] Strings(string key) => [.. constraints[key]!.AsArray().Select(item => item!.GetValue<string>())];
        bool Allows(string key) => constraints[key]!.GetValue<bool>();

        Assert.That(pods, Has.Length.EqualTo(2));
        Assert.Multiple(() =>
        {
            Assert.That(Strings("users"), Is.EqualTo(pods.Select(pod => $"system:serviceaccount:audit:{pod.ServiceAccountName}").Distinct()));
            Assert.That(Strings("volumes"), Is.EquivalentTo(volumes.Distinct()));
            Assert.That(Strings("allowedCapabilities"), Is.EquivalentTo(containers.SelectMany(container => container.SecurityContext.Capabilities.Add ?? []).Distinct()));
            Assert.That(containers.Select(container => container.SecurityContext.Capabilities.Drop), Is.All.EqualTo(Strings("requiredDropCapabilities")));
            Assert.That(containers.Select(container => container.SecurityContext.ReadOnlyRootFilesystem), Is.All.EqualTo(Allows("readOnlyRootFilesystem")));
            Assert.That((Allows("allowHostDirVolumePlugin"), Allows("allowPrivilegedContainer"), Allows("allowPrivilegeEscalation")), Is.EqualTo((true, false, false)));
            Assert.That((Allows("allowHostIPC"), Allows("allowHostPID"), Allows("allowHostNetwork"), Allows("allowHostPorts")), Is.EqualTo((false, false, false, false)));
            // Compared member by member, and a level that is not given is the namespace's.
            var prescribed = constraints["seLinuxContext"]!["seLinuxOptions"]!.AsObject();
            Assert.That(prescribed.Select(member => (member.Key, member.Value!.GetValue<string>())), Is.EquivalentTo(new[] { ("type", "spc_t"), ("level", "s0") }));
            Assert.That(containers.Select(container => container.SecurityContext.SeLinuxOptions).OfType<V1SELinuxOptions>().Select(own => (own.Type, own.Level, own.Role, own.User)), Is.Not.Empty.And.All.EqualTo(("spc_t", "s0", (string?)null, (string?)null)));
            Assert.That(Strings("seccompProfiles"), Is.EqualTo(new[] { "runtime/default" }));
        });
    }

    [Test]
    public void OpenShift_s_constraints_prescribe_no_SELinux_options_that_would_get_the_namespace_s_level()
    {
        var constraints = YamlJson.Parse(Render("kubeadm", "--set=openshift.scc=true", "--set=seLinuxOptions.type=spc_t", "--show-only=templates/scc.yaml"))!;

        Assert.That(constraints["seLinuxContext"]!.ToJsonString(), Is.EqualTo("{\"type\":\"RunAsAny\"}"));
    }

    [TestCase("extraVolumes[0].hostPath.path=/var/log/kubernetes/audit/audit.log")]
    [TestCase("extraVolumes[0].hostPath.path=/x,extraVolumes[0].hostPath.type=File")]
    [TestCase("extraVolumeMounts[0].name=x,extraVolumeMounts[0].mountPath=/var/log/kubernetes/audit/audit.log")]
    public void A_log_mounted_alone_is_refused(string values)
    {
        var error = Run(Helm!, 1, "template", "r", Chart.FullPath, $"--values={Preset("kubeadm")}", $"--values={folder[Own]}", "--set=extraVolumes[0].name=x", $"--set={values}");

        Assert.That(error, Does.Contain("mounted alone stays the same file"));
    }

    [TestCase("config.service.cluster=null", "config.service.cluster is required")]
    [TestCase("config.output.bucket=null", "config.output.bucket is required")]
    [TestCase("config.service.http=127.0.0.1:2020", "cannot reach the pod's loopback")]
    [TestCase("config.inputs[0].path=audit.log,config.inputs[0].name=audit", "must be absolute")]
    [TestCase("config.inputs[0].path=/var/audit.log,config.inputs[0].name=audit", "directory of its own")]
    [TestCase("workloadIdentity.enabled=true", "workloadIdentity.provider is required")]
    [TestCase("monitoring.podMonitor=true,monitoring.serviceMonitor=true", "choose one")]
    [TestCase("config.service.clustre=x", "clustre")]
    public void What_cannot_work_is_refused_with_the_reason(string values, string reason) =>
        Assert.That(Run(Helm!, 1, "template", "r", Chart.FullPath, $"--values={folder[Own]}", $"--set={values}"), Does.Contain(reason));

    // What distributions and clouds call their versions is let in, too.
    [TestCase("1.19.16", 1)]
    [TestCase("1.20.0", 0)]
    [TestCase("v1.20.2-gke.100", 0)]
    [TestCase("v1.27.3+k3s1", 0)]
    [TestCase("v1.36.0-rc.1", 0)]
    [TestCase("v0.0.0-master+0123abc", 0)]
    public void An_older_Kubernetes_than_the_proven_one_is_refused(string version, int exitCode)
    {
        var said = Run(Helm!, exitCode, "template", "r", Chart.FullPath, $"--values={folder[Own]}", $"--kube-version={version}");

        Assert.That(said.Contains("chart requires kubeVersion", StringComparison.Ordinal), Is.EqualTo(exitCode == 1), said);
    }

    [Test]
    public void A_changed_configuration_restarts_the_pods()
    {
        static string Checksum(string manifests) => Regex.Match(manifests, "checksum/config: (\\w+)").Groups[1].Value;

        Assert.That(Checksum(Render("kubeadm", "--set=config.chunk.compression=1")), Is.Not.EqualTo(Checksum(Render("kubeadm"))));
    }

    [Test]
    public void A_rendered_rule_is_the_file_with_the_runbooks_of_the_operator()
    {
        var rendered = YamlJson.Parse(Run(Helm!, 0, "template", "r", Chart.FullPath, $"--values={folder[Own]}", "--set=monitoring.prometheusRule=true,monitoring.runbookBase=https://wiki.example/", "--show-only=templates/monitoring.yaml"))!;
        var expected = YamlJson.Parse(File.ReadAllText(Path.Combine(Chart.FullPath, "files/alerts.yaml")).Replace("runbook_url: docs/", "runbook_url: https://wiki.example/docs/", StringComparison.Ordinal));

        Assert.That(JsonNode.DeepEquals(rendered["spec"], expected));
    }

    /// <summary>Against a kube-apiserver without nodes: KUBECONFIG and SEALTAIL_KUBECTL.</summary>
    [Test]
    public void A_real_apiserver_takes_install_upgrade_and_uninstall_and_every_preset()
    {
        if (string.IsNullOrEmpty(Kubectl) || string.IsNullOrEmpty(Environment.GetEnvironmentVariable("KUBECONFIG"))) Assert.Ignore("Set SEALTAIL_KUBECTL and KUBECONFIG.");
        const string space = "sealtail-proof";
        Run(Kubectl!, null, "create", "namespace", space);
        foreach (var preset in Chart.Presets)
        {
            string[] own = ["--set=openshift.scc=false", $"--namespace={space}"];
            foreach (var manifests in new[] { Render(preset, own), Render(preset, [.. own, .. Everything]) })
                Assert.That(DryRun(manifests, 0), Does.Contain("daemonset.apps/r-sealtail serverside-applied (server dry run)"));
        }

        Assert.That(DryRun(Render("kubeadm", $"--namespace={space}").Replace("seccompProfile:", "seccompProfil:", StringComparison.Ordinal), 1), Does.Contain("seccompProfil: field not declared in schema"));

        Run(Helm!, 0, "install", "sealtail", Chart.FullPath, $"--namespace={space}", $"--values={Preset("kubeadm")}", $"--values={folder[Own]}");
        Run(Helm!, 0, ["upgrade", "sealtail", Chart.FullPath, $"--namespace={space}", $"--values={Preset("rke2")}", $"--values={folder[Own]}", .. Everything]);
        Assert.That(Run(Kubectl!, 0, "get", "daemonset", "sealtail", $"--namespace={space}", "--output=yaml"), Does.Contain("/var/lib/rancher/rke2/server/logs").And.Contain("serviceAccountToken"));
        Run(Helm!, 0, "uninstall", "sealtail", $"--namespace={space}");
        Assert.That(Run(Kubectl!, 0, "get", "daemonset,configmap,service,networkpolicy", "--selector=app.kubernetes.io/part-of=sealtail", $"--namespace={space}", "--output=name"), Is.Empty);
    }

    // Applied by the server, which refuses every field that its own version does not know; kubectl's opinion is not asked.
    private string DryRun(string manifests, int exitCode) =>
        Run(Kubectl!, exitCode, "apply", "--server-side", "--dry-run=server", "--validate=false", $"--filename={folder.Write("manifests.yaml", manifests)}");

    private string Render(string preset, params string[] more) =>
        Run(Helm!, 0, ["template", "r", Chart.FullPath, $"--values={Preset(preset)}", $"--values={folder[Own]}", .. more]);

    private static string Preset(string name) => Path.Combine(Chart.FullPath, "presets", name + ".yaml");

    // Output, or with another exit code than 0 what was said about it.
    private static string Run(string program, int? exitCode, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!; // not null without UseShellExecute
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (exitCode is { } expected) Assert.That(process.ExitCode, Is.EqualTo(expected), $"{string.Join(' ', arguments)}\n{output}{error.Result}");
        return process.ExitCode == 0 ? output : output + error.Result;
    }
}
