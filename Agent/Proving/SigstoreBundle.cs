using System.Text.Json;
using Sealtail.Format;

namespace Sealtail.Proving;

/// <summary>A manifest as a Sigstore bundle, version 0.3: the same envelope in the wrapping that Sigstore's clients read. The key is outside of it, named by a hint.</summary>
internal static class SigstoreBundle
{
    private const string MediaType = "application/vnd.dev.sigstore.bundle.v0.3+json";

    public static byte[] Write(Envelope envelope, VerificationKey key)
    {
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
            // The bundle holds one signature: the one by this key.
            var own = envelope.Signatures.First(signature => key.Verify(Envelope.PreAuthenticationEncoding(envelope.Payload), signature.Signature));
            json.WriteRawValue(new Envelope(envelope.Payload, [own]).ToBytes());
            json.WriteEndObject();
        }

        bytes.WriteByte((byte)'\n');
        return bytes.ToArray();
    }

    /// <summary>The envelope in a bundle.</summary>
    /// <exception cref="FormatException">The bytes are no bundle of an envelope; the message says why.</exception>
    public static Envelope Parse(byte[] bytes)
    {
        using var document = StrictJson.Parse(bytes, "bundle");
        var root = document.RootElement;
        if (root.Text("mediaType") != MediaType) throw StrictJson.Wrong("mediaType", $"is not {MediaType}");
        root.Object("verificationMaterial").Object("publicKey").Text("hint");
        return Envelope.Parse(System.Text.Encoding.UTF8.GetBytes(root.Object("dsseEnvelope").GetRawText()));
    }
}
