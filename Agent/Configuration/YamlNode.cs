namespace Sealtail.Configuration;

/// <summary>The plain tree that is left of a YAML document: no aliases, tags, merge keys or duplicate keys.</summary>
internal abstract record YamlNode(Place Place);

/// <summary>A value. <paramref name="IsNull"/>: nothing, <c>~</c> or <c>null</c> without quotes.</summary>
internal sealed record YamlScalar(Place Place, string Text, bool IsNull) : YamlNode(Place);

internal sealed record YamlMapping(Place Place, IReadOnlyList<YamlEntry> Entries) : YamlNode(Place);

internal sealed record YamlSequence(Place Place, IReadOnlyList<YamlNode> Items) : YamlNode(Place);

/// <summary>Something that is refused, and was reported where it stands.</summary>
internal sealed record YamlRefused(Place Place) : YamlNode(Place);

internal sealed record YamlEntry(string Key, Place Place, YamlNode Value);
