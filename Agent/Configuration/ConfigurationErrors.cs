namespace Sealtail.Configuration;

/// <summary>Gathers what is wrong, so that one run tells all of it.</summary>
internal sealed class ConfigurationErrors(string file)
{
    private const int Most = 100;

    private readonly List<ConfigurationError> errors = [];

    /// <summary>Whether another error would be left out: time to stop looking for more.</summary>
    public bool IsFull => errors.Count > Most;

    public bool Any => errors.Count > 0;

    public void Add(Place? place, string? key, string message)
    {
        if (errors.Count <= Most) errors.Add(new ConfigurationError(place, key, message));
    }

    /// <exception cref="ConfigurationException">There are errors.</exception>
    public void ThrowIfAny()
    {
        if (!Any) return;
        var shown = errors.Take(Most).OrderBy(error => error.Place ?? default);
        throw new ConfigurationException(file, [.. IsFull ? shown.Append(new ConfigurationError(null, null, $"has more than {Most} errors; the rest is left out")) : shown]);
    }
}
