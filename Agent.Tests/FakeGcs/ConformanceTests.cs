using NUnit.Framework;
using Sealtail.FakeGcs;
using Sealtail.FakeGcs.Storage;

namespace Sealtail.Tests.FakeGcs;

/// <summary>
/// Google's own clients against the stand-in. They need Node.js with a package registry, or the Google Cloud SDK, so they run only where
/// <c>SEALTAIL_CONFORMANCE=1</c> is set.
/// </summary>
[Category("Conformance")]
internal sealed class ConformanceTests
{
    private static readonly Dictionary<string, string> NoEnvironment = [];

    [SetUp]
    public void Only_on_demand()
    {
        if (Environment.GetEnvironmentVariable("SEALTAIL_CONFORMANCE") != "1")
            Assert.Ignore("Set SEALTAIL_CONFORMANCE=1 to run Google's own clients against the stand-in.");
    }

    [Test, CancelAfter(300_000)]
    public async Task Googles_node_client_finds_what_it_expects(CancellationToken cancellationToken)
    {
        using var folder = new ScratchFolder();
        foreach (var name in new[] { "package.json", "package-lock.json", "check.mjs" })
            File.Copy(Path.Combine(TestContext.CurrentContext.TestDirectory, "FakeGcs", "conformance", name), Path.Combine(folder.Path, name));

        var install = await ClientProcess.RunAsync("npm", ["ci", "--no-audit", "--no-fund"], folder.Path, NoEnvironment, "", cancellationToken);
        if (install is null)
            Assert.Ignore("npm is not installed.");

        Assert.That(install!.ExitCode, Is.Zero, install.Output);
        await using var server = await FakeGcsServer.StartAsync(new FakeGcsOptions(), TimeProvider.System);

        var check = await ClientProcess.RunAsync("node", ["check.mjs", server.Address.ToString().TrimEnd('/')], folder.Path, NoEnvironment, "", cancellationToken);

        TestContext.Out.WriteLine(check?.Output);
        Assert.That(check?.ExitCode, Is.Zero, check?.Output);
        Assert.That(server.Buckets["conformance"].State.Locked, Is.True);
    }

    [Test, CancelAfter(300_000)]
    public async Task Gcloud_finds_what_it_expects(CancellationToken cancellationToken)
    {
        using var folder = new ScratchFolder();
        await using var server = await FakeGcsServer.StartAsync(new FakeGcsOptions { Retain = Retain.Disk, Folder = folder.Path }, TimeProvider.System);
        var environment = new Dictionary<string, string>
        {
            ["CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE"] = new Uri(server.Address, "storage/v1/").ToString(),
            ["CLOUDSDK_AUTH_DISABLE_CREDENTIALS"] = "true",
            ["CLOUDSDK_CORE_PROJECT"] = "fake-project",
            ["CLOUDSDK_CONFIG"] = Path.Combine(folder.Path, "config"),
            ["CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK"] = "true",
        };
        var small = await RandomFileAsync(folder, "small", 300_000, cancellationToken);

        // From 8 MiB on gcloud uploads resumably, under an address of its own.
        var large = await RandomFileAsync(folder, "large", 9_000_000, cancellationToken);

        await SucceedsAsync("buckets", "create", "gs://conformance", "--retention-period=1h");
        await SucceedsAsync("buckets", "update", "gs://conformance", "--lock-retention-period");
        Assert.That(server.Buckets["conformance"].State.Locked, Is.True);

        await SucceedsAsync("cp", "small", "gs://conformance/dir/small", "--if-generation-match=0");
        await SucceedsAsync("cp", "large", "gs://conformance/large", "--if-generation-match=0");
        await IsRefusedAsync("pre-conditions", "cp", "small", "gs://conformance/dir/small", "--if-generation-match=0");
        await IsRefusedAsync("retention policy", "cp", "large", "gs://conformance/dir/small");
        await IsRefusedAsync("retention policy", "rm", "gs://conformance/dir/small");

        Assert.That(await SucceedsAsync("ls", "--recursive", "gs://conformance"), Does.Contain("gs://conformance/dir/small").And.Contain("gs://conformance/large"));
        await SucceedsAsync("cp", "gs://conformance/dir/small", "gs://conformance/large", folder.Path + "/config");
        Assert.That(await File.ReadAllBytesAsync(Path.Combine(folder.Path, "config", "small"), cancellationToken), Is.EqualTo(small));
        Assert.That(await File.ReadAllBytesAsync(Path.Combine(folder.Path, "config", "large"), cancellationToken), Is.EqualTo(large));

        async Task<string> SucceedsAsync(params string[] arguments)
        {
            var run = await RunAsync(arguments);
            Assert.That(run.ExitCode, Is.Zero, run.Output);
            return run.Output;
        }

        async Task IsRefusedAsync(string words, params string[] arguments)
        {
            var run = await RunAsync(arguments);
            Assert.That(run.ExitCode, Is.Not.Zero, run.Output);
            Assert.That(run.Output, Does.Contain(words));
        }

        async Task<ClientProcess> RunAsync(string[] arguments)
        {
            var run = await ClientProcess.RunAsync("gcloud", ["storage", .. arguments], folder.Path, environment, "y\n", cancellationToken);
            if (run is null)
                Assert.Ignore("gcloud is not installed.");

            return run!; // Ignore does not return
        }
    }

    private static async Task<byte[]> RandomFileAsync(ScratchFolder folder, string name, int length, CancellationToken cancellationToken)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        await File.WriteAllBytesAsync(Path.Combine(folder.Path, name), bytes, cancellationToken);
        return bytes;
    }
}
