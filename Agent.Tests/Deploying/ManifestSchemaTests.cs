using NUnit.Framework;
using Sealtail.Tests.FakeGcs;

namespace Sealtail.Tests.Deploying;

/// <summary>
/// Every manifest that Helm renders, held strictly against the schemas of Kubernetes' own API and of the Prometheus operator's resources, as the npm packages
/// kubernetes-models have them. Opt-in: SEALTAIL_CONFORMANCE=1, and SEALTAIL_HELM names the program helm; see CONTRIBUTING.md.
/// </summary>
[Category("Conformance")]
internal sealed class ManifestSchemaTests : IDisposable
{
    // OpenShift publishes no schema of it that a package has; ChartTests holds it against the pods.
    private const string WithoutSchema = "security.openshift.io/v1/SecurityContextConstraints";

    private static readonly string[] Sorts = ["apps/v1/DaemonSet", "v1/ConfigMap", "v1/ServiceAccount", "v1/Service", "v1/Pod", "networking.k8s.io/v1/NetworkPolicy", "monitoring.coreos.com/v1/PrometheusRule"];
    private static readonly string? Helm = Environment.GetEnvironmentVariable("SEALTAIL_HELM");
    private static readonly Dictionary<string, string> NoEnvironment = [];

    private readonly TempFolder folder = new("manifests");

    [SetUp]
    public void Only_on_demand()
    {
        if (Environment.GetEnvironmentVariable("SEALTAIL_CONFORMANCE") != "1" || string.IsNullOrEmpty(Helm))
            Assert.Ignore("Set SEALTAIL_CONFORMANCE=1, and SEALTAIL_HELM to the program helm.");
    }

    public void Dispose() => folder.Dispose();

    [Test, CancelAfter(300_000)]
    public async Task Every_manifest_of_every_preset_is_what_its_schema_allows_and_no_more(CancellationToken cancellationToken)
    {
        await InstallAsync(cancellationToken);
        foreach (var preset in Chart.Presets)
        {
            foreach (var monitor in new[] { "podMonitor", "serviceMonitor" })
            {
                var (exitCode, said) = await CheckAsync(await RenderAsync(preset, monitor, cancellationToken), cancellationToken);

                Assert.That(exitCode, Is.Zero, $"{preset}: {said}");
                foreach (var sort in Sorts.Append(monitor == "podMonitor" ? "monitoring.coreos.com/v1/PodMonitor" : "monitoring.coreos.com/v1/ServiceMonitor")) Assert.That(said, Does.Contain($"valid: {sort} ("), preset);
                Assert.That(said.Contains(WithoutSchema, StringComparison.Ordinal), Is.EqualTo(preset == "openshift"), said);
            }
        }
    }

    // What is checked is worth nothing if nothing is refused.
    [TestCase("terminationGracePeriodSeconds:", "terminationGracePeriod:", "terminationGracePeriod is unknown")]
    [TestCase("hostPath:", "hostpath:", "hostpath is unknown")]
    [TestCase("type: RollingUpdate", "type: Rolling", "must be equal to one of the allowed values")]
    [TestCase("protocol: TCP", "protocol: 7", "must be")]
    [TestCase("expr:", "expression:", "expr")]
    [CancelAfter(300_000)]
    public async Task A_mistake_is_refused(string right, string wrong, string reason, CancellationToken cancellationToken)
    {
        await InstallAsync(cancellationToken);
        var manifests = await RenderAsync("kubeadm", "podMonitor", cancellationToken);
        Assert.That(manifests, Does.Contain(right));

        var (exitCode, said) = await CheckAsync(manifests.Replace(right, wrong, StringComparison.Ordinal), cancellationToken);

        Assert.That(exitCode, Is.EqualTo(1), said);
        Assert.That(said, Does.Contain(reason));
    }

    private async Task InstallAsync(CancellationToken cancellationToken)
    {
        foreach (var name in new[] { "package.json", "package-lock.json", "check.mjs" })
            File.Copy(Path.Combine(TestContext.CurrentContext.TestDirectory, "Deploying", "manifests", name), folder[name]);
        folder.Write("own.yaml", Chart.Own);
        var install = await ClientProcess.RunAsync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder.Path, NoEnvironment, "", cancellationToken);
        if (install is null) Assert.Ignore("npm is not installed.");
        Assert.That(install!.ExitCode, Is.Zero, install.Output);
    }

    private async Task<string> RenderAsync(string preset, string monitor, CancellationToken cancellationToken)
    {
        var helm = await ClientProcess.RunAsync(Helm!, // checked before each test
            ["template", "r", Chart.FullPath, $"--values={Path.Combine(Chart.FullPath, "presets", preset + ".yaml")}", $"--values={folder["own.yaml"]}", $"--set=monitoring.{monitor}=true,monitoring.prometheusRule=true,monitoring.dashboard=true"],
            folder.Path, NoEnvironment, "", cancellationToken);
        Assert.That(helm?.ExitCode, Is.Zero, helm?.Output ?? "helm is not there");
        return helm!.Output;
    }

    private async Task<(int ExitCode, string Said)> CheckAsync(string manifests, CancellationToken cancellationToken)
    {
        var check = await ClientProcess.RunAsync("node", ["check.mjs", WithoutSchema], folder.Path, NoEnvironment, manifests, cancellationToken);
        return check is null ? throw new AssertionException("node is not there") : (check.ExitCode, check.Output);
    }
}
