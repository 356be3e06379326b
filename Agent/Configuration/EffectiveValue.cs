namespace Sealtail.Configuration;

/// <summary>A key (<c>inputs[0].path</c>), what it is set to as the file would write it (null: nothing), and where that came from.</summary>
internal sealed record EffectiveValue(string Key, string? Value, Origin Origin)
{
    /// <summary>Whether the value needs no quotes in JSON: an integer, true or false.</summary>
    public required bool IsLiteral { get; init; }
}

/// <summary>
/// Where a value came from: a place in the file, with the environment variables it names; or, without a place, a default,
/// derived (<paramref name="Derived"/>: <c>environment NODE_NAME</c>, <c>host name</c>, another key) or fixed (null).
/// </summary>
internal sealed record Origin(Place? Place, IReadOnlyList<string> Variables, string? Derived)
{
    public static Origin Default { get; } = new(null, [], null);

    public static Origin From(string derived) => new(null, [], derived);

    /// <summary><c>sealtail.yaml:14</c>, <c>sealtail.yaml:3, environment NODE_NAME</c>, <c>default</c> or <c>default, host name</c>.</summary>
    public string Describe(string file) => (Place, Variables, Derived) switch
    {
        ({ } place, [], _) => $"{file}:{place.Line}",
        ({ } place, var variables, _) => $"{file}:{place.Line}, environment {string.Join(", ", variables)}",
        (null, _, { } derived) => $"default, {derived}",
        _ => "default",
    };
}
