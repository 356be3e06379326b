using Sealtail.Configuration;
using Sealtail.Format;

namespace Sealtail.Trusting;

/// <summary>One mapping of a YAML document by its fields; unknown and ill-typed ones become errors with their place.</summary>
internal sealed class YamlFields
{
    private readonly Dictionary<string, YamlEntry> entries = [];
    private readonly ConfigurationErrors errors;
    private readonly string? prefix;
    private readonly Place place;

    public YamlFields(YamlNode? node, string? prefix, string[] known, ConfigurationErrors errors)
    {
        (this.errors, this.prefix, place) = (errors, prefix, node?.Place ?? new Place(1, 1));
        if (node is not YamlMapping mapping)
        {
            errors.Add(place, prefix, $"must be a mapping of {string.Join(", ", known)}");
            return;
        }

        foreach (var entry in mapping.Entries)
        {
            entries[entry.Key] = entry;
            if (!known.Contains(entry.Key))
                errors.Add(entry.Place, Name(Quoted.Text(entry.Key)), $"unknown key{(NearestName.Of(entry.Key, known) is { } near ? $", did you mean {near}?" : $"; known are {string.Join(", ", known)}")}");
        }
    }

    public bool Has(string name) => entries.ContainsKey(name);

    public Place PlaceOf(string name) => entries.TryGetValue(name, out var entry) ? entry.Value.Place : place;

    public string? Text(string name)
    {
        if (!entries.TryGetValue(name, out var entry)) return null;
        if (entry.Value is YamlScalar { IsNull: false } scalar) return scalar.Text;
        errors.Add(entry.Value.Place, Name(name), "must be one value");
        return null;
    }

    /// <summary>The items of a list; one value stands for a list of one.</summary>
    public IReadOnlyList<YamlNode> Items(string name) => entries.TryGetValue(name, out var entry) ? entry.Value switch
    {
        YamlSequence sequence => sequence.Items,
        YamlScalar { IsNull: true } => [],
        var one => [one],
    } : [];

    public DateTimeOffset? Time(string name)
    {
        if (Text(name) is not { } text) return null;
        if (Timestamp.TryParse(text, out var time) || Timestamp.TryParse($"{text}T00:00:00Z", out time)) return time;
        errors.Add(PlaceOf(name), Name(name), $"is no time: write 2026-11-22T09:00:00Z, or a date (was {Quoted.Text(text)})");
        return null;
    }

    public TimeSpan? Duration(string name)
    {
        if (Text(name) is not { } text) return null;
        try
        {
            var milliseconds = UnitText.Duration.Parse(text);
            if (milliseconds is > 0 and <= 3_153_600_000_000) return TimeSpan.FromMilliseconds(milliseconds);
            errors.Add(PlaceOf(name), Name(name), $"must be between 1ms and 36500d (was {Quoted.Text(text)})");
        }
        catch (FormatException e)
        {
            errors.Add(PlaceOf(name), Name(name), e.Message);
        }

        return null;
    }

    public bool? Flag(string name)
    {
        if (Text(name) is not { } text) return null;
        if (text is "true" or "false") return text == "true";
        errors.Add(PlaceOf(name), Name(name), $"must be true or false (was {Quoted.Text(text)})");
        return null;
    }

    private string Name(string name) => prefix is null ? name : $"{prefix}.{name}";
}
