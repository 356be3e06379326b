using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Sealtail.Format;

/// <summary>The object name of a chunk (docs/format.md, "Objects and names"), relative to the bucket's prefix: a Hive-style partition path.</summary>
internal sealed record ChunkName(StreamName Stream, DateTime Time, Digest Sha256)
{
    public const string Root = "v1/chunks/";
    private const string Extension = ".ndjson.gz";

    /// <summary>The UTC second that dates the name: the first record's <c>stageTimestamp</c> if it is a plain one in 2000–2199, else the seal time.</summary>
    public static DateTime Date(string? firstTimestamp, DateTimeOffset sealedAt) =>
        Timestamp.TryParse(firstTimestamp, out var time) && time.Year is >= 2000 and <= 2199 ? ToSecond(time) : ToSecond(sealedAt);

    public static string Prefix(StreamName stream) => $"{Root}cluster={stream.Cluster}/node={stream.Node}/source={stream.Source}/";

    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out ChunkName? name)
    {
        name = null;
        if (text is null || !text.StartsWith(Root, StringComparison.Ordinal) || !text.EndsWith(Extension, StringComparison.Ordinal)) return false;
        if (text[Root.Length..^Extension.Length].Split('/') is not [var cluster, var node, var source, var date, var file]) return false;
        if (!StreamName.TryParse($"{Value(cluster, "cluster=")}/{Value(node, "node=")}/{Value(source, "source=")}", out var stream)) return false;
        if (file.Length != 6 + 1 + (2 * Digest.Size) || file[6] != '-' || !Digest.TryParse(file[7..], out var sha256)) return false;
        if (!DateTime.TryParseExact($"{Value(date, "date=")} {file[..6]}", "yyyy-MM-dd HHmmss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
            return false;

        name = new ChunkName(stream, time, sha256);
        return name.ToString() == text;
    }

    /// <summary>Takes <c>cluster=…/node=…/source=…</c>, the folder of a stream's chunks, for the stream's name.</summary>
    public static bool TryParseFolder(string folder, out string stream)
    {
        stream = folder.Split('/') is [var cluster, var node, var source] ? $"{Value(cluster, "cluster=")}/{Value(node, "node=")}/{Value(source, "source=")}" : "";
        return stream.Length > 0;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Prefix(Stream)}date={Time:yyyy-MM-dd}/{Time:HHmmss}-{Sha256}{Extension}");

    private static string Value(string part, string key) => part.StartsWith(key, StringComparison.Ordinal) ? part[key.Length..] : "";

    private static DateTime ToSecond(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerSecond), DateTimeKind.Utc);
}
