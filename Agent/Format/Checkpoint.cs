using System.Globalization;

namespace Sealtail.Format;

/// <summary>
/// The text of a checkpoint (c2sp.org/tlog-checkpoint): the tree head over an epoch's manifests from sequence 0 on, a leaf being a manifest's payload as in
/// <see cref="LogState"/>. The log that it speaks of is the epoch: <see cref="Origin"/>.
/// </summary>
internal sealed record Checkpoint(StreamName Stream, long Epoch, long Size, Digest Root)
{
    private const string OriginHost = "sealtail.dev/";

    /// <summary>The log's identity, and the name of the key in the signature lines.</summary>
    public string Origin => string.Create(CultureInfo.InvariantCulture, $"{OriginHost}{Stream}/e{Epoch:D8}");

    /// <summary>What is signed.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{Origin}\n{Size}\n{Convert.ToBase64String(Root.ToArray())}\n");

    /// <summary>Extension lines are ignored, as the standard says.</summary>
    /// <exception cref="FormatException">The text is no checkpoint of an epoch; the message says why.</exception>
    public static Checkpoint Parse(string text)
    {
        if (!text.EndsWith('\n') || text[..^1].Split('\n') is not [var origin, var sizeText, var rootText, .. var extensions]) throw new FormatException("The checkpoint has fewer than three lines.");
        if (extensions.Contains("")) throw new FormatException("The checkpoint has an empty line.");
        if (!origin.StartsWith(OriginHost, StringComparison.Ordinal)
            || origin[OriginHost.Length..].Split('/') is not [var cluster, var node, var source, ['e', .. { Length: 8 } digits]]
            || !StreamName.TryParse($"{cluster}/{node}/{source}", out var stream)
            || !ManifestName.TryParseDecimal(digits, out var epoch) || epoch == 0)
            throw new FormatException("The checkpoint's origin names no epoch of a stream.");
        if (!ManifestName.TryParseDecimal(sizeText, out var size) || size is 0 or > ManifestName.MaxSequence || sizeText[0] == '0')
            throw new FormatException("The checkpoint's size is no number of manifests.");
        return new Checkpoint(stream, epoch, size, new Digest(CanonicalBase64.Decode(rootText) is { Length: Digest.Size } root ? root : throw new FormatException("The checkpoint's root is no SHA-256.")));
    }
}
