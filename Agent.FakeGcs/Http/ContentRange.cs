using System.Globalization;
using Sealtail.FakeGcs.Protocol;

namespace Sealtail.FakeGcs.Http;

/// <summary>
/// A PUT's Content-Range: <c>bytes 0-262143/*</c>, <c>bytes 262144-300000/300001</c>, <c>bytes 0-*/300001</c> (to the body's end), or the questions
/// <c>bytes */*</c> and <c>bytes */300001</c>. Without the header the body is everything.
/// </summary>
internal readonly record struct ContentRange(long? First, long? Last, long? Total)
{
    public bool IsQuestion => First is null;

    /// <summary>Neither end is told: the body's end is the object's.</summary>
    public bool EndsWithBody => Last is null && Total is null;

    public static ContentRange Parse(string? header)
    {
        if (header is null)
            return new ContentRange(0, null, null);
        if (!header.StartsWith("bytes ", StringComparison.Ordinal) || header[6..].Split('/') is not [var range, var total])
            throw Invalid(header);
        if (range == "*")
            return new ContentRange(null, null, Number(total, header));

        return range.Split('-') is [var first, var last]
            ? new ContentRange(Number(first, header) ?? throw Invalid(header), Number(last, header), Number(total, header))
            : throw Invalid(header);
    }

    private static long? Number(string text, string header) => text == "*" ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw Invalid(header);

    private static GcsException Invalid(string header) => GcsErrors.Invalid($"Failed to parse Content-Range header: {header}");
}
