namespace Sealtail.Benchmarks;

/// <summary><c>--name value</c> pairs of one benchmark.</summary>
internal sealed class Options(string[] arguments)
{
    public int Number(string name, int otherwise) => Value(name) is { } value ? int.Parse(value) : otherwise;

    public string? Value(string name) => Array.IndexOf(arguments, $"--{name}") is >= 0 and var at && at + 1 < arguments.Length ? arguments[at + 1] : null;
}
