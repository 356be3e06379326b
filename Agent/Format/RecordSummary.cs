using System.Text.Json;
using System.Text.Unicode;

namespace Sealtail.Format;

/// <summary>
/// What a record says of itself, as the manifest repeats it of a chunk's first and last one (docs/format.md, "Chunk"): strings only, each cut as
/// <see cref="ForeignText"/> is. Informative, never an identity: clients choose audit ids.
/// </summary>
internal sealed record RecordSummary(string? AuditId, string? Stage, string? Timestamp)
{
    /// <summary>A longer record says nothing, so that nobody has to keep it.</summary>
    public const int MostBytes = 1 << 20;

    private const int MaxDepth = 64;

    /// <summary>Null unless the record is one JSON object in UTF-8 of at most 64 levels and 1 MiB. Of a member that is there twice the last one counts.</summary>
    public static RecordSummary? Of(ReadOnlySpan<byte> record)
    {
        if (record.Length > MostBytes || !Utf8.IsValid(record)) return null;
        try
        {
            var json = new Utf8JsonReader(record, new JsonReaderOptions { MaxDepth = MaxDepth });
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject) return null;
            string? auditId = null, stage = null, timestamp = null;
            while (json.Read())
            {
                if (json.TokenType != JsonTokenType.PropertyName || json.CurrentDepth != 1) continue;
                if (Is(json, "auditID"u8)) auditId = Value(ref json);
                else if (Is(json, "stage"u8)) stage = Value(ref json);
                else if (Is(json, "stageTimestamp"u8)) timestamp = Value(ref json);
            }

            return new RecordSummary(auditId, stage, timestamp);
        }
        catch (JsonException)
        {
            return null; // clients and torn writes put any bytes there
        }
    }

    // An escaped lone surrogate is valid JSON and no text: such a name is another's, such a value is left out.
    private static bool Is(in Utf8JsonReader json, ReadOnlySpan<byte> name)
    {
        try
        {
            return json.ValueTextEquals(name);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static string? Value(ref Utf8JsonReader json)
    {
        if (!json.Read() || json.TokenType != JsonTokenType.String) return null;
        try
        {
            return ForeignText.Cut(json.GetString()!); // a string
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
