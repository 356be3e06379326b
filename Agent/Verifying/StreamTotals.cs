namespace Sealtail.Verifying;

/// <summary>Counts of one stream while it is verified; chunks are counted by the threads that proved them.</summary>
internal sealed class StreamTotals
{
    private long records;
    private long bytes;

    public long Epochs { get; set; }

    public long Manifests { get; set; }

    public long Chunks { get; set; }

    public long Gaps { get; set; }

    public long Heartbeats { get; set; }

    public long Records => Interlocked.Read(ref records);

    public long Bytes => Interlocked.Read(ref bytes);

    public void AddContent(long addedRecords, long addedBytes)
    {
        Interlocked.Add(ref records, addedRecords);
        Interlocked.Add(ref bytes, addedBytes);
    }
}
