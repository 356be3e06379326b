using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Sealtail.Format;

/// <summary>The object name of a chunk (docs/format.md, "Objects and names"), relative to the bucket's prefix: a Hive-style partition path.</summary>
internal sealed record ChunkName(StreamName Stream, DateTime Time, Digest Sha256)
{
    public const string Root = "v1/chunks/";
    private const string Extension = ".ndjson.gz";

    [ThreadStatic]
    private static (string Folder, StreamName Stream)? last;

    /// <summary>The UTC second that dates the name: the first record's <c>stageTimestamp</c> if it is a plain one in 2000–2199, else the seal time.</summary>
    public static DateTime Date(string? firstTimestamp, DateTimeOffset sealedAt) =>
        Timestamp.TryParse(firstTimestamp, out var time) && time.Year is >= 2000 and <= 2199 ? ToSecond(time) : ToSecond(sealedAt);

    public static string Prefix(StreamName stream) => $"{Root}cluster={stream.Cluster}/node={stream.Node}/source={stream.Source}/";

    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out ChunkName? name)
    {
        name = null;
        if (text is null || !text.StartsWith(Root, StringComparison.Ordinal) || !text.EndsWith(Extension, StringComparison.Ordinal)) return false;
        var path = text.AsSpan(Root.Length..^Extension.Length);
        if (path.LastIndexOf('/') is not (>= 0 and var fileAt) || path[..fileAt].LastIndexOf('/') is not (>= 0 and var dateAt)) return false;
        var date = path[(dateAt + 1)..fileAt];
        var file = path[(fileAt + 1)..];
        if (file.Length != 6 + 1 + (2 * Digest.Size) || file[6] != '-' || !Digest.TryParse(file[7..], out var sha256)) return false;
        if (StreamIn(path[..dateAt]) is not { } stream || TimeOf(date, file[..6]) is not { } time) return false;
        name = new ChunkName(stream, time, sha256);
        return true;
    }

    /// <summary>Takes <c>cluster=…/node=…/source=…</c>, the folder of a stream's chunks, for the stream's name.</summary>
    public static bool TryParseFolder(string folder, out string stream)
    {
        stream = folder.Split('/') is [var cluster, var node, var source] ? $"{Value(cluster, "cluster=")}/{Value(node, "node=")}/{Value(source, "source=")}" : "";
        return stream.Length > 0;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Prefix(Stream)}date={Time:yyyy-MM-dd}/{Time:HHmmss}-{Sha256}{Extension}");

    // Names of one stream come by the thousand.
    private static StreamName? StreamIn(ReadOnlySpan<char> folder)
    {
        if (last is { } known && folder.SequenceEqual(known.Folder)) return known.Stream;
        var text = folder.ToString();
        if (!TryParseFolder(text, out var name) || !StreamName.TryParse(name, out var stream)) return null;
        last = (text, stream);
        return stream;
    }

    // date=yyyy-MM-dd and HHmmss; null: there is no such second.
    private static DateTime? TimeOf(ReadOnlySpan<char> date, ReadOnlySpan<char> second)
    {
        if (date.Length != 15 || !date.StartsWith("date=") || date[9] != '-' || date[12] != '-') return null;
        if (!TryNumber(date[5..9], out var year) || !TryNumber(date[10..12], out var month) || !TryNumber(date[13..], out var day)) return null;
        if (!TryNumber(second[..2], out var hour) || !TryNumber(second[2..4], out var minute) || !TryNumber(second[4..], out var seconds)) return null;
        var isReal = year >= 1 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month) && hour < 24 && minute < 60 && seconds < 60;
        return isReal ? new DateTime(year, month, day, hour, minute, seconds, DateTimeKind.Utc) : null;
    }

    private static bool TryNumber(ReadOnlySpan<char> digits, out int value)
    {
        value = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit(digit)) return false;
            value = (value * 10) + digit - '0';
        }

        return true;
    }

    private static string Value(string part, string key) => part.StartsWith(key, StringComparison.Ordinal) ? part[key.Length..] : "";

    private static DateTime ToSecond(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerSecond), DateTimeKind.Utc);
}
