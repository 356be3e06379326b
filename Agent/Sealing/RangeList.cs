using System.Text;
using Sealtail.Format;
using Sealtail.Tailing;

namespace Sealtail.Sealing;

/// <summary>The source ranges of the open chunk, in reading order.</summary>
internal sealed class RangeList
{
    private const int MaxRanges = 256; // docs/format.md, "Limits"
    private const int MaxTextBytes = 120_000; // what they may take of an envelope's 256 KiB, before base64
    private const int BytesBesidesPath = 320;

    private readonly List<(TailedFile File, long From, long To, bool Final)> ranges = [];
    private int textBytes;

    public int Count => ranges.Count;

    public bool IsFull => ranges.Count >= MaxRanges || textBytes >= MaxTextBytes;

    /// <summary>Whether the first range is the beginning of its file.</summary>
    public bool BeginsFile => ranges is [{ From: 0 }, ..];

    /// <summary>Whether more of <paramref name="file"/> extends the last range instead of starting another.</summary>
    public bool IsOpenFor(TailedFile file) => ranges is [.., { Final: false } last] && last.File == file;

    public void Extend(TailedFile file, long from, int bytes)
    {
        Open(file, from);
        ranges[^1] = ranges[^1] with { To = from + bytes };
    }

    public void Finish(TailedFile file, long at)
    {
        Open(file, at);
        ranges[^1] = ranges[^1] with { Final = true };
    }

    /// <summary>The ranges with the fingerprints as they are now; the list stays.</summary>
    public SourceRange[] Describe() =>
    [
        .. ranges.Select(range => new SourceRange
        {
            File = range.File.Number,
            Continues = range.File.Continues,
            Path = range.File.Path,
            Device = range.File.Device,
            Inode = range.File.Inode,
            Fingerprint = range.File.TakeFingerprint(),
            From = range.From,
            To = range.To,
            Final = range.Final,
        }),
    ];

    public void Clear()
    {
        ranges.Clear();
        textBytes = 0;
    }

    private void Open(TailedFile file, long at)
    {
        if (IsOpenFor(file)) return;
        ranges.Add((file, at, at, false));
        textBytes += BytesBesidesPath + (2 * Encoding.UTF8.GetByteCount(file.Path)); // twice: quotes and backslashes are escaped
    }
}
