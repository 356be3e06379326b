using NUnit.Framework;
using Sealtail.Configuration;

namespace Sealtail.Tests.Configuration;

/// <summary>The shipped documents say what the program does. <c>UPDATE_DOCS=1 dotnet test</c> writes them anew.</summary>
internal sealed class ConfigurationReferenceTests
{
    [TestCase("docs/configuration.md")]
    [TestCase("config/sealtail.yaml")]
    [TestCase("config/sealtail.schema.json")]
    public void The_file_is_what_the_table_of_keys_yields(string file)
    {
        var path = Path.Combine(Repository.Root, file);
        var expected = file switch
        {
            "docs/configuration.md" => ConfigurationReference.Markdown(),
            "config/sealtail.yaml" => ConfigurationReference.Sample(),
            _ => ConfigurationSchema.Text() + "\n",
        };
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!); // a file has a directory
            File.WriteAllText(path, expected);
        }

        Assert.That(File.ReadAllText(path), Is.EqualTo(expected), "Run: UPDATE_DOCS=1 dotnet test Agent.Tests --filter ConfigurationReferenceTests");
    }

    [Test]
    public void The_shipped_file_names_every_key()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "config/sealtail.yaml"));

        // Uncommented by machine, so that a key cannot hide in a sentence.
        var everything = string.Join('\n', text.Split('\n').Select(line => line.TrimStart() is ['#', ' ', .. var rest] && Keys.All.Any(key => rest.StartsWith(LastOf(key) + ": ", StringComparison.Ordinal))
            ? line.Replace("# ", "", StringComparison.Ordinal)
            : line)).Replace("type: adc", "type: external_account", StringComparison.Ordinal);
        var loaded = Yaml.Load(everything, ("NODE_NAME", "cp-1"));

        Assert.That(loaded.Values.Where(value => value.Origin.Place is null).Select(value => value.Key), Is.Empty);
    }

    [Test]
    public void The_shipped_file_loads_as_it_is() =>
        Assert.That(Yaml.Load(File.ReadAllText(Path.Combine(Repository.Root, "config/sealtail.yaml"))).Bucket.Location, Is.EqualTo("gs://acme-audit/k8s"));

    [Test]
    public void Every_key_is_documented_and_its_default_and_example_are_written_the_shortest_way()
    {
        Assert.Multiple(() =>
        {
            foreach (var key in Keys.All)
            {
                Assert.That(key.Documentation, Does.EndWith("."), key.Path);
                Assert.That(Keys.Sections.Select(section => section.Path), Does.Contain(key.Path[..key.Path.LastIndexOf('.')].Replace("[]", "", StringComparison.Ordinal)), key.Path);
                foreach (var text in new[] { key.Default, key.Example }.OfType<string>().Where(text => !text.StartsWith('$')))
                    Assert.That(key.Kind.Write(key.Kind.Read(text, "/")), Is.EqualTo(text), key.Path);
            }
        });
    }

    private static string LastOf(Key key) => key.Path[(key.Path.LastIndexOf('.') + 1)..];
}
