using System.Globalization;
using System.Text.Json;

namespace Sealtail.Configuration.Kinds;

internal sealed class IntegerKind(int minimum, int maximum) : ValueKind<int>
{
    public override string Name => "integer";

    public override string Limits => $"{minimum} to {maximum}";

    public override bool IsLiteral => true;

    public override void WriteSchema(Utf8JsonWriter json)
    {
        json.WriteString("type", "integer");
        json.WriteNumber("minimum", minimum);
        json.WriteNumber("maximum", maximum);
    }

    protected override int Parse(string text, string baseDirectory) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= minimum && value <= maximum
            ? value
            : throw new FormatException($"must be a whole number from {minimum} to {maximum} (was {Quoted.Text(text)})");

    protected override string Print(int value) => value.ToString(CultureInfo.InvariantCulture);
}
