using System.Buffers;
using System.Text;
using System.Text.Json;
using Sealtail.Format;
using Sealtail.Verifying;

namespace Sealtail.Proving;

/// <summary>What <c>verify-proof</c> says, for programs.</summary>
internal static class ProofJson
{
    public static string Print(IReadOnlyList<ProofReport> reports, int exitCode)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, StrictJson.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("result"u8, VerifyReport.ResultOf(reports.Select(report => report.Worst).DefaultIfEmpty(Severity.Inconclusive).Max()));
            json.WriteNumber("exitCode"u8, exitCode);
            json.WriteStartArray("proofs"u8);
            foreach (var report in reports) Write(json, report);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, ProofReport report)
    {
        json.WriteStartObject();
        json.WriteString("folder"u8, report.Folder);
        json.WriteString("result"u8, VerifyReport.ResultOf(report.Worst));
        json.WriteString("stream"u8, report.Stream?.ToString());
        WriteNumber("epoch"u8, report.Epoch);
        WriteNumber("sequence"u8, report.Sequence);
        WriteNumber("record"u8, report.Index);
        json.WriteString("signed"u8, report.Signed is { } signed ? Timestamp.Print(signed) : null);
        json.WriteString("keyid"u8, report.KeyId?.ToString());
        WriteNumber("logSize"u8, report.LogSize);
        json.WriteStartArray("findings"u8);
        foreach (var (kind, message) in report.Findings)
        {
            json.WriteStartObject();
            json.WriteString("id"u8, kind.Id);
            json.WriteString("severity"u8, kind.Severity.Text());
            json.WriteString("message"u8, message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();

        void WriteNumber(ReadOnlySpan<byte> name, long? value)
        {
            if (value is { } number) json.WriteNumber(name, number);
            else json.WriteNull(name);
        }
    }
}
