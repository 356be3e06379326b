using System.Text.Json;
using NJsonSchema;
using NUnit.Framework;
using Sealtail.Configuration;

namespace Sealtail.Tests.Configuration;

/// <summary>The JSON Schema agrees with the loader, judged by another implementation of JSON Schema.</summary>
internal sealed class ConfigurationSchemaTests
{
    [TestCase("config/sealtail.yaml")]
    [TestCase("config/samples/directory.yaml")]
    public async Task A_shipped_file_is_valid(string file) =>
        Assert.That(await ViolationsOf(File.ReadAllText(Path.Combine(Repository.Root, file))), Is.Empty);

    [TestCase("spool: { max_size: '${SIZE}' }")]
    [TestCase("chunk: { compression: '${LEVEL:-6}' }")]
    [TestCase("signing: { generate: '${MAKE}' }")]
    [TestCase("signing: { generate: false }")]
    public async Task A_valid_addition_is_valid(string added) => Assert.That(await ViolationsOf(Yaml.Minimal + added), Is.Empty);

    [TestCase("chunks: {}")]
    [TestCase("spool: { max_siez: 4GiB }")]
    [TestCase("spool: { max_size: 4GB }")]
    [TestCase("spool: { max_size: 4 }")]
    [TestCase("chunk: { max_age: 30 }")]
    [TestCase("chunk: { compression: 10 }")]
    [TestCase("signing: { generate: sometimes }")]
    [TestCase("signing: { key: '' }")]
    public async Task A_wrong_addition_is_not(string added)
    {
        Assert.That(Yaml.ErrorsOf(Yaml.Minimal + added), Is.Not.Empty);
        Assert.That(await ViolationsOf(Yaml.Minimal + added), Is.Not.Empty);
    }

    [TestCase("inputs: [{ name: a, path: /x }]\noutput: { bucket: gs://bucket }")]
    [TestCase("service: { cluster: c }\ninputs: []\noutput: { bucket: gs://bucket }")]
    [TestCase("service: { cluster: C }\ninputs: [{ name: a, path: /x }]\noutput: { bucket: gs://bucket }")]
    [TestCase("service: { cluster: c }\ninputs: [{ name: a }]\noutput: { bucket: gs://bucket }")]
    [TestCase("service: { cluster: c }\ninputs: [{ name: a, path: /x, begin: live }]\noutput: { bucket: gs://bucket }")]
    public async Task A_file_without_what_is_required_is_not(string text) => Assert.That(await ViolationsOf(text), Is.Not.Empty);

    [Test]
    public void Every_key_has_a_description_in_it()
    {
        using var schema = JsonDocument.Parse(ConfigurationSchema.Text());

        foreach (var key in Keys.All)
        {
            var element = schema.RootElement;
            foreach (var part in key.Path.Split('.'))
            {
                element = element.GetProperty("properties").GetProperty(part.Replace("[]", "", StringComparison.Ordinal));
                if (part.EndsWith("[]", StringComparison.Ordinal)) element = element.GetProperty("items");
            }

            Assert.That(element.GetProperty("description").GetString(), Is.EqualTo(key.Documentation));
        }
    }

    private static async Task<string[]> ViolationsOf(string yaml)
    {
        var schema = await JsonSchema.FromJsonAsync(ConfigurationSchema.Text());
        var errors = new ConfigurationErrors("f");
        var root = YamlReader.Read(yaml, errors);
        Assert.That(errors.Any, Is.False);
        return [.. schema.Validate(JsonText.Write(json => Write(json, root!))).Select(violation => violation.ToString())]; // not empty
    }

    // As an editor's YAML 1.2 core schema would: plain true, false and integers are not strings.
    private static void Write(Utf8JsonWriter json, YamlNode node)
    {
        switch (node)
        {
            case YamlMapping mapping:
                json.WriteStartObject();
                foreach (var entry in mapping.Entries)
                {
                    json.WritePropertyName(entry.Key);
                    Write(json, entry.Value);
                }

                json.WriteEndObject();
                break;
            case YamlSequence sequence:
                json.WriteStartArray();
                foreach (var item in sequence.Items) Write(json, item);
                json.WriteEndArray();
                break;
            case YamlScalar { IsNull: true }:
                json.WriteNullValue();
                break;
            case YamlScalar plain when plain.Text is "true" or "false" || int.TryParse(plain.Text, out _):
                json.WriteRawValue(plain.Text);
                break;
            case YamlScalar scalar:
                json.WriteStringValue(scalar.Text);
                break;
            default:
                throw new InvalidOperationException($"No JSON for {node}.");
        }
    }
}
