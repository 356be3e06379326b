using System.Text.Json;
using NUnit.Framework;
using Sealtail.Configuration;

namespace Sealtail.Tests.Configuration;

/// <summary><c>config show</c>: every value and its origin, in a form that loads again.</summary>
internal sealed class EffectiveTests
{
    [Test]
    public void Each_line_tells_its_value_and_where_that_came_from()
    {
        var shown = EffectiveYaml.Text(Yaml.Load("service: { cluster: '${C}', http: ':2020' }\ninputs:\n  - name: audit\n    path: ./audit.log\noutput: { bucket: gs://b-b }\n", ("C", "prod"), ("NODE_NAME", "cp-1")));

        Assert.That(shown.Split('\n').Take(19).Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))), Is.EqualTo(new[]
        {
            "service:",
            "cluster: prod # sealtail.yaml:1, environment C",
            "node: cp-1 # default, environment NODE_NAME",
            "state: /var/lib/sealtail # default",
            "allow_volatile_state: false # default",
            "http: 0.0.0.0:2020 # sealtail.yaml:1",
            "log:",
            "level: info # default",
            "format: json # default",
            "inputs:",
            "- name: audit # sealtail.yaml:3",
            "path: /etc/sealtail/audit.log # sealtail.yaml:4",
            "start: oldest # default",
            "poll_interval: 250ms # default",
            "max_held: 1GiB # default",
            "chunk:",
            "max_size: 16MiB # default",
            "max_age: 30s # default",
            "max_silence: 10m # default",
        }));
        Assert.That(shown, Does.Match(@"(?m)^  # min_free: +# the larger of 10 % of the file system and 2GiB$"));
    }

    [Test]
    public void What_is_shown_loads_to_the_same_configuration()
    {
        var seed = TestContext.CurrentContext.Random.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < 300; round++)
        {
            var loaded = Yaml.Load(RandomFile(random));
            var again = Yaml.Load(EffectiveYaml.Text(loaded));

            Assert.That(again.Values.Select(value => (value.Key, value.Value)), Is.EqualTo(loaded.Values.Select(value => (value.Key, value.Value))));
            Assert.That(again.Inputs, Is.EqualTo(loaded.Inputs));
            Assert.That(again.Bucket, Is.EqualTo(loaded.Bucket));
        }
    }

    [Test]
    public void As_JSON_it_names_the_place_the_variables_and_the_source_of_a_default()
    {
        using var shown = JsonDocument.Parse(EffectiveJson.Text(Yaml.Load(Yaml.Minimal.Replace("cluster: c", "cluster: '${C}'", StringComparison.Ordinal), ("C", "prod"))));

        var values = shown.RootElement.GetProperty("values").EnumerateArray().ToDictionary(value => value.GetProperty("key").GetString()!, value => value.GetRawText()); // every value has a key
        Assert.Multiple(() =>
        {
            Assert.That(Compact(values["service.cluster"]), Is.EqualTo("""{"key":"service.cluster","value":"prod","origin":"file","line":1,"column":21,"variables":["C"]}"""));
            Assert.That(Compact(values["service.node"]), Is.EqualTo("""{"key":"service.node","value":"host-1.example","origin":"default","from":"hostname"}"""));
            Assert.That(Compact(values["service.http"]), Is.EqualTo("""{"key":"service.http","value":null,"origin":"default"}"""));
            Assert.That(Compact(values["chunk.compression"]), Is.EqualTo("""{"key":"chunk.compression","value":6,"origin":"default"}"""));
            Assert.That(Compact(values["signing.generate"]), Is.EqualTo("""{"key":"signing.generate","value":true,"origin":"default"}"""));
        });
    }

    private static string Compact(string json) => string.Concat(json.Where(c => !char.IsWhiteSpace(c)));

    private static string RandomFile(Random random)
    {
        string[] paths = ["/x", "/with space", "/#hash", "/a: b", "/'quote", "/\"double", "/back\\slash", "/${VAR}", "/$${VAR}", "/é😀\u202e", "/tab\t", "/- dash", "/true", "/trailing:", "/\u2028", "/%d", "/~", "/[a]", "/{a}", "/new\nline", "/bell\a"];
        string Path() => string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(_ => paths[random.Next(paths.Length)]));
        var settings = new List<string> { $"service: {{ cluster: c{random.Next()}, state: {Quote("/s" + Path())}, http: ':{random.Next(65536)}' }}" };
        settings.Add($"inputs: [{string.Join(", ", Enumerable.Range(0, random.Next(1, 4)).Select(i => $"{{ name: i{i}, path: {Quote($"/l{i}{Path()}")}, max_held: {random.Next()}B }}"))}]");
        settings.Add($"chunk: {{ compression: {random.Next(1, 10)}, max_age: {random.Next(1, 200)}s }}");
        settings.Add($"spool: {{ max_size: {random.Next(64, 4000) * 16}MiB }}");
        settings.Add($"output: {{ bucket: {Quote(random.Next(2) == 0 ? "gs://bucket/" + random.Next() : "/b" + Path())}, retention: {{ on_violation: {(random.Next(2) == 0 ? "stop" : "continue")} }} }}");
        return string.Join('\n', settings);
    }

    // JSON's strings are YAML's double-quoted ones.
    private static string Quote(string value) => JsonSerializer.Serialize(value.Replace("${", "$${", StringComparison.Ordinal));
}
