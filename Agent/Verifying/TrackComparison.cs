namespace Sealtail.Verifying;

/// <summary>How two branches' readings of one log file compare, where their offsets overlap, up to the first difference.</summary>
internal sealed class TrackComparison(FileTrack earlier, FileTrack later)
{
    private readonly List<(long From, long To)> equal = [];

    public FileTrack Earlier => earlier;

    public FileTrack Later => later;

    /// <summary>The stretches with the same records, in order.</summary>
    public IReadOnlyList<(long From, long To)> Equal => equal;

    /// <summary>How many bytes are equal.</summary>
    public long Length { get; private set; }

    /// <summary>Of these, what was counted twice so far.</summary>
    public long Bytes { get; private set; }

    public long Records { get; private set; }

    /// <summary>The first different byte; null if there is none.</summary>
    public long? DiffersAt { get; private set; }

    /// <summary>Takes the next stretch, all of it counted, or left out, or neither.</summary>
    public void Take(long from, long to, RangeComparison read)
    {
        if (read.EqualBytes < to - from) DiffersAt = from + read.EqualBytes;
        Length += read.EqualBytes;
        var same = DiffersAt is null ? read.EqualBytes : read.WholeRecordBytes; // of two records that differ both count, each as a whole
        if (same == 0) return;
        equal.Add((from, from + same));
        if (later.IsCounted(from) || later.IsOutside(from) || earlier.IsOutside(from)) return; // counts nowhere, or once already
        Bytes += same;
        // A last record without LF ended with the file, in both readings.
        var isTornEnd = DiffersAt is null && read.WholeRecordBytes < read.EqualBytes && later.End == to;
        Records += read.EqualRecords + (isTornEnd ? 1 : 0);
    }
}
