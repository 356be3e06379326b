using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Sealtail.Configuration;

/// <summary>
/// Reads one YAML document into a plain tree. What makes YAML surprising or dangerous (anchors, aliases, merge keys, tags,
/// duplicate keys, several documents, deep nesting) is an error with its place.
/// </summary>
internal sealed class YamlReader
{
    private const int MaxDepth = 8;

    private readonly Parser parser;
    private readonly ConfigurationErrors errors;
    private readonly Stack<MappingOrSequence> open = new();
    private Place last = new(1, 1);

    private YamlReader(string text, ConfigurationErrors errors) => (parser, this.errors) = (new Parser(new StringReader(text)), errors);

    /// <summary>The document's root; null if it is empty, or cannot be read at all (then there is an error).</summary>
    public static YamlNode? Read(string text, ConfigurationErrors errors)
    {
        var reader = new YamlReader(text, errors);
        try
        {
            return reader.ReadDocument();
        }
        catch (StopReadingException e)
        {
            errors.Add(e.Place, null, e.Message);
            return null;
        }
    }

    private YamlNode? ReadDocument()
    {
        Next(); // stream start
        if (Next() is StreamEnd) return null;
        Next(); // document start is consumed; now its first node
        var root = ReadNode(depth: 0);
        Next(); // document end
        if (Next() is not StreamEnd) throw new StopReadingException(last, "has a second document; write one document only");
        return root;
    }

    private YamlNode ReadNode(int depth)
    {
        var node = parser.Current!; // MoveNext was true
        var place = PlaceOf(node);
        if (depth > MaxDepth) throw new StopReadingException(place, "is nested deeper than any key");
        if (node is AnchorAlias) errors.Add(place, null, "aliases (*name) are not supported; write the value again");
        if (node is NodeEvent { Anchor.IsEmpty: false }) errors.Add(place, null, "anchors (&name) are not supported; write the value where it is needed");
        if (node is NodeEvent { Tag: { IsEmpty: false, IsNonSpecific: false } }) errors.Add(place, null, "tags (!name) are not supported; write the plain value");
        return node switch
        {
            MappingStart => ReadMapping(place, depth),
            SequenceStart => ReadSequence(place, depth),
            Scalar scalar => new YamlScalar(place, scalar.Value, scalar is { Style: ScalarStyle.Plain, Value: "" or "~" or "null" or "Null" or "NULL" }),
            _ => new YamlRefused(place), // an alias
        };
    }

    private YamlMapping ReadMapping(Place place, int depth)
    {
        var entries = new Dictionary<string, YamlEntry>(StringComparer.Ordinal);
        open.Push(new MappingOrSequence(place, '{', parser.Current is MappingStart { Style: MappingStyle.Flow }));
        while (Next() is not MappingEnd)
        {
            var key = ReadNode(depth + 1);
            Next();
            var value = ReadNode(depth + 1);
            if (key is not YamlScalar name) errors.Add(key.Place, null, "a key must be a plain word");
            else if (name.Text == "<<") errors.Add(key.Place, null, "merge keys (<<) are not supported; write the values where they are needed");
            else if (entries.TryGetValue(name.Text, out var first)) errors.Add(key.Place, null, $"{Quoted.Text(name.Text)} is given twice, first in line {first.Place.Line}");
            else entries.Add(name.Text, new YamlEntry(name.Text, name.Place, value));
        }

        open.Pop();
        return new YamlMapping(place, [.. entries.Values]);
    }

    private YamlSequence ReadSequence(Place place, int depth)
    {
        var items = new List<YamlNode>();
        open.Push(new MappingOrSequence(place, '[', parser.Current is SequenceStart { Style: SequenceStyle.Flow }));
        while (Next() is not SequenceEnd) items.Add(ReadNode(depth + 1));
        open.Pop();
        return new YamlSequence(place, items);
    }

    private ParsingEvent Next()
    {
        try
        {
            if (parser.MoveNext())
            {
                last = PlaceOf(parser.Current!); // MoveNext was true
                return parser.Current!;
            }
        }
        catch (YamlException e)
        {
            throw new StopReadingException(new Place((int)Math.Max(e.Start.Line, 1), (int)Math.Max(e.Start.Column, 1)), $"is not valid YAML: {e.Message}{Within()}");
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // YamlDotNet throws these for a bracket left open and for an escape beyond Unicode.
            throw new StopReadingException(last, $"is not valid YAML after this{Within()}");
        }

        throw new StopReadingException(last, "is not valid YAML: it ends too early");
    }

    private string Within() => open.TryPeek(out var inner) && inner.IsFlow ? $" (within the '{inner.Bracket}' that line {inner.Place.Line} opens)" : "";

    private static Place PlaceOf(ParsingEvent node) => new((int)node.Start.Line, (int)node.Start.Column);

    private readonly record struct MappingOrSequence(Place Place, char Bracket, bool IsFlow);

    private sealed class StopReadingException(Place place, string message) : Exception(message)
    {
        public Place Place { get; } = place;
    }
}
