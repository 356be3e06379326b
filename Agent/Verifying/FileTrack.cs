using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>What one branch shipped of one log file: ranges put together, so that memory grows with log files and not with manifests.</summary>
internal sealed class FileTrack(int segment, long root, int order, FileTrack? ancestor)
{
    private const int MaxFingerprints = 16; // a file has one for each length it was sealed at while shorter than 1 KiB

    private readonly List<Run> runs = [];
    private readonly List<Run> parts = []; // the same bytes, each within one epoch: between two epochs of a branch lie those of others
    private readonly List<Fingerprint> fingerprints = [];
    private readonly HashSet<long> numbers = [];
    private readonly List<(long From, byte[] Bytes)> heads = [];
    private readonly List<(long From, long To)> counted = [];
    private readonly List<(long From, long To)> outside = [];

    /// <summary>The branch that read it.</summary>
    public int Segment => segment;

    /// <summary>The file's first number in its lineage.</summary>
    public long Root => root;

    /// <summary>Counts the tracks of a stream in the order in which they begin.</summary>
    public int Order => order;

    /// <summary>The same number's file in the branch that this one parted from.</summary>
    public FileTrack? Ancestor => ancestor;

    /// <summary>Unbroken bytes, over epochs.</summary>
    public IReadOnlyList<Run> Runs => runs;

    /// <summary>Unbroken bytes of one epoch each.</summary>
    public IReadOnlyList<Run> Parts => parts;

    public IReadOnlyList<Fingerprint> Fingerprints => fingerprints;

    /// <summary>The file's first bytes, up to 1 KiB, as far as the chunks that hold them are proven.</summary>
    public byte[] Head()
    {
        // A branch that went on with a file has its beginning from the branch that it parted from.
        var known = heads.Concat(Origin.heads).OrderBy(part => part.From).ToArray();
        var head = new List<byte>();
        foreach (var (from, bytes) in known)
            if (from <= head.Count && from + bytes.Length > head.Count)
                head.AddRange(bytes[(int)(head.Count - from)..]);
        return [.. head];
    }

    public void AddHead(long from, byte[] bytes) => heads.Add((from, bytes));

    public long End => runs is [.., var last] ? last.To : 0;

    /// <summary>The file was never seen long enough to be told by its first 1 KiB.</summary>
    public bool IsShort => fingerprints.TrueForAll(item => item.Bytes < Fingerprint.MaxBytes);

    public bool Has(long at) => runs.Any(run => run.From <= at && at < run.To);

    /// <summary>Where the unbroken bytes end that hold that one, which <see cref="Has"/>.</summary>
    public long EndOfRunAt(long at) => runs.First(run => run.From <= at && at < run.To).To;

    public bool IsNumbered(long file) => numbers.Contains(file);

    public void Add(SourceRange range, long epoch, long sequence)
    {
        numbers.Add(range.File);
        if (range.Fingerprint.Bytes > 0 && (fingerprints.Count < MaxFingerprints || range.Fingerprint.Bytes == Fingerprint.MaxBytes) && !fingerprints.Contains(range.Fingerprint)) fingerprints.Add(range.Fingerprint);
        if (range.From == range.To) return;
        var added = new Run(range.From, range.To, epoch, sequence, sequence);
        if (parts is [.., var part] && part.To == range.From && part.Epoch == epoch) parts[^1] = part with { To = range.To, LastSequence = sequence };
        else parts.Add(added);
        if (runs is [.., var last] && last.To == range.From) runs[^1] = last with { To = range.To };
        else runs.Add(added);
    }

    /// <summary>The part that holds the byte, which <see cref="Has"/>.</summary>
    public Run PartAt(long at) => parts.First(part => part.From <= at && at < part.To);

    /// <summary>Whether both began with the same bytes, over the shorter of the two lengths that are known; false if nothing says so.</summary>
    public bool IsLike(FileTrack other)
    {
        var common = fingerprints.Join(other.fingerprints, mine => mine.Bytes, theirs => theirs.Bytes, (mine, theirs) => mine == theirs).ToArray();
        if (common.Length > 0) return common.All(isEqual => isEqual);
        if (fingerprints.Count == 0 || other.fingerprints.Count == 0) return false;
        if (Origin == other.Origin) return true;
        var (shorter, longer) = fingerprints.Max(item => item.Bytes) < other.fingerprints.Max(item => item.Bytes) ? (this, other) : (other, this);
        var head = longer.Head();
        var known = shorter.fingerprints.Where(item => item.Bytes <= head.Length).ToArray();
        return known.Length > 0 && known.MaxBy(item => item.Bytes) is var length && Digest.Of(head.AsSpan(0, length.Bytes)) == length.Sha256;
    }

    /// <summary>These bytes are known to repeat an earlier branch's.</summary>
    public void Count(long from, long to) => counted.Add((from, to));

    /// <summary>These bytes lie outside the requested interval and count for nothing.</summary>
    public void Leave(long from, long to)
    {
        if (outside is [.., var last] && last.To == from) outside[^1] = (last.From, to);
        else outside.Add((from, to));
    }

    public bool IsOutside(long at) => outside.Any(range => range.From <= at && at < range.To);

    public bool IsCounted(long at) => counted.Any(range => range.From <= at && at < range.To);

    /// <summary>The range in parts, each of them wholly counted or wholly not, and wholly inside the requested interval or not.</summary>
    public IEnumerable<(long From, long To)> Split(long from, long to)
    {
        foreach (var end in counted.Concat(outside).SelectMany(range => new[] { range.From, range.To }).Where(at => at > from && at < to).Distinct().Order().Append(to).ToArray())
        {
            yield return (from, end);
            from = end;
        }
    }

    private bool BeganBefore => runs is [{ From: > 0 }, ..];

    // A branch went on with that very file where it parted, and perhaps another one too.
    private FileTrack Origin => BeganBefore && ancestor is not null ? ancestor.Origin : this;
}

/// <summary>Bytes <c>[From, To)</c> without a hole, and the manifests that bound the first of them and, within the same epoch, the last.</summary>
internal readonly record struct Run(long From, long To, long Epoch, long FirstSequence, long LastSequence);
