using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Sealtail.Format;

/// <summary>One signature of a DSSE envelope. <c>KeyId</c> is a hint, never a decision.</summary>
internal sealed record EnvelopeSignature(string KeyId, byte[] Signature);

/// <summary>A DSSE envelope (secure-systems-lab/dsse v1.0.2) as Sealtail stores it: one line of JSON without a newline (docs/format.md, "Envelope").</summary>
internal sealed record Envelope(byte[] Payload, IReadOnlyList<EnvelopeSignature> Signatures)
{
    public const string PayloadType = "application/vnd.in-toto+json";
    public const int MaxBytes = 256 * 1024;
    private const int MaxSignatures = 8;

    /// <summary>What is signed: DSSE's pre-authentication encoding of the payload.</summary>
    public static byte[] PreAuthenticationEncoding(ReadOnlySpan<byte> payload) =>
        [.. Encoding.UTF8.GetBytes($"DSSEv1 {PayloadType.Length} {PayloadType} {payload.Length} "), .. payload];

    public byte[] ToBytes()
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, StrictJson.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("payload"u8, Convert.ToBase64String(Payload));
            json.WriteString("payloadType"u8, PayloadType);
            json.WriteStartArray("signatures"u8);
            foreach (var signature in Signatures)
            {
                json.WriteStartObject();
                json.WriteString("keyid"u8, signature.KeyId);
                json.WriteString("sig"u8, Convert.ToBase64String(signature.Signature));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    /// <exception cref="FormatException">The bytes are no canonical envelope of the right payload type; the message says why.</exception>
    public static Envelope Parse(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > MaxBytes) throw new FormatException($"The envelope has {bytes.Length} bytes; at most {MaxBytes} are allowed.");
        if (bytes.Span.ContainsAny((byte)'\n', (byte)'\r') || bytes.Span is [(byte)' ' or (byte)'\t', ..] or [.., (byte)' ' or (byte)'\t'])
            throw new FormatException("The envelope is not one line of JSON without anything around it.");
        if (TryParseUsual(bytes.Span) is { } usual) return usual;
        using var document = StrictJson.Parse(bytes, "envelope");
        var root = document.RootElement;
        if (root.Text("payloadType") != PayloadType) throw new FormatException($"payloadType is not {PayloadType}.");

        var signatures = root.Array("signatures")
            .Select(signature => new EnvelopeSignature(signature.OptionalText("keyid") ?? "", signature.Base64("sig")))
            .ToList();
        if (signatures.Count is 0 or > MaxSignatures) throw new FormatException($"The envelope has {signatures.Count} signatures; 1 to {MaxSignatures} are allowed.");

        var envelope = new Envelope(root.Base64("payload"), signatures);
        return envelope;
    }

    private static Envelope? TryParseUsual(ReadOnlySpan<byte> bytes)
    {
        var room = ArrayPool<byte>.Shared.Rent(UsualEnvelope.RoomFor(bytes.Length));
        try
        {
            return UsualEnvelope.TryOpen(bytes, room, out var opened)
                ? new Envelope(opened.Payload.ToArray(), [new EnvelopeSignature(Encoding.ASCII.GetString(opened.KeyId), opened.Signature.ToArray())])
                : null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(room);
        }
    }
}
