using System.Text.Json;

namespace Sealtail.Configuration.Kinds;

/// <summary>One of a few words, each standing for a value.</summary>
internal sealed class ChoiceKind<T>(params (string Word, T Value)[] choices) : ValueKind<T> where T : struct, Enum
{
    public override string Name => "choice";

    public override string Limits => $"one of {string.Join(", ", Words)}";

    private IEnumerable<string> Words => choices.Select(choice => choice.Word);

    public override void WriteSchema(Utf8JsonWriter json)
    {
        json.WriteStartArray("enum");
        foreach (var word in Words) json.WriteStringValue(word);
        json.WriteEndArray();
    }

    protected override T Parse(string text, string baseDirectory)
    {
        foreach (var (word, value) in choices)
            if (word == text)
                return value;

        var hint = NearestName.Of(text, Words) is { } near ? $", did you mean {near}?" : "";
        throw new FormatException($"must be {Limits} (was {Quoted.Text(text)}{hint})");
    }

    protected override string Print(T value) => choices.First(choice => choice.Value.Equals(value)).Word;
}
