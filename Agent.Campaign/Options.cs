using System.Globalization;

namespace Sealtail.Campaign;

/// <summary><c>--name value</c>, as often as you like.</summary>
internal sealed class Options(string[] arguments)
{
    public string? Value(string name) => Array.IndexOf(arguments, $"--{name}") is >= 0 and var at && at + 1 < arguments.Length ? arguments[at + 1] : null;

    public int Number(string name, int otherwise) => Value(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
