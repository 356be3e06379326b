using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Sealtail.Format;

/// <summary>
/// The object name of a manifest (docs/format.md, "Objects and names"), relative to the bucket's prefix. The epoch's start, sequence 0, is a slot:
/// its name has no hash, so that the store's create-if-absent decides who owns the epoch. All others name their bytes.
/// </summary>
internal sealed record ManifestName(StreamName Stream, long Epoch, long Sequence, Digest? Sha256)
{
    public const string Root = "v1/manifests/";
    public const long MaxEpoch = 99_999_999;
    public const long MaxSequence = 999_999_999_999;
    private const string Extension = ".dsse.json";

    public static ManifestName Slot(StreamName stream, long epoch) => new(stream, epoch, 0, null);

    public static string Prefix(StreamName stream) => $"{Root}{stream}/";

    public static string Prefix(StreamName stream, long epoch) => string.Create(CultureInfo.InvariantCulture, $"{Prefix(stream)}e{epoch:D8}/");

    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out ManifestName? name)
    {
        name = null;
        if (text is null || !text.StartsWith(Root, StringComparison.Ordinal) || !text.EndsWith(Extension, StringComparison.Ordinal)) return false;
        var path = text.AsSpan(Root.Length..^Extension.Length);
        if (path.LastIndexOf('/') is not (>= 0 and var fileAt) || path[..fileAt].LastIndexOf('/') is not (>= 0 and var epochAt)) return false;
        var epochPart = path[(epochAt + 1)..fileAt];
        var file = path[(fileAt + 1)..];
        if (epochPart.Length != 9 || epochPart[0] != 'e' || !TryParseDecimal(epochPart[1..], out var epoch) || epoch == 0) return false;
        if (!StreamName.TryParse(path[..epochAt], out var stream)) return false;
        if (file.Length < 12 || !TryParseDecimal(file[..12], out var sequence)) return false;

        if (file.Length == 12 && sequence == 0)
            name = Slot(stream, epoch);
        else if (sequence > 0 && file.Length == 12 + 1 + (2 * Digest.Size) && file[12] == '-' && Digest.TryParse(file[13..], out var sha256))
            name = new ManifestName(stream, epoch, sequence, sha256);
        return name is not null;
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Root}{Stream}/e{Epoch:D8}/{Sequence:D12}{(Sha256 is { } hash ? $"-{hash}" : "")}{Extension}");

    internal static bool TryParseDecimal(ReadOnlySpan<char> digits, out long value)
    {
        value = 0;
        return !digits.ContainsAnyExceptInRange('0', '9') // TryParse takes NULs at the end
            && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }
}
