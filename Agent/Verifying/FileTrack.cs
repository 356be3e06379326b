using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>What one branch shipped of one log file: ranges put together, so that memory grows with log files and not with manifests.</summary>
internal sealed class FileTrack(int segment, long root, int order)
{
    private const int MaxFingerprints = 16; // a file has one for each length it was sealed at while shorter than 1 KiB

    private readonly List<Run> runs = [];
    private readonly List<Fingerprint> fingerprints = [];
    private readonly HashSet<long> numbers = [];

    /// <summary>The branch that read it.</summary>
    public int Segment => segment;

    /// <summary>The file's first number in its lineage.</summary>
    public long Root => root;

    /// <summary>Counts the tracks of a stream in the order in which they begin.</summary>
    public int Order => order;

    public IReadOnlyList<Run> Runs => runs;

    public IReadOnlyList<Fingerprint> Fingerprints => fingerprints;

    /// <summary>The file's first bytes, once the chunk that holds them is proven; empty before.</summary>
    public byte[] Head { get; set; } = [];

    public long End => runs is [.., var last] ? last.To : 0;

    public bool IsNumbered(long file) => numbers.Contains(file);

    public void Add(SourceRange range, long epoch, long sequence)
    {
        numbers.Add(range.File);
        if (range.Fingerprint.Bytes > 0 && fingerprints.Count < MaxFingerprints && !fingerprints.Contains(range.Fingerprint)) fingerprints.Add(range.Fingerprint);
        if (range.From == range.To) return;
        if (runs is [.., var last] && last.To == range.From) runs[^1] = last with { To = range.To, LastEpoch = epoch, LastSequence = sequence };
        else runs.Add(new Run(range.From, range.To, epoch, sequence, epoch, sequence));
    }

    /// <summary>Whether both began with the same bytes, over the shorter of the two lengths that are known; false if nothing says so.</summary>
    public bool IsLike(FileTrack other)
    {
        var common = fingerprints.Join(other.fingerprints, mine => mine.Bytes, theirs => theirs.Bytes, (mine, theirs) => mine == theirs).ToArray();
        if (common.Length > 0) return common.All(isEqual => isEqual);
        if (fingerprints.Count == 0 || other.fingerprints.Count == 0) return false;
        var (shorter, longer) = fingerprints.Max(item => item.Bytes) < other.fingerprints.Max(item => item.Bytes) ? (this, other) : (other, this);
        var length = shorter.fingerprints.MaxBy(item => item.Bytes);
        return longer.Head.Length >= length.Bytes && Digest.Of(longer.Head.AsSpan(0, length.Bytes)) == length.Sha256;
    }
}

/// <summary>Bytes <c>[From, To)</c> without a hole, and the manifests that bound their first and last.</summary>
internal readonly record struct Run(long From, long To, long FirstEpoch, long FirstSequence, long LastEpoch, long LastSequence);
