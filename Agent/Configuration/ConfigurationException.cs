namespace Sealtail.Configuration;

/// <summary>One thing that is wrong with a configuration. <paramref name="Place"/> is null if the file as a whole is meant.</summary>
internal sealed record ConfigurationError(Place? Place, string? Key, string Message)
{
    /// <summary><c>sealtail.yaml:14:14: spool.max_size: must be at least 64MiB (was 8MiB)</c></summary>
    public string Describe(string file) =>
        (Place is { } place ? $"{file}:{place.Line}:{place.Column}: " : $"{file}: ") + (Key is null ? Message : $"{Key}: {Message}");
}

/// <summary>A configuration cannot be used; carries every error that was found, in the file's order.</summary>
internal sealed class ConfigurationException(string file, IReadOnlyList<ConfigurationError> errors)
    : Exception(string.Join('\n', errors.Select(error => error.Describe(file))))
{
    public string File { get; } = file;

    public IReadOnlyList<ConfigurationError> Errors { get; } = errors;
}
