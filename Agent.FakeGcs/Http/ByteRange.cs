using System.Globalization;

namespace Sealtail.FakeGcs.Http;

/// <summary>A single range of a Range header: <c>bytes=3-7</c>, <c>bytes=3-</c> or <c>bytes=-5</c>. Anything else is ignored, as HTTP allows.</summary>
internal readonly record struct ByteRange(long? First, long? Last)
{
    public static ByteRange? Parse(string? header)
    {
        if (header is null || !header.StartsWith("bytes=", StringComparison.Ordinal) || header[6..].Split('-') is not [var from, var to])
            return null;

        var first = Number(from);
        var last = Number(to);
        var valid = (from.Length == 0 || first is not null) && (to.Length == 0 || last is not null)
            && (first is not null || last is not null) && !(last < first);
        return valid ? new ByteRange(first, last) : null;
    }

    /// <summary>First and last byte within an object of this size, or null where none are left.</summary>
    public (long First, long Last)? Within(long size)
    {
        if (First is { } first)
            return first < size ? (first, Math.Min(Last ?? long.MaxValue, size - 1)) : null;

        return Last > 0 && size > 0 ? (Math.Max(0, size - Last.Value), size - 1) : null;
    }

    private static long? Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
