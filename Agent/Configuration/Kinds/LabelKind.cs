using System.Text.Json;
using Sealtail.Format;

namespace Sealtail.Configuration.Kinds;

/// <summary>A part of a stream's name (docs/format.md, "Objects and names").</summary>
internal sealed class LabelKind(int maxLength) : ValueKind<string>
{
    public override string Name => "name";

    public override string Limits => $"1 to {maxLength} of a-z, 0-9, '.' and '-', beginning and ending with a letter or digit";

    public override void WriteSchema(Utf8JsonWriter json) => SchemaText.Pattern(json, $"^[a-z0-9]([a-z0-9.-]{{0,{maxLength - 2}}}[a-z0-9])?$");

    protected override string Parse(string text, string baseDirectory) =>
        StreamName.IsLabel(text, maxLength) ? text : throw new FormatException($"must be {Limits} (was {Quoted.Text(text)})");

    protected override string Print(string value) => value;
}
