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
    private byte[]? head;

    /// <summary>The branch that read it.</summary>
    public int Segment => segment;

    /// <summary>The file's first number in its lineage.</summary>
    public long Root => root;

    /// <summary>Counts the tracks of a stream in the order in which they begin.</summary>
    public int Order => order;

    /// <summary>Unbroken bytes, over epochs.</summary>
    public IReadOnlyList<Run> Runs => runs;

    /// <summary>Unbroken bytes of one epoch each.</summary>
    public IReadOnlyList<Run> Parts => parts;

    public IReadOnlyList<Fingerprint> Fingerprints => fingerprints;

    /// <summary>The reading that began the file: branches went on with that very file where they parted.</summary>
    public FileTrack Origin => BeganBefore && ancestor is not null ? ancestor.Origin : this;

    /// <summary>The file's first bytes, up to 1 KiB, as far as the chunks that hold them are proven. To be asked when all are judged.</summary>
    public byte[] Head()
    {
        if (head is not null) return head;
        var bytes = new List<byte>();
        foreach (var part in Beginning().OrderBy(part => part.From))
            if (part.From <= bytes.Count && part.From + part.Bytes.Length > bytes.Count)
                bytes.AddRange(part.Bytes[(int)(bytes.Count - part.From)..]);
        return head = [.. bytes];
    }

    public void AddHead(long from, byte[] bytes) => heads.Add((from, bytes));

    public long End => runs is [.., var last] ? last.To : 0;

    /// <summary>It was sealed while the file was shorter than a whole fingerprint.</summary>
    public bool WasShort => fingerprints.Exists(item => item.Bytes < Fingerprint.MaxBytes);

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

    /// <summary>
    /// Whether both are one file: by the chain, or because it began with the same bytes at some time when either was sealed. What came later may differ:
    /// then the file's two readings parted.
    /// </summary>
    public bool IsLike(FileTrack other) =>
        Origin == other.Origin || fingerprints.Exists(other.fingerprints.Contains) || BeganAs(other.Head()) || other.BeganAs(Head());

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

    // A branch that went on with a file has its beginning from the branch that it parted from, as far as it did not read it itself.
    private IEnumerable<(long From, byte[] Bytes)> Beginning() => !BeganBefore || ancestor is null ? heads : heads.Concat(
        from part in ancestor.Beginning()
        where part.From < runs[0].From
        select (part.From, part.Bytes[..(int)Math.Min(part.Bytes.Length, runs[0].From - part.From)]));

    private bool BeganAs(byte[] other) => fingerprints.Exists(item => item.Bytes > 0 && item.Bytes <= other.Length && IsOf(item, other.AsSpan(0, item.Bytes)));

    // Where this file's own bytes are known, comparing is cheaper than hashing.
    private bool IsOf(Fingerprint fingerprint, ReadOnlySpan<byte> bytes) =>
        Head().Length >= bytes.Length ? bytes.SequenceEqual(Head().AsSpan(0, bytes.Length)) : Digest.Of(bytes) == fingerprint.Sha256;

    private bool BeganBefore => runs is [{ From: > 0 }, ..];
}

/// <summary>Bytes <c>[From, To)</c> without a hole, and the manifests that bound the first of them and, within the same epoch, the last.</summary>
internal readonly record struct Run(long From, long To, long Epoch, long FirstSequence, long LastSequence);
