namespace Sealtail.Configuration;

/// <summary>One key of the file: a row of <see cref="Keys"/>.</summary>
internal abstract class Key(string path, string example, string? defaultText, string? otherwise)
{
    public const string InputPrefix = "inputs[].";

    /// <summary>Dotted, such as <c>chunk.max_size</c>; a key of each input begins with <see cref="InputPrefix"/>.</summary>
    public string Path { get; } = path;

    public string Example { get; } = example;

    /// <summary>What an absent key means, as the file would write it; null if that is nothing fixed.</summary>
    public string? Default { get; } = defaultText;

    /// <summary>What an absent key means where that depends on other things, as a phrase; null if <see cref="Default"/> says it, or the key is required.</summary>
    public string? Otherwise { get; } = otherwise;

    /// <summary>One paragraph: what it does, when to change it, what it costs.</summary>
    public required string Documentation { get; init; }

    public bool IsRequired => Default is null && Otherwise is null;

    public bool IsPerInput => Path.StartsWith(InputPrefix, StringComparison.Ordinal);

    public abstract ValueKind Kind { get; }

    /// <summary>The path with the input's number filled in: <c>inputs[0].name</c>.</summary>
    public string PathOf(int input) => IsPerInput ? $"inputs[{input}].{Path[InputPrefix.Length..]}" : Path;
}

/// <summary>A key whose values are <typeparamref name="T"/>.</summary>
internal sealed class Key<T>(string path, ValueKind<T> kind, string example, string? defaultText = null, string? otherwise = null)
    : Key(path, example, defaultText, otherwise) where T : notnull
{
    public override ValueKind Kind { get; } = kind;
}
