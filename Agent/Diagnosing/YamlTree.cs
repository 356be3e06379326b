using Sealtail.Configuration;

namespace Sealtail.Diagnosing;

/// <summary>Walking a document that others wrote: what is not there, or is of another kind, is simply absent.</summary>
internal static class YamlTree
{
    public static YamlNode? Member(this YamlNode? node, string key) =>
        node is YamlMapping mapping ? mapping.Entries.FirstOrDefault(entry => entry.Key == key)?.Value : null;

    public static IReadOnlyList<YamlNode> Items(this YamlNode? node) => node is YamlSequence sequence ? sequence.Items : [];

    /// <summary>The scalar's text; empty if there is none.</summary>
    public static string Text(this YamlNode? node) => node is YamlScalar { IsNull: false } scalar ? scalar.Text : "";

    /// <summary>The texts of a sequence, or of one scalar that stands for a sequence of one.</summary>
    public static IEnumerable<string> Texts(this YamlNode? node) =>
        node is YamlSequence sequence ? sequence.Items.OfType<YamlScalar>().Select(item => item.Text) : node is YamlScalar { IsNull: false } scalar ? [scalar.Text] : [];
}
