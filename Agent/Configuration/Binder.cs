namespace Sealtail.Configuration;

/// <summary>Holds the YAML tree against the table of keys: unknown, missing and unreadable ones become errors, absent ones take their defaults.</summary>
internal sealed class Binder(ConfigurationErrors errors, ConfigurationEnvironment environment, Settings settings)
{
    public const int MaxInputs = 64;
    private const string Inputs = "inputs";

    private readonly Dictionary<string, Key> keys = Keys.All.ToDictionary(key => key.Path);
    private readonly HashSet<string> sections = [.. Keys.Sections.Select(section => section.Path)];
    private readonly Dictionary<string, Place> places = [];

    public void Bind(YamlNode root)
    {
        if (root is YamlMapping mapping) BindSection(mapping, section: "", input: 0);
        else if (root is not YamlScalar { IsNull: true })
        {
            errors.Add(root.Place, null, $"must be a mapping of the sections {SiblingsOf("")}");
            errors.ThrowIfAny(); // that every key is missing helps nobody here
        }

        if (!places.ContainsKey(Inputs)) errors.Add(new Place(1, 1), Inputs, "is required: at least one log, with name and path");
        foreach (var key in Keys.All)
            for (var input = 0; input < (key.IsPerInput ? settings.Inputs : 1); input++)
                if (!settings.Has(key, input))
                    SetAbsent(key, input);
    }

    private void BindSection(YamlMapping mapping, string section, int input)
    {
        foreach (var entry in mapping.Entries)
        {
            if (errors.IsFull) return;
            var path = section.Length == 0 ? entry.Key : $"{section}.{entry.Key}";
            if (entry.Key.AsSpan().ContainsAny('.', '[')) errors.Add(entry.Place, Shown(path, input), keys.ContainsKey(path) ? $"must be written as {path[(path.LastIndexOf('.') + 1)..]} in the section {path[..path.LastIndexOf('.')].Replace("[]", "", StringComparison.Ordinal)}" : "unknown key");
            else if (keys.TryGetValue(path, out var key)) BindValue(key, input, entry.Value);
            else if (path == Inputs) BindInputs(entry);
            else if (!sections.Contains(path)) errors.Add(entry.Place, Shown(path, input), $"unknown key{Hint(entry.Key, section)}");
            else BindSubsection(entry, path, input);
        }
    }

    private void BindSubsection(YamlEntry entry, string path, int input)
    {
        places[path] = entry.Place;
        if (entry.Value is YamlMapping mapping) BindSection(mapping, path, input);
        else if (entry.Value is not (YamlRefused or YamlScalar { IsNull: true })) errors.Add(entry.Value.Place, path, $"must be a mapping with {SiblingsOf(path)}");
    }

    private void BindInputs(YamlEntry entry)
    {
        places[Inputs] = entry.Place;
        if (entry.Value is not YamlSequence { Items: { Count: > 0 and <= MaxInputs } items })
        {
            if (entry.Value is not YamlRefused) errors.Add(entry.Value.Place, Inputs, $"must be a list of 1 to {MaxInputs} logs, each with name and path");
            return;
        }

        settings.Inputs = items.Count;
        for (var input = 0; input < items.Count; input++)
        {
            places[$"inputs[{input}]"] = items[input].Place;
            if (items[input] is YamlMapping mapping) BindSection(mapping, "inputs[]", input);
            else Refuse(input, items[input]);
        }
    }

    private void Refuse(int input, YamlNode item)
    {
        if (item is not YamlRefused) errors.Add(item.Place, $"inputs[{input}]", $"must be a mapping with {SiblingsOf("inputs[]")}");
        foreach (var key in Keys.All.Where(key => key.IsPerInput)) settings.Set(new Setting(key, input, null, new Origin(item.Place, [], null)));
    }

    private void BindValue(Key key, int input, YamlNode node)
    {
        var used = new List<string>();
        object? value = null;
        if (node is not YamlScalar scalar)
        {
            if (node is not YamlRefused) errors.Add(node.Place, key.PathOf(input), $"must be one value, such as {key.Example}");
        }
        else if (scalar.IsNull) errors.Add(node.Place, key.PathOf(input), $"has no value; give one, such as {key.Example}, or leave the key out");
        else
        {
            try
            {
                value = key.Kind.Read(Interpolation.Fill(scalar.Text, environment.Variable, used), settings.BaseDirectory);
            }
            catch (FormatException e)
            {
                errors.Add(node.Place, key.PathOf(input), e.Message + (used.Count > 0 && !used.Any(e.Message.Contains) ? $"; the value is from the environment: {string.Join(", ", used)}" : ""));
            }
        }

        settings.Set(new Setting(key, input, value, new Origin(node.Place, used, null)));
    }

    private void SetAbsent(Key key, int input)
    {
        settings.Set(new Setting(key, input, key.Default is null ? null : key.Kind.Read(key.Default, settings.BaseDirectory), Origin.Default));
        if (key.IsRequired) errors.Add(PlaceOfSection(key.PathOf(input)), key.PathOf(input), $"is required, such as {key.Example}");
    }

    private Place PlaceOfSection(string path)
    {
        var section = path[..Math.Max(path.LastIndexOf('.'), 0)];
        return section.Length == 0 ? new Place(1, 1) : places.TryGetValue(section, out var place) ? place : PlaceOfSection(section);
    }

    private string Hint(string name, string section)
    {
        if (NearestName.Of(name, ChildrenOf(section)) is { } sibling) return $", did you mean {sibling}?";
        if (keys.Keys.Concat(sections).FirstOrDefault(path => path.EndsWith("." + name, StringComparison.Ordinal)) is { } elsewhere) return $" here, did you mean {elsewhere}?";
        return $"; known are {SiblingsOf(section)}";
    }

    private string SiblingsOf(string section) => string.Join(", ", ChildrenOf(section));

    private IEnumerable<string> ChildrenOf(string section) =>
        from path in keys.Keys.Concat(sections)
        where section.Length == 0 ? !path.Contains('.', StringComparison.Ordinal) : path.StartsWith(section + ".", StringComparison.Ordinal)
        let child = section.Length == 0 ? path : path[(section.Length + 1)..]
        where !child.Contains('.', StringComparison.Ordinal)
        select child;

    private static string Shown(string path, int input) => Quoted.Text(path.StartsWith(Key.InputPrefix, StringComparison.Ordinal) ? $"inputs[{input}].{path[Key.InputPrefix.Length..]}" : path);
}
