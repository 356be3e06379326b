using System.Security.Cryptography;
using System.Text;
using Sealtail.Format;
using Sealtail.Verifying;
using static Sealtail.Tampering.TamperCatalogue;

namespace Sealtail.Tampering;

/// <summary>Envelopes and payloads that a lax reader takes for what they are not. A refused envelope is no manifest: the place is empty.</summary>
internal static class EnvelopeCases
{
    public static IReadOnlyList<TamperCase> All { get; } =
    [
        Signed("signature-p1363", "signs with r ‖ s in place of DER", (draft, _) => new Envelope(draft.Payload, [new EnvelopeSignature("", Signatures.P1363(draft.Payload, draft.Key))]).ToBytes()),
        Signed("signature-over-payload", "signs the payload without DSSE's framing", (draft, envelope) => Signatures.With(envelope, _ => draft.Key.SignData(draft.Payload, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence))),
        Signed("signature-empty", "leaves the signature empty", (_, envelope) => Signatures.With(envelope, _ => [])),
        Signed("signature-trailing", "appends a byte to the signature", (_, envelope) => Signatures.With(envelope, der => [.. der, 0])),
        Signed("signatures-none", "leaves out every signature", (draft, _) => new Envelope(draft.Payload, []).ToBytes()),
        Signed("signatures-many", "puts nine signatures into an envelope", (draft, _) => new Envelope(draft.Payload, [.. Enumerable.Range(0, 9).Select(_ => new EnvelopeSignature("", [1]))]).ToBytes()),
        Text("payload-type", "changes the payload's type", text => text.Replace("in-toto+json", "in-toto+yaml", StringComparison.Ordinal)),
        Text("base64-spaces", "breaks the payload's base64 by an escaped line feed", text => text.Insert(text.IndexOf("\"payload\":\"", StringComparison.Ordinal) + 15, "\\n")),
        Text("base64-url", "writes the signature in the URL alphabet, without padding", UrlSafe),
        Text("base64-tail", "sets unused bits in the signature's base64", LooseTail),
        Text("envelope-duplicate-key", "gives the payload twice", text => text.Insert(1, "\"payload\":\"e30=\",")),
        Text("envelope-duplicate-escaped", "gives the payload twice, once with an escaped name", text => text.Insert(1, "\"p\\u0061yload\":\"e30=\",")),
        Text("envelope-newline", "ends the envelope with a line feed", text => text + "\n"),
        Text("envelope-trailing", "appends a second document to the envelope", text => text + "{}"),
        Text("envelope-bom", "begins the envelope with a byte order mark", text => "\uFEFF" + text),
        Text("envelope-comment", "puts a comment into the envelope", text => text.Insert(1, "/*ok*/")),
        Text("envelope-large", "pads the envelope beyond 256 KiB", text => text.Insert(1, $"\"x\":\"{new string('x', Envelope.MaxBytes)}\",")),
        Unreadable("payload-duplicate-key", "signs a payload that gives its sequence twice", text => text.Replace("\"sequence\":2,", "\"sequence\":2,\"sequence\":2,", StringComparison.Ordinal)),
        Unreadable("payload-duplicate-escaped", "signs a payload that gives its kind twice, once with an escaped name", text => text.Replace("\"kind\":", "\"k\\u0069nd\":\"stop\",\"kind\":", StringComparison.Ordinal)),
        Payload("payload-float", "signs a number with a point", text => text.Replace("\"records\":1,", "\"records\":1.0,", StringComparison.Ordinal)),
        Payload("payload-exponent", "signs a number with an exponent", text => text.Replace("\"records\":1,", "\"records\":1e0,", StringComparison.Ordinal)),
        Payload("payload-negative", "signs a negative number", text => text.Replace("\"malformed\":0", "\"malformed\":-0", StringComparison.Ordinal)),
        Payload("payload-beyond-2-53", "signs a number beyond 2^53", text => text.Replace("\"malformed\":0", "\"malformed\":9007199254740993", StringComparison.Ordinal)),
        Payload("payload-time-offset", "signs a time with an offset", text => ReplaceFirst(text, "Z\"", "+00:00\"")),
        Payload("payload-null-array", "signs null for a list", text => text.Replace("\"gaps\":[]", "\"gaps\":null", StringComparison.Ordinal)),
        Payload("payload-no-array", "signs a payload without a list", text => text.Replace("\"gaps\":[],", "", StringComparison.Ordinal)),
        Payload("payload-uppercase-hash", "signs a hash in upper case", text => ReplaceFirst(text, "\"merkleRoot\":\"", "\"merkleRoot\":\"ABCDEF", drop: 6)),
        Payload("payload-unknown-kind", "signs a kind that does not exist", text => text.Replace("\"kind\":\"chunk\"", "\"kind\":\"chunks\"", StringComparison.Ordinal)),
        Payload("payload-other-version", "signs a statement of another version", text => text.Replace("/manifest/v1", "/manifest/v2", StringComparison.Ordinal)),
        Unreadable("payload-deep", "signs a payload nested 100 deep", text => text.Insert(text.LastIndexOf("}}", StringComparison.Ordinal), ",\"x\":" + new string('[', 100) + new string(']', 100))),
    ];

    private static TamperCase Signed(string id, string does, Func<ChainBuilderDraft, byte[], byte[]> change) =>
        Signer(id, does, FindingKind.ManifestMissing, world => world.A[1, 2].ChangeEnvelope = envelope => change(world.A[1, 2], envelope));

    private static TamperCase Text(string id, string does, Func<string, string> change) =>
        Signed(id, does, (_, envelope) => Encoding.UTF8.GetBytes(change(Encoding.UTF8.GetString(envelope))));

    private static TamperCase Payload(string id, string does, Func<string, string> change) =>
        Signer(id, does, FindingKind.ManifestMalformed, world => world.A[1, 2].ChangePayload = payload => Encoding.UTF8.GetBytes(change(Encoding.UTF8.GetString(payload))));

    // What is not even strict JSON does not say for which place it was signed.
    private static TamperCase Unreadable(string id, string does, Func<string, string> change) => Payload(id, does, change) with { Finding = FindingKind.ManifestMissing };

    private static string ReplaceFirst(string text, string old, string changed, int drop = 0)
    {
        var at = text.IndexOf(old, StringComparison.Ordinal);
        return text[..at] + changed + text[(at + old.Length + drop)..];
    }

    private static (int At, string Sig) SignatureIn(string text)
    {
        var at = text.IndexOf("\"sig\":\"", StringComparison.Ordinal) + 7;
        return (at, text[at..text.IndexOf('"', at)]);
    }

    private static string UrlSafe(string text)
    {
        // A signature that has neither + nor / nor padding gets one padding sign too many.
        var (_, sig) = SignatureIn(text);
        var changed = sig.Replace('+', '-').Replace('/', '_').TrimEnd('=');
        return text.Replace(sig, changed == sig ? sig + "=" : changed, StringComparison.Ordinal);
    }

    private static string LooseTail(string text)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        var (_, sig) = SignatureIn(text);
        var last = sig.TrimEnd('=').Length - 1;
        // Without padding there are no unused bits: then one padding sign too many.
        var changed = last == sig.Length - 1 ? sig + "=" : sig[..last] + Alphabet[Alphabet.IndexOf(sig[last]) | 1] + sig[(last + 1)..];
        return text.Replace(sig, changed, StringComparison.Ordinal);
    }
}
