using System.Net;
using Microsoft.Extensions.Logging;
using NUnit.Framework;
using Sealtail.Buckets;
using Sealtail.Chaining;
using Sealtail.Configuration;
using Sealtail.Format;
using Sealtail.Sealing;
using Sealtail.Spooling;
using Sealtail.Tailing;

namespace Sealtail.Tests.Configuration;

/// <summary>What the stages get: by default, and from a file that sets everything.</summary>
internal sealed class ConfigurationDefaultsTests
{
    [Test]
    public void The_least_file_yields_these_options()
    {
        var loaded = Yaml.Load(Yaml.Minimal, ("NODE_NAME", "cp-1"));

        var stream = StreamName.Create("c", "cp-1", "audit");
        Assert.Multiple(() =>
        {
            Assert.That(loaded.StateDirectory, Is.EqualTo("/var/lib/sealtail"));
            Assert.That(loaded.Http, Is.Null);
            Assert.That(loaded.Log, Is.EqualTo(new LogOptions(LogLevel.Information, LogFormat.Json)));
            Assert.That(loaded.Seal, Is.EqualTo(new SealOptions { MaxSize = 16 << 20, MaxAge = TimeSpan.FromSeconds(30), Compression = 6 }));
            Assert.That(loaded.Bucket, Is.EqualTo(new BucketOptions
            {
                Location = "gs://bucket",
                Credentials = new CredentialOptions { Type = CredentialType.Adc, File = null, AllowExecutable = false },
                Require = RetentionRequirement.Locked,
                OnViolation = ViolationAction.Continue,
                Upload = new UploadOptions { Parallel = 4, Timeout = TimeSpan.FromMinutes(1) },
            }));
            Assert.That(loaded.Warnings, Is.Empty);
        });
        Assert.That(loaded.Inputs.Single(), Is.EqualTo(new InputConfiguration
        {
            Stream = stream,
            Tail = new TailOptions { Path = "/var/log/audit.log", Start = StartAt.Oldest, PollInterval = TimeSpan.FromMilliseconds(250), MaxHeld = 1 << 30 },
            Spool = new SpoolOptions { Directory = "/var/lib/sealtail/audit", MaxSize = 4L << 30, MinFree = null, AllowVolatile = false },
            Chain = new ChainOptions
            {
                Stream = stream,
                KeyPath = "/var/lib/sealtail/signing.pem",
                GenerateKey = true,
                MaxSilence = TimeSpan.FromMinutes(10),
                Policy = new EpochPolicy(600, 30, 16 << 20, null),
            },
        }));
    }

    [Test]
    public void A_file_that_sets_everything_is_heard_in_everything()
    {
        var loaded = Yaml.Load("""
            service:
              cluster: prod-eu1
              node: cp-1.example
              state: state
              allow_volatile_state: true
              http: "[::1]:2020"
              log: { level: warn, format: text }
            inputs:
              - { name: one, path: ../log/one.log }
              - { name: two, path: /log/two.log, start: live, poll_interval: 1s, max_held: 2GiB }
            chunk: { max_size: 64KiB, max_age: 1s, max_silence: 2s, compression: 9 }
            signing: { key: /keys/signing.pem, generate: false, previous_key: /keys/old.pem }
            spool: { max_size: 64MiB, min_free: 0B }
            output:
              bucket: gs://acme-audit/k8s/prod/
              endpoint: https://storage.example.internal/
              credentials: { type: external_account, file: federation.json, allow_executable: true }
              retention: { require: policy, minimum: 365d, on_violation: stop }
              upload: { parallel: 1, timeout: 1500ms }
            """);

        var two = loaded.Inputs[1];
        Assert.Multiple(() =>
        {
            Assert.That(loaded.StateDirectory, Is.EqualTo("/etc/sealtail/state"));
            Assert.That(loaded.Http, Is.EqualTo(new IPEndPoint(IPAddress.IPv6Loopback, 2020)));
            Assert.That(loaded.Log, Is.EqualTo(new LogOptions(LogLevel.Warning, LogFormat.Text)));
            Assert.That(loaded.Seal, Is.EqualTo(new SealOptions { MaxSize = 64 << 10, MaxAge = TimeSpan.FromSeconds(1), Compression = 9 }));
            Assert.That(loaded.Inputs[0].Tail.Path, Is.EqualTo("/etc/log/one.log"));
            Assert.That(two.Stream.ToString(), Is.EqualTo("prod-eu1/cp-1.example/two"));
            Assert.That(two.Tail, Is.EqualTo(new TailOptions { Path = "/log/two.log", Start = StartAt.Live, PollInterval = TimeSpan.FromSeconds(1), MaxHeld = 2L << 30 }));
            Assert.That(two.Spool, Is.EqualTo(new SpoolOptions { Directory = "/etc/sealtail/state/two", MaxSize = 64 << 20, MinFree = 0, AllowVolatile = true }));
            Assert.That((two.Chain.KeyPath, two.Chain.PreviousKeyPath), Is.EqualTo(("/keys/signing.pem", "/keys/old.pem")));
            Assert.That(two.Chain.GenerateKey, Is.False);
            Assert.That(two.Chain.MaxSilence, Is.EqualTo(TimeSpan.FromSeconds(2)));
            Assert.That(two.Chain.Policy, Is.EqualTo(new EpochPolicy(2, 1, 64 << 10, 31_536_000)));
            Assert.That(loaded.Bucket, Is.EqualTo(new BucketOptions
            {
                Location = "gs://acme-audit/k8s/prod",
                Endpoint = new Uri("https://storage.example.internal"),
                Credentials = new CredentialOptions { Type = CredentialType.ExternalAccount, File = "/etc/sealtail/federation.json", AllowExecutable = true },
                Require = RetentionRequirement.Policy,
                MinimumRetention = TimeSpan.FromDays(365),
                OnViolation = ViolationAction.Stop,
                Upload = new UploadOptions { Parallel = 1, Timeout = TimeSpan.FromMilliseconds(1500) },
            }));
            Assert.That(loaded.Values.Where(value => value.Origin.Place is null).Select(value => value.Key), Is.EqualTo(new[] { "inputs[0].start", "inputs[0].poll_interval", "inputs[0].max_held" }));
        });
    }

    [TestCase("", "Node_1.Example", ExpectedResult = "node-1.example (default, host name)")]
    [TestCase("", "-a-", ExpectedResult = "a (default, host name)")]
    [TestCase("cp-1", "host", ExpectedResult = "cp-1 (default, environment NODE_NAME)")]
    public string The_node_is_NODE_NAME_or_the_host_name_made_valid(string variable, string host)
    {
        var loaded = ConfigurationLoader.Parse(Yaml.Minimal, "f", "/", Yaml.Environment(host, ("NODE_NAME", variable)));
        return $"{loaded.Inputs[0].Stream.Node} ({loaded.Values.Single(value => value.Key == "service.node").Origin.Describe("f")})";
    }

    [TestCase("/srv/bucket", ExpectedResult = "/srv/bucket")]
    [TestCase("bucket", ExpectedResult = "/etc/sealtail/bucket")]
    [TestCase("../bucket/", ExpectedResult = "/etc/bucket")]
    [TestCase("file:///srv/bucket/", ExpectedResult = "/srv/bucket")]
    [TestCase("file:////srv//a%20b/%zz", ExpectedResult = "/srv/a b/%zz")]
    [TestCase("gs://bucket/a/b/", ExpectedResult = "gs://bucket/a/b")]
    [TestCase("${ROOT}/b", ExpectedResult = "/srv/b")]
    [TestCase("${GONE:-/fallback}/b", ExpectedResult = "/fallback/b")]
    [TestCase("${NOTHING:-/fallback}/b", ExpectedResult = "/fallback/b")]
    [TestCase("/a/$${ROOT}", ExpectedResult = "/a/${ROOT}")]
    [TestCase("/a/$ROOT", ExpectedResult = "/a/$ROOT")]
    [TestCase("/${NESTED}", ExpectedResult = "/${ROOT}")]
    public string A_location_is_resolved(string written) =>
        Yaml.Load(Yaml.Minimal.Replace("gs://bucket", $"'{written}'", StringComparison.Ordinal), ("ROOT", "/srv"), ("NOTHING", ""), ("NESTED", "${ROOT}")).Bucket.Location;

    [TestCase("output: { bucket: /b }", ExpectedResult = new[] { "output.bucket is a directory: nothing but permissions keeps its files from being changed." })]
    [TestCase("output: { bucket: /b, retention: { require: locked } }", ExpectedResult = new[] { "output.bucket is a directory: nothing but permissions keeps its files from being changed. The required retention cannot be met there." })]
    [TestCase("output: { bucket: gs://bucket, retention: { require: none } }", ExpectedResult = new[] { "output.retention.require is none: whether objects can be changed or deleted is not checked." })]
    [TestCase("output: { bucket: gs://bucket, credentials: { type: none } }", ExpectedResult = new[] { "output.credentials.type is none: requests carry no token, which only a stand-in accepts." })]
    [TestCase("output: { bucket: gs://bucket, endpoint: http://10.0.0.1 }", ExpectedResult = new[] { "output.endpoint is plain HTTP to another machine: the access token and the audit log travel unencrypted." })]
    [TestCase("output: { bucket: gs://bucket, endpoint: http://127.0.0.1:4443 }", ExpectedResult = new string[0])]
    public string[] What_weakens_a_promise_is_said(string output) =>
        [.. Yaml.Load($"service: {{ cluster: c }}\ninputs: [{{ name: audit, path: /l }}]\n{output}").Warnings];

    [Test]
    public void A_section_without_keys_has_its_defaults() => Assert.That(Yaml.Load(Yaml.Minimal + "chunk:\nspool: {}\n").Seal, Is.EqualTo(new SealOptions()));

    [Test]
    public void The_options_own_defaults_are_the_documented_ones()
    {
        var loaded = Yaml.Load(Yaml.Minimal);

        Assert.Multiple(() =>
        {
            Assert.That(loaded.Seal, Is.EqualTo(new SealOptions()));
            Assert.That(loaded.Inputs[0].Tail, Is.EqualTo(new TailOptions { Path = loaded.Inputs[0].Tail.Path }));
            Assert.That(loaded.Inputs[0].Spool, Is.EqualTo(new SpoolOptions { Directory = loaded.Inputs[0].Spool.Directory }));
            Assert.That(loaded.Bucket with { Require = null }, Is.EqualTo(new BucketOptions { Location = "gs://bucket" }));
        });
    }
}
