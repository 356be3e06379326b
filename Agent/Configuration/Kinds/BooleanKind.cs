using System.Text.Json;

namespace Sealtail.Configuration.Kinds;

/// <summary>YAML 1.2's two words; <c>yes</c>, <c>on</c> and their kin are errors, because readers of YAML disagree on them.</summary>
internal sealed class BooleanKind : ValueKind<bool>
{
    public override string Name => "boolean";

    public override string Limits => "true or false";

    public override bool IsLiteral => true;

    public override void WriteSchema(Utf8JsonWriter json) => json.WriteString("type", "boolean");

    protected override bool Parse(string text, string baseDirectory) => text switch
    {
        "true" => true,
        "false" => false,
        _ => throw new FormatException($"must be true or false (was {Quoted.Text(text)})"),
    };

    protected override string Print(bool value) => value ? "true" : "false";
}
