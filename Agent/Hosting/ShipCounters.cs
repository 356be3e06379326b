using Sealtail.Format;

namespace Sealtail.Hosting;

/// <summary>What one run has brought into the bucket: for progress, the summary and metrics. Written by the ship loop, read from any thread.</summary>
internal sealed class ShipCounters
{
    private long chunks;
    private long records;
    private long bytes;
    private long objectBytes;
    private long gaps;
    private readonly long[] manifests = new long[Enum.GetValues<ManifestKind>().Length];
    private long epoch;

    public long Chunks => Interlocked.Read(ref chunks);

    public long Records => Interlocked.Read(ref records);

    /// <summary>Plain bytes.</summary>
    public long Bytes => Interlocked.Read(ref bytes);

    /// <summary>Compressed bytes.</summary>
    public long ObjectBytes => Interlocked.Read(ref objectBytes);

    public long Gaps => Interlocked.Read(ref gaps);

    public long Manifests => manifests.Sum();

    public long ManifestsOf(ManifestKind kind) => Interlocked.Read(ref manifests[(int)kind]);

    /// <summary>The epoch that the run claimed; 0 while it has none.</summary>
    public long Epoch
    {
        get => Interlocked.Read(ref epoch);
        set => Interlocked.Exchange(ref epoch, value);
    }

    public void AddManifest(ManifestKind kind) => Interlocked.Increment(ref manifests[(int)kind]);

    public void AddEntry(EntryFacts facts)
    {
        if (facts.Content is { } content)
        {
            Interlocked.Increment(ref chunks);
            Interlocked.Add(ref records, content.Records);
            Interlocked.Add(ref bytes, content.Bytes);
            Interlocked.Add(ref objectBytes, facts.Object?.Bytes ?? 0);
        }

        Interlocked.Add(ref gaps, facts.Gaps.Count);
    }
}
