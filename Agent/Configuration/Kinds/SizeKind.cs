using System.Text.Json;

namespace Sealtail.Configuration.Kinds;

/// <summary>Bytes: <c>16MiB</c>.</summary>
internal sealed class SizeKind(string minimum, string maximum) : ValueKind<long>
{
    public override string Name => "size";

    public override string Limits => $"{minimum} to {maximum}";

    public override void WriteSchema(Utf8JsonWriter json) => SchemaText.Pattern(json, $"^[0-9]+({string.Join('|', UnitText.Size.Units)})$");

    protected override long Parse(string text, string baseDirectory)
    {
        var bytes = UnitText.Size.Parse(text);
        if (bytes < UnitText.Size.Parse(minimum)) throw new FormatException($"must be at least {minimum} (was {text})");
        if (bytes > UnitText.Size.Parse(maximum)) throw new FormatException($"must be at most {maximum} (was {text})");
        return bytes;
    }

    protected override string Print(long value) => UnitText.Size.Print(value);
}
