namespace Sealtail.FakeGcs.Storage;

/// <summary>Bytes in equal segments, so that a growing upload is never copied.</summary>
internal sealed class MemoryContent : BlobContent
{
    private const int SegmentSize = 256 * 1024;

    private readonly List<byte[]> segments = [];
    private long length;

    public override void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var used = (int)(length % SegmentSize);
            if (used == 0)
                segments.Add(new byte[SegmentSize]);

            var taken = Math.Min(bytes.Length, SegmentSize - used);
            bytes[..taken].CopyTo(segments[^1].AsSpan(used));
            bytes = bytes[taken..];
            length += taken;
        }
    }

    // Most objects of a test are tiny; a whole segment for each would add up.
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
}
