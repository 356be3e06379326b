using System.Text.Json;

namespace Sealtail.Configuration;

/// <summary>How a key's text is read, printed, described to people and described to machines.</summary>
internal abstract class ValueKind
{
    /// <summary>What the reference calls it: <c>size</c>, <c>duration</c>, <c>text</c>, …</summary>
    public abstract string Name { get; }

    /// <summary>What may be written, as a phrase for the reference: <c>64KiB to 1GiB</c>.</summary>
    public abstract string Limits { get; }

    /// <summary>Whether JSON and YAML write the value without quotes.</summary>
    public virtual bool IsLiteral => false;

    /// <summary>The value of <paramref name="text"/>; relative paths are taken from <paramref name="baseDirectory"/>.</summary>
    /// <exception cref="FormatException">The text is no such value; the message says what is expected, without naming the key.</exception>
    public abstract object Read(string text, string baseDirectory);

    /// <summary>The shortest text that <see cref="Read"/> reads as the value.</summary>
    public abstract string Write(object value);

    /// <summary>The members of the JSON Schema object that accepts exactly what can be checked without the file's surroundings.</summary>
    public abstract void WriteSchema(Utf8JsonWriter json);
}

/// <summary>A <see cref="ValueKind"/> whose values are <typeparamref name="T"/>.</summary>
internal abstract class ValueKind<T> : ValueKind where T : notnull
{
    public sealed override object Read(string text, string baseDirectory) => Parse(text, baseDirectory);

    public sealed override string Write(object value) => Print((T)value);

    protected abstract T Parse(string text, string baseDirectory);

    protected abstract string Print(T value);
}
