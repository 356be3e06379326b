using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Sealtail.Format;

/// <summary>A proof that an entry is in a checkpointed log, in the text form of c2sp.org/tlog-proof: index, path, and the checkpoint's note as it is.</summary>
internal sealed record TlogProof(long Index, IReadOnlyList<Digest> Path, byte[] Checkpoint)
{
    private const string Header = "c2sp.org/tlog-proof@v1";
    private const string IndexKey = "index ";
    private const string ExtraKey = "extra ";

    public byte[] ToBytes()
    {
        var text = new StringBuilder(Header).Append('\n').Append(IndexKey).Append(Index.ToString(CultureInfo.InvariantCulture)).Append('\n');
        foreach (var hash in Path) text.Append(Convert.ToBase64String(hash.ToArray())).Append('\n');
        return [.. Encoding.UTF8.GetBytes(text.Append('\n').ToString()), .. Checkpoint];
    }

    /// <summary>An extra line is passed over: nothing vouches for it.</summary>
    /// <exception cref="FormatException">The bytes are no such proof; the message says why.</exception>
    public static TlogProof Parse(byte[] bytes)
    {
        if (bytes.Length > SignedNote.MaxBytes + (64 << 10) || !Utf8.IsValid(bytes)) throw new FormatException("The log proof is too long, or no UTF-8.");
        var text = Encoding.UTF8.GetString(bytes);
        var split = text.IndexOf("\n\n", StringComparison.Ordinal);
        if (split < 0) throw new FormatException("The log proof has no empty line before its checkpoint.");
        var lines = text[..split].Split('\n').ToList();
        if (lines[0] != Header) throw new FormatException($"The log proof does not begin with {Header}.");
        if (lines.Count > 1 && lines[1].StartsWith(ExtraKey, StringComparison.Ordinal)) lines.RemoveAt(1);
        if (lines.Count < 2 || !lines[1].StartsWith(IndexKey, StringComparison.Ordinal) || !ManifestName.TryParseDecimal(lines[1].AsSpan(IndexKey.Length), out var index)
            || index.ToString(CultureInfo.InvariantCulture) != lines[1][IndexKey.Length..])
            throw new FormatException("The log proof has no index.");
        var path = lines.Skip(2).Select(line => CanonicalBase64.Decode(line) is { Length: Digest.Size } hash ? new Digest(hash) : throw new FormatException("A hash of the log proof is no SHA-256 in base64."));
        return new TlogProof(index, [.. path], Encoding.UTF8.GetBytes(text[(split + 2)..]));
    }
}
