using System.Buffers;
using System.Text;
using System.Text.Json;
using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>The report for programs. Everything that is not plain ASCII is escaped, so that nothing in it can act on a terminal.</summary>
internal static class JsonReport
{
    // The default encoder escapes all but ASCII, on purpose: names and log text come from outside.
    private static readonly JsonWriterOptions Options = new() { Indented = true };

    public static string Print(VerifyReport report, bool strict)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, Options))
        {
            json.WriteStartObject();
            json.WriteString("result"u8, VerifyReport.ResultOf(report.Worst));
            json.WriteNumber("exitCode"u8, report.ExitCode(strict));
            json.WriteString("bucket"u8, report.Bucket);
            json.WriteString("scope"u8, report.ManifestsOnly ? "manifests" : "full");
            json.WriteString("asOf"u8, Timestamp.Print(report.AsOf));
            if (report.From is { } from) json.WriteString("from"u8, Timestamp.Print(from));
            if (report.To is { } to) json.WriteString("to"u8, Timestamp.Print(to));
            if (report.Trust.File is (var path, var sha256))
            {
                json.WriteStartObject("trust"u8);
                json.WriteString("file"u8, path);
                json.WriteString("sha256"u8, sha256.ToString());
                json.WriteEndObject();
            }

            json.WriteStartArray("keys"u8);
            foreach (var anchor in report.Anchors) WriteAnchor(json, anchor);
            json.WriteEndArray();
            json.WriteStartArray("streams"u8);
            foreach (var stream in report.Streams) WriteStream(json, stream, report.WorstOf(stream));
            json.WriteEndArray();
            json.WriteStartArray("findings"u8);
            foreach (var finding in report.Findings) WriteFinding(json, finding);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static void WriteAnchor(Utf8JsonWriter json, TrustAnchor anchor)
    {
        json.WriteStartObject();
        json.WriteString("keyid"u8, anchor.Key.KeyId.ToString());
        json.WriteString("streams"u8, anchor.Streams.Text);
        json.WriteString("origin"u8, anchor.Origin);
        json.WriteEndObject();
    }

    private static void WriteStream(Utf8JsonWriter json, StreamReport stream, Severity worst)
    {
        json.WriteStartObject();
        json.WriteString("stream"u8, stream.Stream);
        json.WriteNumber("epochs"u8, stream.Epochs);
        json.WriteNumber("manifests"u8, stream.Manifests);
        json.WriteNumber("chunks"u8, stream.Chunks);
        json.WriteNumber("records"u8, stream.Records);
        json.WriteNumber("bytes"u8, stream.Bytes);
        json.WriteNumber("gaps"u8, stream.Gaps);
        json.WriteNumber("heartbeats"u8, stream.Heartbeats);
        WriteRanges(json, "covered"u8, stream.Covered);
        WriteRange(json, "requested"u8, stream.Requested);
        WriteRanges(json, "uncovered"u8, stream.Uncovered);
        json.WriteStartArray("timeline"u8);
        foreach (var segment in stream.Timeline)
        {
            json.WriteStartObject();
            json.WriteString("state"u8, segment.State.Text());
            json.WriteString("from"u8, Timestamp.Print(segment.Range.From));
            json.WriteString("to"u8, Timestamp.Print(segment.Range.To));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteRange(json, "widestBracket"u8, stream.WidestBracket);
        json.WriteNumber("clockSkewSeconds"u8, stream.ClockSkew.TotalSeconds);
        json.WriteString("result"u8, VerifyReport.ResultOf(worst));
        json.WriteEndObject();
    }

    private static void WriteRanges(Utf8JsonWriter json, ReadOnlySpan<byte> name, IEnumerable<TimeRange> ranges)
    {
        json.WriteStartArray(name);
        foreach (var range in ranges) WriteRange(json, range);
        json.WriteEndArray();
    }

    private static void WriteRange(Utf8JsonWriter json, ReadOnlySpan<byte> name, TimeRange? range)
    {
        json.WritePropertyName(name);
        if (range is { } known) WriteRange(json, known);
        else json.WriteNullValue();
    }

    private static void WriteRange(Utf8JsonWriter json, TimeRange range)
    {
        json.WriteStartObject();
        json.WriteString("from"u8, Timestamp.Print(range.From));
        json.WriteString("to"u8, Timestamp.Print(range.To));
        json.WriteEndObject();
    }

    private static void WriteFinding(Utf8JsonWriter json, Finding finding)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, finding.Kind.Id);
        json.WriteString("severity"u8, finding.Severity.Text());
        json.WriteString("stream"u8, finding.Stream);
        WriteNullable(json, "epoch"u8, finding.Epoch);
        WriteNullable(json, "sequence"u8, finding.Sequence);
        json.WriteString("object"u8, finding.ObjectName);
        json.WriteString("message"u8, finding.Message);
        json.WriteEndObject();
    }

    private static void WriteNullable(Utf8JsonWriter json, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number) json.WriteNumber(name, number);
        else json.WriteNull(name);
    }
}
