using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>Whether a chunk's source ranges part its content between records: what has no LF ends the chunk (docs/format.md, "Chunk").</summary>
internal sealed class RangeBorders
{
    private readonly List<long> borders = []; // offsets among the plain bytes
    private int next;

    public RangeBorders(IReadOnlyList<SourceRange> ranges, long bytes)
    {
        long offset = 0;
        foreach (var range in ranges)
        {
            offset += range.To - range.From;
            if (offset >= bytes) break; // the end, or a sum that is told elsewhere
            if (offset > 0) borders.Add(offset);
        }
    }

    /// <summary>The first border within a record; null if there is none.</summary>
    public long? Torn { get; private set; }

    /// <summary>Takes the next plain bytes, which begin at <paramref name="at"/>.</summary>
    public void Take(ReadOnlySpan<byte> plain, long at)
    {
        for (; next < borders.Count && borders[next] <= at + plain.Length; next++)
            if (plain[(int)(borders[next] - 1 - at)] != (byte)'\n')
                Torn ??= borders[next];
    }
}
