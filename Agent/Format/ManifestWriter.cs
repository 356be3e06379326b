using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Sealtail.Format;

/// <summary>A manifest as payload bytes: the members in the order of the page (docs/format.md, "Worked example"), no white space.</summary>
internal static class ManifestWriter
{
    public const string StatementType = "https://in-toto.io/Statement/v1";
    public const string PredicateType = "https://sealtail.dev/manifest/v1";

    public static byte[] ToPayload(Manifest manifest)
    {
        var bytes = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(bytes, StrictJson.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("_type"u8, StatementType);
            json.WriteStartArray("subject"u8);
            json.WriteStartObject();
            json.WriteString("name"u8, manifest.Subject.Name);
            json.WriteStartObject("digest"u8);
            json.WriteString("sha256"u8, manifest.Subject.Sha256.ToString());
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteString("predicateType"u8, PredicateType);
            json.WriteStartObject("predicate"u8);
            WritePredicate(json, manifest);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    private static void WritePredicate(Utf8JsonWriter json, Manifest manifest)
    {
        json.WriteString("stream"u8, manifest.Stream.ToString());
        json.WriteString("lineage"u8, manifest.Lineage.ToString());
        json.WriteNumber("epoch"u8, manifest.Epoch);
        json.WriteNumber("sequence"u8, manifest.Sequence);
        json.WriteString("kind"u8, manifest.Kind.Text());
        if (manifest.Entry.Reason is { } reason) json.WriteString("reason"u8, reason.Text());
        if (manifest.Previous is { } previous) json.WriteString("previous"u8, previous.ToString());
        json.WriteStartObject("log"u8);
        json.WriteNumber("size"u8, manifest.Log.Size);
        json.WriteString("root"u8, manifest.Log.Root.ToString());
        json.WriteEndObject();
        json.WriteString("sealed"u8, Timestamp.Print(manifest.Entry.Sealed));
        json.WriteString("signed"u8, Timestamp.Print(manifest.Signed));
        EntryWriter.WriteChunk(json, manifest.Entry);
        if (manifest.Start is { } start) WriteStart(json, start);
        if (manifest.Source is { } source) WriteSource(json, source);
        EntryWriter.WriteRanges(json, manifest.Entry);
        json.WriteStartObject("totals"u8);
        json.WriteNumber("chunks"u8, manifest.Totals.Chunks);
        json.WriteNumber("records"u8, manifest.Totals.Records);
        json.WriteNumber("bytes"u8, manifest.Totals.Bytes);
        json.WriteEndObject();
        json.WriteStartArray("receipts"u8);
        foreach (var receipt in manifest.Receipts) EntryWriter.WriteReceipt(json, receipt);
        json.WriteEndArray();
        if (manifest.Checkpoints.Count > 0) WriteCheckpoints(json, manifest.Checkpoints);
        json.WriteStartObject("agent"u8);
        json.WriteString("name"u8, manifest.Agent.Name);
        json.WriteString("version"u8, manifest.Agent.Version);
        json.WriteEndObject();
    }

    private static void WriteCheckpoints(Utf8JsonWriter json, IReadOnlyList<StoredCheckpoint> checkpoints)
    {
        json.WriteStartArray("checkpoints"u8);
        foreach (var checkpoint in checkpoints)
        {
            json.WriteStartObject();
            json.WriteNumber("epoch"u8, checkpoint.Epoch);
            json.WriteNumber("size"u8, checkpoint.Size);
            json.WriteString("sha256"u8, checkpoint.Sha256.ToString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteStart(Utf8JsonWriter json, EpochStart start)
    {
        json.WriteString("cause"u8, start.Cause.Text());
        if (start.PreviousEpoch is { } link)
        {
            json.WriteStartObject("previousEpoch"u8);
            json.WriteNumber("epoch"u8, link.Epoch);
            json.WriteNumber("sequence"u8, link.Sequence);
            json.WriteString("payloadSha256"u8, link.PayloadSha256.ToString());
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("previousEpoch"u8);
        }

        json.WriteStartArray("skipped"u8);
        foreach (var skipped in start.Skipped)
        {
            json.WriteStartObject();
            json.WriteNumber("from"u8, skipped.From);
            json.WriteNumber("to"u8, skipped.To);
            json.WriteString("why"u8, skipped.Why.Text());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("publicKey"u8, Convert.ToBase64String(start.PublicKey));
        json.WriteStartObject("policy"u8);
        json.WriteNumber("maxSilenceSeconds"u8, start.Policy.MaxSilenceSeconds);
        json.WriteNumber("maxChunkSeconds"u8, start.Policy.MaxChunkSeconds);
        json.WriteNumber("maxChunkBytes"u8, start.Policy.MaxChunkBytes);
        EntryWriter.WriteNullable(json, "retentionSeconds"u8, start.Policy.RetentionSeconds);
        json.WriteEndObject();
        json.WriteStartObject("host"u8);
        json.WriteString("machineIdSha256"u8, start.Host.MachineIdSha256);
        json.WriteString("bootId"u8, ForeignText.Cut(start.Host.BootId));
        json.WriteEndObject();
    }

    private static void WriteSource(Utf8JsonWriter json, SourceStatus source)
    {
        json.WriteStartObject("source"u8);
        json.WriteString("state"u8, source.State.Text());
        json.WriteNumber("size"u8, source.Size);
        json.WriteNumber("pending"u8, source.Pending);
        json.WriteEndObject();
    }
}
