using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>
/// Whether the source ranges of linked manifests leave no byte out and take none twice (docs/format.md, "Source ranges"). Holds the reading position of one branch and where
/// each of its log files ended: memory grows with log files, not with manifests.
/// </summary>
internal sealed class Tiling
{
    private const int MaxPendingGaps = 4096;

    private readonly Dictionary<long, FileState> files = [];
    private readonly Dictionary<long, long> ends = []; // by root: one log file, under however many numbers
    private readonly HashSet<long> interrupted = [];   // roots left without `final` for a file that continues
    private readonly List<Gap> pending = [];           // declared, and perhaps explaining the next step
    private readonly bool isComplete;
    private bool isBegun; // something was bound
    private long current; // file number; any, also 0
    private long highest;

    /// <param name="isComplete">False where manifests before are gone: then files may be continued that were never seen.</param>
    public Tiling(bool isComplete) => this.isComplete = isComplete;

    private Tiling(Tiling other)
    {
        isComplete = other.isComplete;
        files = new(other.files);
        ends = new(other.ends);
        interrupted = [.. other.interrupted];
        pending = [.. other.pending];
        isBegun = other.isBegun;
        current = other.current;
        highest = other.highest;
        LastBytes = other.LastBytes;
    }

    /// <summary>Whether any position is known.</summary>
    public bool HasPosition => isBegun;

    /// <summary>The file number being read; 0 if none.</summary>
    public long File => current;

    /// <summary>The end of what was read of it.</summary>
    public long Position => isBegun ? ends[files[current].Root] : 0;

    /// <summary>The last log file that had bytes, by its first number, and where its bytes end; zeros if there was none.</summary>
    public (long Root, long End) LastBytes { get; private set; }

    public Tiling Clone() => new(this);

    /// <summary>The first number of the log file that is called <paramref name="file"/> now.</summary>
    public long RootOf(long file) => files.TryGetValue(file, out var state) ? state.Root : file;

    /// <summary>Takes the next manifest's ranges and gaps. What is wrong or worth a warning is told through <paramref name="step"/>.</summary>
    public void Take(Manifest manifest, TilingStep step)
    {
        var gaps = manifest.Entry.Gaps;
        var declared = pending.Concat(gaps).ToArray();
        var moved = false;
        if (manifest.Kind != ManifestKind.Chunk) CheckStated(manifest, step);
        foreach (var range in manifest.Entry.Sources)
        {
            moved |= range.File != current || range.To != Position;
            Take(range, declared, step);
        }

        if (moved) pending.Clear();
        pending.AddRange(gaps);
        if (pending.Count > MaxPendingGaps) pending.RemoveRange(0, pending.Count - MaxPendingGaps);
    }

    // A position stated in another kind is the chain's, moved past the manifest's own gaps.
    private void CheckStated(Manifest manifest, TilingStep step)
    {
        if (!isBegun) return;
        if (manifest.Entry.Sources.Count == 0)
        {
            step.Undeclared($"it states no position, though log file {current} was read to {Position}");
            return;
        }

        var expected = Position;
        foreach (var gap in manifest.Entry.Gaps)
            if (gap.File == current && gap.From <= expected && gap.To > expected)
                expected = gap.To.Value;
        if (manifest.Entry.Sources[0] is var stated && stated.File == current && stated.From >= Position && stated.From < expected)
            step.Undeclared($"it states position {stated.From} of log file {current}, where the chain is at {expected}");
    }

    private void Take(SourceRange range, Gap[] declared, TilingStep step)
    {
        if (!isBegun) Begin(range);
        else if (range.File == current) GoOn(range, declared, step);
        else if (range.Continues is { } earlier) Continue(range, earlier, declared, step);
        else BeginNext(range, declared, step);

        isBegun = true;
        current = range.File;
        highest = Math.Max(highest, current);
        var state = files[current];
        if (state.Continues != range.Continues) step.Undeclared($"log file {current} says differently which file it continues");
        ends[state.Root] = range.To;
        if (range.To > 0) LastBytes = (state.Root, range.To);
        files[current] = state with { IsFinal = state.IsFinal || range.Final, Beginning = Compare(state.Beginning, range, step) };
    }

    // A lineage's first range may have any number and offset.
    private void Begin(SourceRange range) => Add(range.File, range.Continues ?? range.File, range.Continues);

    private void GoOn(SourceRange range, Gap[] declared, TilingStep step)
    {
        if (files[current].IsFinal && range.From != range.To) step.Undeclared($"log file {current} goes on at {range.From} after its final range");
        else CheckStart(range, Position, declared, step);
    }

    private void Continue(SourceRange range, long earlier, Gap[] declared, TilingStep step)
    {
        if (!CheckNumber(range, step)) return;
        if (!files.TryGetValue(earlier, out var continued))
        {
            if (isComplete) step.Undeclared($"log file {range.File} continues file {earlier}, which the chain does not know");
            Add(range.File, earlier, earlier);
            return;
        }

        CheckSkipped(range, declared, step);
        var end = ends[continued.Root];
        if (range.From == end) step.LateWrite($"log file {range.File} goes on with file {earlier} at {end}");
        else if (range.From < end && IsRolledBack(continued.Root, range.From, end, declared)) step.RolledBack(continued.Root, range, end);
        else CheckStart(range, end, declared, step, continued.Root);

        interrupted.Remove(continued.Root);
        if (files[current] is { IsFinal: false } left && left.Root != continued.Root) interrupted.Add(left.Root);
        Add(range.File, continued.Root, earlier);
    }

    private void BeginNext(SourceRange range, Gap[] declared, TilingStep step)
    {
        if (!CheckNumber(range, step)) return;
        CheckSkipped(range, declared, step);
        foreach (var root in interrupted.Append(files[current].Root).Where(root => root != files[current].Root || !files[current].IsFinal))
            if (!declared.Any(gap => Names(gap, root) && (gap.File is null || gap.From <= ends[root]) && (gap.To is null || gap.To >= ends[root])))
                step.Undeclared($"log file {range.File} begins, though the one before was read to {ends[root]} and never ended");
        interrupted.Clear();
        CheckStart(range, 0, declared, step, range.File);
        Add(range.File, range.File, null);
    }

    private bool CheckNumber(SourceRange range, TilingStep step)
    {
        if (range.File > highest) return true;
        step.Undeclared($"log file number {range.File} comes after {highest}");
        if (!files.ContainsKey(range.File)) Add(range.File, range.File, range.Continues);
        return false;
    }

    // Numbers follow one another: a file that was lost whole has one too, and a gap that names it.
    private void CheckSkipped(SourceRange range, Gap[] declared, TilingStep step)
    {
        if (range.File == highest + 1 || declared.Any(gap => gap.File is null)) return;
        var named = declared.Select(gap => gap.File ?? 0).Where(file => file > highest && file < range.File).Distinct().LongCount();
        if (named != range.File - highest - 1) step.Undeclared($"log file {range.File} follows {highest}: the numbers between are not declared lost");
    }

    private void CheckStart(SourceRange range, long expected, Gap[] declared, TilingStep step) => CheckStart(range, expected, declared, step, files[current].Root);

    private void CheckStart(SourceRange range, long expected, Gap[] declared, TilingStep step, long root)
    {
        var reached = expected;
        // Gaps may lie one after the other.
        while (reached < range.From && declared.Where(gap => Names(gap, root) && gap.From <= reached).Select(gap => gap.To ?? range.From).DefaultIfEmpty(reached).Max() is var next && next > reached)
            reached = next;
        if (range.From < expected) step.Undeclared($"log file {range.File} is read again from {range.From}, though it was read to {expected}");
        else if (reached < range.From) step.Undeclared($"bytes {reached} to {range.From} of log file {range.File} are left out");
    }

    private bool IsRolledBack(long root, long from, long end, Gap[] declared) =>
        declared.Any(gap => gap.Cause == GapCause.SourceRolledBack && Names(gap, root) && gap.From <= from && (gap.To is null || gap.To >= end));

    private bool Names(Gap gap, long root) => gap.File is not { } file || file == root || (files.TryGetValue(file, out var state) && state.Root == root);

    private void Add(long file, long root, long? continues)
    {
        files[file] = new FileState(root, continues, IsFinal: false);
        ends.TryAdd(root, 0);
    }

    // Of bytes already read it cannot change. What lies behind them may: a line that was still being written.
    private static Fingerprint Compare(Fingerprint before, SourceRange range, TilingStep step)
    {
        if (range.Fingerprint.Bytes == 0 || range.Fingerprint.Bytes > range.To) return before;
        if (before.Bytes == range.Fingerprint.Bytes && before != range.Fingerprint)
            step.Contradicted($"the fingerprint of the first {before.Bytes} bytes of log file {range.File} is not what was stated before");
        return range.Fingerprint;
    }

    // Beginning: the fingerprint stated last, of bytes that were read; default if there is none.
    private readonly record struct FileState(long Root, long? Continues, bool IsFinal, Fingerprint Beginning = default);
}
