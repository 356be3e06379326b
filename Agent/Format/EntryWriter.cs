using System.Globalization;
using System.Text.Json;

namespace Sealtail.Format;

/// <summary>The JSON of an entry's facts, the same in a spool entry and in the manifest that binds it.</summary>
internal static class EntryWriter
{
    /// <summary>Members <c>object</c>, <c>content</c>, <c>first</c> and <c>last</c>; none where there is no chunk.</summary>
    public static void WriteChunk(Utf8JsonWriter json, EntryFacts facts)
    {
        if (facts.Object is { } chunk)
        {
            json.WriteStartObject("object"u8);
            json.WriteString("name"u8, chunk.Name);
            json.WriteNumber("bytes"u8, chunk.Bytes);
            json.WriteString("sha256"u8, chunk.Sha256.ToString());
            json.WriteString("crc32c"u8, chunk.Crc32C.ToString());
            json.WriteString("mediaType"u8, ChunkObject.MediaType);
            json.WriteEndObject();
        }

        if (facts.Content is { } content)
        {
            json.WriteStartObject("content"u8);
            json.WriteNumber("bytes"u8, content.Bytes);
            json.WriteString("sha256"u8, content.Sha256.ToString());
            json.WriteNumber("records"u8, content.Records);
            json.WriteNumber("malformed"u8, content.Malformed);
            json.WriteString("merkleRoot"u8, content.MerkleRoot.ToString());
            json.WriteEndObject();
        }

        WriteSummary(json, "first"u8, facts.First);
        WriteSummary(json, "last"u8, facts.Last);
    }

    /// <summary>Members <c>sources</c> and <c>gaps</c>, always.</summary>
    public static void WriteRanges(Utf8JsonWriter json, EntryFacts facts)
    {
        json.WriteStartArray("sources"u8);
        foreach (var range in facts.Sources) WriteRange(json, range);
        json.WriteEndArray();
        json.WriteStartArray("gaps"u8);
        foreach (var gap in facts.Gaps) WriteGap(json, gap);
        json.WriteEndArray();
    }

    public static void WriteRange(Utf8JsonWriter json, SourceRange range)
    {
        json.WriteStartObject();
        json.WriteNumber("file"u8, range.File);
        if (range.Continues is { } earlier) json.WriteNumber("continues"u8, earlier);
        json.WriteString("path"u8, ForeignText.Cut(range.Path));
        json.WriteString("device"u8, range.Device.ToString(CultureInfo.InvariantCulture));
        json.WriteString("inode"u8, range.Inode.ToString(CultureInfo.InvariantCulture));
        WriteFingerprint(json, range.Fingerprint);
        json.WriteNumber("from"u8, range.From);
        json.WriteNumber("to"u8, range.To);
        json.WriteBoolean("final"u8, range.Final);
        json.WriteEndObject();
    }

    public static void WriteGap(Utf8JsonWriter json, Gap gap)
    {
        json.WriteStartObject();
        if (gap.File is { } file) json.WriteNumber("file"u8, file);
        if (gap.Fingerprint is { } fingerprint) WriteFingerprint(json, fingerprint);
        json.WriteString("cause"u8, gap.Cause.Text());
        json.WriteNumber("from"u8, gap.From);
        WriteNullable(json, "to"u8, gap.To);
        json.WriteString("detail"u8, ForeignText.Cut(gap.Detail));
        json.WriteEndObject();
    }

    public static void WriteReceipt(Utf8JsonWriter json, Receipt receipt)
    {
        json.WriteStartObject();
        json.WriteNumber("epoch"u8, receipt.Epoch);
        json.WriteNumber("sequence"u8, receipt.Sequence);
        json.WriteString("object"u8, receipt.Object.Text());
        json.WriteString("put"u8, receipt.Put.Text());
        if (receipt.Generation is { } generation) json.WriteString("generation"u8, ForeignText.Cut(generation));
        if (receipt.TimeCreated is { } created) json.WriteString("timeCreated"u8, Timestamp.Print(created));
        if (receipt.RetentionExpirationTime is { } expires) json.WriteString("retentionExpirationTime"u8, Timestamp.Print(expires));
        json.WriteEndObject();
    }

    public static void WriteNullable(Utf8JsonWriter json, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number) json.WriteNumber(name, number);
        else json.WriteNull(name);
    }

    private static void WriteFingerprint(Utf8JsonWriter json, Fingerprint fingerprint)
    {
        json.WriteStartObject("fingerprint"u8);
        json.WriteNumber("bytes"u8, fingerprint.Bytes);
        json.WriteString("sha256"u8, fingerprint.Sha256.ToString());
        json.WriteEndObject();
    }

    private static void WriteSummary(Utf8JsonWriter json, ReadOnlySpan<byte> name, RecordSummary? summary)
    {
        if (summary is null) return;
        json.WriteStartObject(name);
        if (summary.AuditId is { } auditId) json.WriteString("auditID"u8, ForeignText.Cut(auditId));
        if (summary.Stage is { } stage) json.WriteString("stage"u8, ForeignText.Cut(stage));
        if (summary.Timestamp is { } timestamp) json.WriteString("timestamp"u8, ForeignText.Cut(timestamp));
        json.WriteEndObject();
    }
}
