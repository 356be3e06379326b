namespace Sealtail.Configuration;

/// <summary>Gathers what is wrong, so that one run tells all of it.</summary>
internal sealed class ConfigurationErrors(string file)
{
    private const int Most = 100;

    private readonly List<ConfigurationError> errors = [];

    public bool Any => errors.Count > 0;

    public void Add(Place? place, string? key, string message)
    {
        if (errors.Count < Most) errors.Add(new ConfigurationError(place, key, message));
        else if (errors.Count == Most) errors.Add(new ConfigurationError(new Place(int.MaxValue, 1), null, $"more than {Most} errors; the rest is left out"));
    }

    /// <exception cref="ConfigurationException">There are errors.</exception>
    public void ThrowIfAny()
    {
        if (Any) throw new ConfigurationException(file, [.. errors.OrderBy(error => error.Place ?? default)]);
    }
}
