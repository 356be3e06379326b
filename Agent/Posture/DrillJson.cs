using System.Text.Json;
using Sealtail.Format;

namespace Sealtail.Posture;

/// <summary>A drill's report for programs, and as an in-toto statement to be signed.</summary>
internal static class DrillJson
{
    private const string PredicateType = "https://sealtail.dev/drill/v1";

    public static byte[] Print(DrillReport report) => Write(indented: true, json => WriteReport(json, report));

    /// <summary>What is signed: the statement that this report was made about that object.</summary>
    public static byte[] Statement(DrillReport report) => Write(indented: false, json =>
    {
        json.WriteStartObject();
        json.WriteString("_type"u8, "https://in-toto.io/Statement/v1");
        json.WriteStartArray("subject"u8);
        json.WriteStartObject();
        json.WriteString("name"u8, report.ObjectName);
        json.WriteStartObject("digest"u8);
        json.WriteString("sha256"u8, Digest.Of(Print(report)).ToString());
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("predicateType"u8, PredicateType);
        json.WritePropertyName("predicate"u8);
        WriteReport(json, report);
        json.WriteEndObject();
    });

    private static void WriteReport(Utf8JsonWriter json, DrillReport report)
    {
        json.WriteStartObject();
        json.WriteString("result"u8, report.Result);
        json.WriteNumber("exitCode"u8, report.ExitCode);
        json.WriteString("bucket"u8, report.Bucket);
        json.WriteString("object"u8, report.ObjectName);
        json.WriteBoolean("asAgent"u8, report.AsAgent);
        json.WriteString("begun"u8, Timestamp.Print(report.Begun));
        json.WriteStartArray("attempts"u8);
        foreach (var attempt in report.Attempts)
        {
            json.WriteStartObject();
            json.WriteString("action"u8, attempt.Action);
            json.WriteString("outcome"u8, Text(attempt.Outcome));
            if (attempt.Status is { } status) json.WriteNumber("status"u8, status);
            json.WriteString("answer"u8, attempt.Answer);
            json.WriteString("at"u8, Timestamp.Print(attempt.At));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static string Text(DrillOutcome outcome) => outcome switch
    {
        DrillOutcome.Held => "held",
        DrillOutcome.Broken => "broken",
        DrillOutcome.Unknown => "unknown",
        _ => "not-tried",
    };

    private static byte[] Write(bool indented, Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = indented })) write(json);
        return bytes.ToArray();
    }
}
