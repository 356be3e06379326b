using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using Sealtail.Format;

namespace Sealtail.Spooling;

/// <summary>
/// What an entry's record file holds beside whose it is: the facts for the manifest, and the reader's whole state after the entry, opaque here.
/// Record 0 has neither: it is made with the directory and says that nothing was read yet, so that there is always one record to miss.
/// </summary>
internal sealed record EntryRecord
{
    public required Binding Binding { get; init; }

    public required long Number { get; init; }

    /// <summary>The first number that this entry stands for; others below <see cref="Number"/> were damaged and given up, or lost and read again.</summary>
    public required long First { get; init; }

    /// <summary>The last epoch known when it was written: where to begin claiming, should the head be lost.</summary>
    public required long Epoch { get; init; }

    public required EntryFacts? Facts { get; init; }

    /// <summary>Null in record 0 and where a damaged entry's bytes were read again: then no reading can go on from here.</summary>
    public required ReadOnlyMemory<byte>? ReaderState { get; init; }

    public byte[] ToBytes()
    {
        var payload = new ArrayBufferWriter<byte>(2048 + (ReaderState?.Length ?? 0));
        payload.Advance(sizeof(int)); // the JSON's length, known below
        using (var json = new Utf8JsonWriter(payload, StrictJson.WriterOptions)) WriteJson(json);

        var jsonLength = payload.WrittenCount - sizeof(int);
        if (ReaderState is { } state) payload.Write(state.Span);
        var bytes = payload.WrittenSpan.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(bytes, jsonLength);
        return new Frame(FrameKind.Entry, Frame.CurrentVersion, Number, bytes).ToBytes();
    }

    /// <exception cref="FormatException">The payload is not what <see cref="ToBytes"/> writes.</exception>
    public static EntryRecord Parse(Frame frame)
    {
        var length = frame.Payload.Length < sizeof(int) ? -1 : BinaryPrimitives.ReadInt32LittleEndian(frame.Payload.Span);
        if (length < 0 || length > frame.Payload.Length - sizeof(int)) throw new FormatException("The record's JSON does not end within it.");
        using var document = StrictJson.Parse(frame.Payload.Slice(sizeof(int), length), "entry record");
        var root = document.RootElement;
        return new EntryRecord
        {
            Binding = Binding.Read(root),
            Number = root.Integer("number"),
            First = root.Integer("first"),
            Epoch = root.Integer("epoch"),
            Facts = root.Optional("facts") is null ? null : EntryReader.Read(root.Object("facts")),
            ReaderState = root.Boolean("readerState") ? frame.Payload[(sizeof(int) + length)..] : default(ReadOnlyMemory<byte>?), // a plain null would become empty memory
        };
    }

    private void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        Binding.Write(json);
        json.WriteNumber("number"u8, Number);
        json.WriteNumber("first"u8, First);
        json.WriteNumber("epoch"u8, Epoch);
        json.WriteBoolean("readerState"u8, ReaderState is not null);
        if (Facts is { } facts)
        {
            json.WriteStartObject("facts"u8);
            json.WriteString("sealed"u8, Timestamp.Print(facts.Sealed));
            if (facts.Reason is { } reason) json.WriteString("reason"u8, reason.Text());
            EntryWriter.WriteChunk(json, facts);
            EntryWriter.WriteRanges(json, facts);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
