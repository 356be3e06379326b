using Sealtail.Format;

namespace Sealtail.Hosting;

/// <summary>What one run has sealed into the spool, and what it declared lost: for metrics and status. Written by the loops, read from any thread.</summary>
internal sealed class IngestCounters(SourceRange? position)
{
    private readonly long[] gaps = new long[Enum.GetValues<GapCause>().Length];
    private long chunks;
    private long records;
    private long bytes;
    private volatile SourceRange? position = position;

    public long Chunks => Interlocked.Read(ref chunks);

    public long Records => Interlocked.Read(ref records);

    /// <summary>Plain bytes.</summary>
    public long Bytes => Interlocked.Read(ref bytes);

    /// <summary>The last range sealed, up to which bytes are safe; null before the first of all runs.</summary>
    public SourceRange? Position => position;

    public long Gaps(GapCause cause) => Interlocked.Read(ref gaps[(int)cause]);

    public void AddSealed(EntryFacts facts)
    {
        if (facts.Content is { } content)
        {
            Interlocked.Increment(ref chunks);
            Interlocked.Add(ref records, content.Records);
            Interlocked.Add(ref bytes, content.Bytes);
        }

        if (facts.Sources is [.., var last]) position = last;
        AddGaps(facts);
    }

    public void AddGaps(EntryFacts facts)
    {
        foreach (var gap in facts.Gaps) Interlocked.Increment(ref gaps[(int)gap.Cause]);
    }
}
