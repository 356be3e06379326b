using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Sealtail.Format;

/// <summary>The object name of a checkpoint, relative to the bucket's prefix: listing order is the order in which the epoch's log grew.</summary>
/// <param name="Stream">Whose manifests it covers.</param>
/// <param name="Epoch">Of these manifests.</param>
/// <param name="Size">How many of them, from sequence 0: at least 1.</param>
/// <param name="Sha256">Of the object's bytes.</param>
internal sealed record CheckpointName(StreamName Stream, long Epoch, long Size, Digest Sha256)
{
    public const string Root = "v1/checkpoints/";
    private const string Extension = ".checkpoint";

    public static string Prefix(StreamName stream) => $"{Root}{stream}/";

    public static string Prefix(StreamName stream, long epoch) => string.Create(CultureInfo.InvariantCulture, $"{Root}{stream}/e{epoch:D8}/");

    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out CheckpointName? name)
    {
        name = null;
        if (text is null || !text.StartsWith(Root, StringComparison.Ordinal) || !text.EndsWith(Extension, StringComparison.Ordinal)) return false;
        if (text[Root.Length..^Extension.Length].Split('/') is not [var cluster, var node, var source, var epochPart, var file]) return false;
        if (!StreamName.TryParse($"{cluster}/{node}/{source}", out var stream)) return false;
        if (epochPart.Length != 9 || epochPart[0] != 'e' || !ManifestName.TryParseDecimal(epochPart.AsSpan(1), out var epoch) || epoch == 0) return false;
        if (file.Length != 12 + 1 + (2 * Digest.Size) || file[12] != '-' || !ManifestName.TryParseDecimal(file.AsSpan(0, 12), out var size) || size == 0) return false;
        if (!Digest.TryParse(file[13..], out var sha256)) return false;
        name = new CheckpointName(stream, epoch, size, sha256);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Prefix(Stream, Epoch)}{Size:D12}-{Sha256}{Extension}");
}
