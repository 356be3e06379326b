using Sealtail.Buckets;
using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>What listing shows of one stream, in whatever order: names only. Grows with epochs and days, not with manifests and chunks.</summary>
internal sealed class StreamIndex(StreamName stream)
{
    private readonly SortedDictionary<long, EpochIndex> epochs = [];

    public StreamName Stream => stream;

    /// <summary>In order of their numbers.</summary>
    public IReadOnlyCollection<EpochIndex> Epochs => epochs.Values;

    /// <summary>The first epoch of which not all manifests could be listed: from there on nothing can be said, not even that something is missing. Null: all were.</summary>
    public long? UnlistedFrom { get; private set; }

    /// <summary>The days that have chunks, by name, with how many.</summary>
    public SortedDictionary<DateOnly, long> ChunkDays { get; } = [];

    /// <summary>Whether <see cref="ChunkDays"/> has all days. If not, a chunk of another day may be there.</summary>
    public bool KnowsAllDays { get; private set; } = true;

    public long Chunks { get; private set; }

    public long Manifests { get; private set; }

    public long Checkpoints { get; set; }

    /// <summary>Where the first epoch that is not to be walked begins, among the names of manifests; null: all are.</summary>
    public string? End => UnlistedFrom is { } epoch ? ManifestName.Prefix(stream, epoch) : null;

    public void Add(ManifestName name, StoredObject stored)
    {
        Manifests++;
        if (!epochs.TryGetValue(name.Epoch, out var epoch)) epochs.Add(name.Epoch, epoch = new EpochIndex(name.Epoch));
        if (name.Sequence == 0) epoch.Slot = stored;
        epoch.LastSequence = Math.Max(epoch.LastSequence, name.Sequence);
    }

    public void Add(ChunkName name)
    {
        Chunks++;
        var day = DateOnly.FromDateTime(name.Time);
        ChunkDays[day] = ChunkDays.GetValueOrDefault(day) + 1;
    }

    /// <summary>Takes note of names that could not be listed; whether that concerns the stream. To be called when all others were added.</summary>
    public bool Pass(string prefix)
    {
        if (Meets(prefix, ManifestName.Prefix(stream)))
        {
            UnlistedFrom = Math.Min(UnlistedFrom ?? long.MaxValue, FirstEpochOf(prefix));
            foreach (var epoch in epochs.Keys.Where(epoch => epoch >= UnlistedFrom).ToArray()) epochs.Remove(epoch);
            return true;
        }

        var hasChunks = Meets(prefix, ChunkName.Prefix(stream));
        KnowsAllDays &= !hasChunks;
        return hasChunks || Meets(prefix, CheckpointName.Prefix(stream));
    }

    private static bool Meets(string prefix, string folder) => prefix.StartsWith(folder, StringComparison.Ordinal) || folder.StartsWith(prefix, StringComparison.Ordinal);

    // The first that "…/e00000012/", or "…/e000001" for all that begin so, may mean.
    private long FirstEpochOf(string prefix)
    {
        var folder = ManifestName.Prefix(stream);
        var digits = prefix.Length > folder.Length ? prefix[folder.Length..].TrimEnd('/') : "";
        return digits.StartsWith('e') && ManifestName.TryParseDecimal(digits[1..].PadRight(8, '0'), out var epoch) ? epoch : 0;
    }
}

/// <summary>One epoch as listed: its slot, if there is an object in it, and the last sequence, whoever wrote it.</summary>
internal sealed class EpochIndex(long number)
{
    public long Number => number;

    public StoredObject? Slot { get; set; }

    public long LastSequence { get; set; }
}
