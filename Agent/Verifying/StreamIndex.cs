using Sealtail.Buckets;
using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>What listing shows of one stream: names only. Grows with epochs and days, not with manifests and chunks.</summary>
internal sealed class StreamIndex(StreamName stream)
{
    private readonly List<EpochIndex> epochs = [];

    public StreamName Stream => stream;

    /// <summary>In order of their numbers.</summary>
    public IReadOnlyList<EpochIndex> Epochs => epochs;

    /// <summary>The days that have chunks, by name, with how many.</summary>
    public SortedDictionary<DateOnly, long> ChunkDays { get; } = [];

    public long Chunks { get; private set; }

    public long Manifests { get; private set; }

    public long Checkpoints { get; set; }

    public void Add(ManifestName name, StoredObject stored)
    {
        Manifests++;
        if (epochs is not [.., var epoch] || epoch.Number != name.Epoch) epochs.Add(epoch = new EpochIndex(name.Epoch));
        if (name.Sequence == 0) epoch.Slot = stored;
        epoch.LastSequence = name.Sequence;
    }

    public void Add(ChunkName name)
    {
        Chunks++;
        var day = DateOnly.FromDateTime(name.Time);
        ChunkDays[day] = ChunkDays.GetValueOrDefault(day) + 1;
    }
}

/// <summary>One epoch as listed: its slot, if there is an object in it, and the last sequence, whoever wrote it.</summary>
internal sealed class EpochIndex(long number)
{
    public long Number => number;

    public StoredObject? Slot { get; set; }

    public long LastSequence { get; set; }
}
