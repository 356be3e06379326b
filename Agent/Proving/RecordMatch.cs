using System.Text;
using System.Text.Json;

namespace Sealtail.Proving;

/// <summary>Which records are asked for: every condition must hold. Only records that are JSON objects can match.</summary>
internal sealed class RecordMatch
{
    private readonly IReadOnlyList<(string Field, string Value, byte[] Bytes)> conditions;

    private RecordMatch(IEnumerable<(string Field, string Value)> conditions) =>
        this.conditions = [.. conditions.Select(condition => (condition.Field, condition.Value, Encoding.UTF8.GetBytes(condition.Value)))];

    /// <param name="auditId">The record's <c>auditID</c>; null: any.</param>
    /// <param name="fields">Each <c>FIELD=VALUE</c>, the field a path with points, as <c>user.username</c>; of an array any element counts.</param>
    /// <exception cref="FormatException">Nothing is asked, or a condition has no <c>=</c> or no field.</exception>
    public static RecordMatch Of(string? auditId, IReadOnlyList<string> fields)
    {
        var conditions = fields.Select(field => field.IndexOf('=') is > 0 and var at
            ? (field[..at], field[(at + 1)..])
            : throw new FormatException($"'{field}' is not FIELD=VALUE, such as user.username=alice.")).ToList();
        if (auditId is not null) conditions.Add(("auditID", auditId));
        return conditions.Count > 0 ? new RecordMatch(conditions) : throw new FormatException("Which event? Give --audit-id ID, or --match FIELD=VALUE.");
    }

    public bool IsMatch(ReadOnlyMemory<byte> record)
    {
        // Most records are passed without parsing them: a value that does not stand there as it is can only be spelt with an escape.
        var mayBeEscaped = record.Span.Contains((byte)'\\');
        if (!mayBeEscaped && conditions.Any(condition => record.Span.IndexOf(condition.Bytes) < 0)) return false;
        try
        {
            using var document = JsonDocument.Parse(record);
            return document.RootElement.ValueKind == JsonValueKind.Object && conditions.All(condition => Has(document.RootElement, condition.Field, condition.Value));
        }
        catch (JsonException)
        {
            return false; // any bytes may stand in an audit log
        }
    }

    // A member's own name may have points in it, as those of annotations do.
    private static bool Has(JsonElement element, string field, string value)
    {
        if (element.ValueKind == JsonValueKind.Array) return element.EnumerateArray().Any(item => Has(item, field, value));
        if (element.ValueKind != JsonValueKind.Object) return false;
        if (Members(element, field).Any(found => Is(found, value))) return true;
        for (var point = field.IndexOf('.', StringComparison.Ordinal); point >= 0; point = field.IndexOf('.', point + 1))
            if (Members(element, field[..point]).Any(parent => Has(parent, field[(point + 1)..], value)))
                return true;
        return false;
    }

    // All of that name: it is for the reader of the proof to say which of them counts.
    private static IEnumerable<JsonElement> Members(JsonElement parent, string name) =>
        parent.EnumerateObject().Where(member => IsText(() => member.NameEquals(name))).Select(member => member.Value);

    // An escaped lone surrogate is valid JSON and no text: nobody can ask for it.
    private static bool IsText(Func<bool> comparison)
    {
        try
        {
            return comparison();
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static bool Is(JsonElement element, string value) => element.ValueKind switch
    {
        JsonValueKind.String => IsText(() => element.ValueEquals(value)),
        JsonValueKind.Array => element.EnumerateArray().Any(item => Is(item, value)),
        JsonValueKind.Object => false,
        _ => element.GetRawText() == value,
    };
}
