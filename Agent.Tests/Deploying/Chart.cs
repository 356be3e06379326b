using System.Text.Json.Nodes;
using NUnit.Framework;

namespace Sealtail.Tests.Deploying;

/// <summary>The chart's files.</summary>
internal static class Chart
{
    public const string Folder = "charts/sealtail";

    /// <summary>What nobody but the operator knows.</summary>
    public const string Own = "config: { service: { cluster: prod-eu1 }, output: { bucket: gs://acme-audit/k8s } }";

    public static string FullPath { get; } = Path.Combine(Repository.Root, Folder);

    public static IEnumerable<string> Presets => Directory.EnumerateFiles(Path.Combine(FullPath, "presets")).Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal);

    public static IEnumerable<TestCaseData> PresetCases => Presets.Select(preset => new TestCaseData(preset).SetArgDisplayNames(preset));

    public static JsonObject Defaults => YamlJson.File($"{Folder}/values.yaml")!.AsObject(); // not empty

    public static JsonObject ValuesOf(string preset) =>
        YamlJson.Merge(YamlJson.Merge(Defaults, YamlJson.File($"{Folder}/presets/{preset}.yaml")!.AsObject()), YamlJson.Parse(Own)!.AsObject()); // none is empty
}
