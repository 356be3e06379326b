using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>What one manifest's ranges showed.</summary>
internal sealed class TilingStep
{
    private readonly List<string> problems = [];
    private readonly List<string> contradictions = [];
    private readonly List<string> lateWrites = [];
    private readonly List<RolledBackRange> rolledBack = [];

    /// <summary>Steps that no gap declares.</summary>
    public IReadOnlyList<string> Problems => problems;

    /// <summary>What cannot be true beside what was stated before.</summary>
    public IReadOnlyList<string> Contradictions => contradictions;

    public IReadOnlyList<string> LateWrites => lateWrites;

    /// <summary>Ranges read again after the source was rolled back.</summary>
    public IReadOnlyList<RolledBackRange> RolledBackRanges => rolledBack;

    public void Undeclared(string what) => problems.Add(what);

    public void Contradicted(string what) => contradictions.Add(what);

    public void LateWrite(string what) => lateWrites.Add(what);

    public void RolledBack(long root, SourceRange range, long end) => rolledBack.Add(new RolledBackRange(root, range.File, range.From, end));
}

/// <summary>Log file <paramref name="File"/> goes on with <paramref name="Earlier"/> at <paramref name="From"/>, though that was read to <paramref name="End"/>.</summary>
internal readonly record struct RolledBackRange(long Earlier, long File, long From, long End);
