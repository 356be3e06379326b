using System.Text.Json;
using Sealtail.Format;

namespace Sealtail.Proving;

/// <summary>A manifest as a Sigstore bundle, version 0.3: the same envelope in the wrapping that Sigstore's clients read. The key is outside of it, named by a hint.</summary>
internal static class SigstoreBundle
{
    private const string MediaType = "application/vnd.dev.sigstore.bundle.v0.3+json";

    /// <returns>Null: the key signed nothing of it.</returns>
    public static byte[]? Write(Envelope envelope, VerificationKey key)
    {
        // The bundle holds one signature: the one by this key.
        var message = Envelope.PreAuthenticationEncoding(envelope.Payload);
        if (envelope.Signatures.FirstOrDefault(signature => key.Verify(message, signature.Signature)) is not { } own) return null;
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, StrictJson.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("mediaType"u8, MediaType);
            json.WriteStartObject("verificationMaterial"u8);
            json.WriteStartObject("publicKey"u8);
            json.WriteString("hint"u8, key.KeyId.ToString());
            json.WriteEndObject();
            json.WriteStartArray("tlogEntries"u8); // no public log knows of it
            json.WriteEndArray();
            json.WriteEndObject();
            json.WritePropertyName("dsseEnvelope"u8);
            json.WriteRawValue(new Envelope(envelope.Payload, [own]).ToBytes());
            json.WriteEndObject();
        }

        bytes.WriteByte((byte)'\n');
        return bytes.ToArray();
    }
}
