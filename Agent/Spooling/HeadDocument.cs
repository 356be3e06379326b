using System.Buffers;
using System.Text.Json;
using Sealtail.Format;

namespace Sealtail.Spooling;

/// <summary>A <see cref="Head"/> as JSON.</summary>
internal static class HeadDocument
{
    public static byte[] Write(Head head)
    {
        var bytes = new ArrayBufferWriter<byte>(2048);
        using (var json = new Utf8JsonWriter(bytes, StrictJson.WriterOptions))
        {
            json.WriteStartObject();
            head.Binding.Write(json);
            json.WriteString("lineage"u8, head.Lineage);
            json.WriteString("nextCause"u8, head.NextCause.Text());
            json.WriteNumber("epoch"u8, head.Epoch);
            if (head.Newest is { } newest) WriteLink(json, newest);
            json.WriteStartObject("log"u8);
            json.WriteNumber("size"u8, head.LogSize);
            json.WriteStartArray("peaks"u8);
            foreach (var peak in head.LogPeaks) json.WriteStringValue(peak.ToString());
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteStartObject("totals"u8);
            json.WriteNumber("chunks"u8, head.Totals.Chunks);
            json.WriteNumber("records"u8, head.Totals.Records);
            json.WriteNumber("bytes"u8, head.Totals.Bytes);
            json.WriteEndObject();
            json.WriteStartArray("receipts"u8);
            foreach (var receipt in head.Receipts) EntryWriter.WriteReceipt(json, receipt);
            json.WriteEndArray();
            if (head.Position is { } position)
            {
                json.WritePropertyName("position"u8);
                EntryWriter.WriteRange(json, position);
            }

            if (head.Checkpointed.At is { } reached)
            {
                json.WriteStartObject("checkpointed"u8);
                json.WriteNumber("epoch"u8, head.Checkpointed.Epoch);
                json.WriteNumber("size"u8, head.Checkpointed.Size);
                json.WriteString("at"u8, Timestamp.Print(reached));
                json.WriteEndObject();
            }

            json.WriteNumber("lastConfirmedEntry"u8, head.LastConfirmedEntry);
            json.WriteNumber("settledInFlight"u8, head.SettledInFlight);
            if (head.Confirmed is { } confirmed) json.WriteString("confirmed"u8, Timestamp.Print(confirmed));
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    /// <exception cref="FormatException">The bytes are no head; the message names the member.</exception>
    public static Head Parse(ReadOnlyMemory<byte> bytes)
    {
        using var document = StrictJson.Parse(bytes, "head");
        var root = document.RootElement;
        var log = root.Object("log");
        var totals = root.Object("totals");
        return new Head
        {
            Binding = Binding.Read(root),
            Lineage = Guid.TryParseExact(root.Text("lineage"), "D", out var lineage) ? lineage : throw StrictJson.Wrong("lineage", "is no UUID"),
            NextCause = EnumText.Parse<StartCause>(root.Text("nextCause"), EnumText.Text),
            Epoch = root.Integer("epoch"),
            Newest = root.Optional("newest") is null ? null : ReadLink(root.Object("newest")),
            LogSize = log.Integer("size"),
            LogPeaks = log.Array("peaks").Select(peak => Digest.Parse(peak.GetString() ?? "")).ToArray(),
            Totals = new Totals(totals.Integer("chunks"), totals.Integer("records"), totals.Integer("bytes")),
            Receipts = EntryReader.Bounded(root, "receipts").Select(EntryReader.ReadReceipt).ToArray(),
            Position = root.Optional("position") is null ? null : EntryReader.ReadRange(root.Object("position")),
            Checkpointed = root.Optional("checkpointed") is null ? default : ReadCheckpointed(root.Object("checkpointed")),
            LastConfirmedEntry = root.Integer("lastConfirmedEntry"),
            SettledInFlight = root.Integer("settledInFlight"),
            Confirmed = root.OptionalTime("confirmed"),
        };
    }

    private static void WriteLink(Utf8JsonWriter json, ManifestLink link)
    {
        json.WriteStartObject("newest"u8);
        json.WriteNumber("epoch"u8, link.Epoch);
        json.WriteNumber("sequence"u8, link.Sequence);
        json.WriteString("payloadSha256"u8, link.PayloadSha256.ToString());
        json.WriteEndObject();
    }

    private static CheckpointState ReadCheckpointed(JsonElement state) => new(state.Integer("epoch"), state.Integer("size"), state.Time("at"));

    private static ManifestLink ReadLink(JsonElement link) => new(link.Integer("epoch"), link.Integer("sequence"), link.Digest("payloadSha256"));
}
