namespace Sealtail.Configuration;

/// <summary>What one key is set to. <paramref name="Value"/> is null if nothing is set and nothing fixed stands in, or if the text was wrong.</summary>
internal sealed record Setting(Key Key, int Input, object? Value, Origin Origin);

/// <summary>Every key's value, as read or by default, before the values are held against each other.</summary>
internal sealed class Settings(string baseDirectory)
{
    private readonly Dictionary<(Key Key, int Input), Setting> values = [];

    /// <summary>The configuration file's directory, from which relative paths are taken.</summary>
    public string BaseDirectory { get; } = baseDirectory;

    public int Inputs { get; set; }

    public void Set(Setting setting) => values[(setting.Key, setting.Input)] = setting;

    public bool Has(Key key, int input) => values.ContainsKey((key, input));

    public Setting Of(Key key, int input = 0) => values[(key, input)];

    public Place? PlaceOf(Key key, int input = 0) => Of(key, input).Origin.Place;

    /// <summary>Whether the key has a place in the file: it was given, rightly or wrongly.</summary>
    public bool IsGiven(Key key, int input = 0) => PlaceOf(key, input) is not null;

    /// <summary>False if there is no value, or none that could be read.</summary>
    public bool TryGet<T>(Key<T> key, out T value, int input = 0) where T : notnull
    {
        var found = Of(key, input).Value;
        value = found is T typed ? typed : default!; // only looked at when true is returned
        return found is not null;
    }

    /// <summary>The value of a key that has one in every configuration without errors.</summary>
    public T Get<T>(Key<T> key, int input = 0) where T : notnull => (T)Of(key, input).Value!;

    /// <summary>In the order of the table; the keys of each input together.</summary>
    public IEnumerable<Setting> InOrder()
    {
        var perInput = Keys.All.Where(key => key.IsPerInput).ToArray();
        foreach (var key in Keys.All)
        {
            if (!key.IsPerInput) yield return Of(key);
            else if (key == perInput[0])
                for (var input = 0; input < Inputs; input++)
                    foreach (var own in perInput)
                        yield return Of(own, input);
        }
    }
}
