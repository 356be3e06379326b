using System.Numerics;

namespace Sealtail.FakeGcs.Storage;

/// <summary>Bytes in equal segments, so that a growing upload is never copied.</summary>
internal sealed class MemoryContent : BlobContent
{
    private const int SegmentSize = 256 * 1024;
    private const int SmallestSegment = 4 * 1024;

    private readonly List<byte[]> segments = [];
    private long length;

    public override void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var used = (int)(length % SegmentSize);
            var taken = Math.Min(bytes.Length, SegmentSize - used);
            bytes[..taken].CopyTo(Room(used, taken));
            bytes = bytes[taken..];
            length += taken;
        }
    }

    // Most objects of a test are tiny; room to grow for each would add up.
    public override void Seal()
    {
        var used = (int)(length % SegmentSize);
        if (used != 0)
            segments[^1] = segments[^1].AsSpan(0, used).ToArray();
    }

    public override int Read(long offset, Span<byte> destination)
    {
        var read = 0;
        while (read < destination.Length && offset + read < length)
        {
            var at = offset + read;
            var segment = segments[(int)(at / SegmentSize)].AsSpan();
            var within = (int)(at % SegmentSize);
            var end = (int)Math.Min(segment.Length, within + (length - at));
            var piece = segment[within..Math.Min(end, within + destination.Length - read)];
            piece.CopyTo(destination[read..]);
            read += piece.Length;
        }

        return read;
    }

    private Span<byte> Room(int used, int taken)
    {
        if (used == 0)
            segments.Add(new byte[SizeFor(taken)]);
        if (segments[^1] is var last && last.Length < used + taken)
        {
            Array.Resize(ref last, SizeFor(used + taken));
            segments[^1] = last;
        }

        return segments[^1].AsSpan(used);
    }

    // Only the first segment begins small: whatever outgrows it is a long upload.
    private int SizeFor(int wanted) =>
        length >= SegmentSize ? SegmentSize : Math.Min(SegmentSize, (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(wanted, SmallestSegment)));
}
