using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Sealtail.Format;

/// <summary>One signature line of a note: the key's name, the first four bytes of its id as a big-endian number, and the signature itself.</summary>
internal sealed record NoteSignature(string Name, uint KeyHash, byte[] Signature);

/// <summary>
/// A signed note (c2sp.org/signed-note): text, an empty line, signature lines. Signatures are ECDSA with SHA-256 over the text, DER (type 0x02), whose key
/// hash is taken from the SHA-256 of the SubjectPublicKeyInfo: the first half word of what manifests call <c>keyid</c>.
/// </summary>
internal sealed record SignedNote(string Text, IReadOnlyList<NoteSignature> Signatures)
{
    /// <summary>A longer note is refused: it fits a hundred signatures, or sixteen post-quantum ones.</summary>
    public const int MaxBytes = 128 * 1024;

    private const byte EcdsaType = 0x02;
    private const string Dash = "\u2014 ";

    /// <summary>What a note calls the key.</summary>
    public static uint KeyHashOf(VerificationKey key) => BinaryPrimitives.ReadUInt32BigEndian(key.KeyId.ToArray());

    /// <summary>The key as tools for notes take it: <c>NAME+HASH+KEY</c>.</summary>
    public static string VerifierKey(string name, VerificationKey key) => $"{name}+{KeyHashOf(key):x8}+{Convert.ToBase64String([EcdsaType, .. key.Spki])}";

    public byte[] ToBytes()
    {
        var note = new StringBuilder(Text).Append('\n');
        foreach (var signature in Signatures)
        {
            var bytes = new byte[sizeof(uint) + signature.Signature.Length];
            BinaryPrimitives.WriteUInt32BigEndian(bytes, signature.KeyHash);
            signature.Signature.CopyTo(bytes, sizeof(uint));
            note.Append(Dash).Append(signature.Name).Append(' ').Append(Convert.ToBase64String(bytes)).Append('\n');
        }

        return Encoding.UTF8.GetBytes(note.ToString());
    }

    /// <exception cref="FormatException">The bytes are no note; the message says why.</exception>
    public static SignedNote Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxBytes) throw new FormatException($"The note has {bytes.Length} bytes; at most {MaxBytes} are allowed.");
        if (!Utf8.IsValid(bytes)) throw new FormatException("The note is not valid UTF-8.");
        var note = Encoding.UTF8.GetString(bytes);
        if (note.Any(c => c < ' ' && c != '\n')) throw new FormatException("The note has a control character.");
        var split = note.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (split < 0 || !note.EndsWith('\n') || split + 2 == note.Length) throw new FormatException("The note has no signature lines after an empty line.");
        return new SignedNote(note[..(split + 1)], [.. note[(split + 2)..^1].Split('\n').Select(ParseLine)]);
    }

    /// <summary>Whether <paramref name="key"/>, under that name, signed the text. A signature that claims to be its and is not spoils the note.</summary>
    public bool IsSignedBy(VerificationKey key, string name)
    {
        var own = Signatures.Where(signature => signature.Name == name && signature.KeyHash == KeyHashOf(key)).ToList();
        var text = Encoding.UTF8.GetBytes(Text);
        return own.Count > 0 && own.All(signature => key.Verify(text, signature.Signature));
    }

    private static NoteSignature ParseLine(string line)
    {
        if (!line.StartsWith(Dash, StringComparison.Ordinal) || line[Dash.Length..].Split(' ') is not [{ Length: > 0 } name, var base64] || name.Any(c => c == '+' || char.IsWhiteSpace(c)))
            throw new FormatException("A signature line of the note is not: dash, name, base64.");
        return CanonicalBase64.Decode(base64) is { Length: > sizeof(uint) } bytes
            ? new NoteSignature(name, BinaryPrimitives.ReadUInt32BigEndian(bytes), bytes[sizeof(uint)..])
            : throw new FormatException("A signature of the note is no canonical base64 of a key hash and a signature.");
    }
}
