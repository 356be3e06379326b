using System.Text.Json;

namespace Sealtail.Configuration.Kinds;

/// <summary>A length of time: <c>30s</c>. The chain states some in seconds; those take whole seconds only.</summary>
internal sealed class DurationKind(string minimum, string maximum, bool wholeSeconds) : ValueKind<TimeSpan>
{
    public override string Name => "duration";

    public override string Limits => $"{minimum} to {maximum}{(wholeSeconds ? ", whole seconds" : "")}";

    public override void WriteSchema(Utf8JsonWriter json) => SchemaText.Pattern(json, $"^[0-9]+({string.Join('|', UnitText.Duration.Units)})$");

    protected override TimeSpan Parse(string text, string baseDirectory)
    {
        var milliseconds = UnitText.Duration.Parse(text);
        if (milliseconds < UnitText.Duration.Parse(minimum)) throw new FormatException($"must be at least {minimum} (was {text})");
        if (milliseconds > UnitText.Duration.Parse(maximum)) throw new FormatException($"must be at most {maximum} (was {text})");
        if (wholeSeconds && milliseconds % 1000 != 0) throw new FormatException($"must be whole seconds (was {text})");
        return TimeSpan.FromMilliseconds(milliseconds);
    }

    protected override string Print(TimeSpan value) => UnitText.Duration.Print((long)value.TotalMilliseconds);
}
