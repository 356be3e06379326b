namespace Sealtail.Verifying;

/// <summary>Where all findings go, from many threads. Each kind keeps a bounded number for a stream, so that a bucket full of rubbish does not fill memory.</summary>
internal sealed class FindingLog
{
    /// <summary>Findings of one kind and severity that are listed for one stream; the rest is counted.</summary>
    public const int MaxOfAKind = 100;

    private readonly Lock gate = new(); // guards both collections
    private readonly List<Finding> findings = [];
    private readonly Dictionary<(string? Stream, FindingKind Kind, Severity Severity), long> counts = [];

    public void Add(FindingKind kind, string? stream, long? epoch, long? sequence, string? objectName, string message, Severity? severity = null)
    {
        var finding = new Finding(kind, severity ?? kind.Severity, stream, epoch, sequence, objectName, message);
        lock (gate)
        {
            var key = (stream, kind, finding.Severity);
            var count = counts.GetValueOrDefault(key);
            counts[key] = count + 1;
            if (count < MaxOfAKind) findings.Add(finding);
        }
    }

    /// <summary>The worst severity found of a stream, or without one if null; info if nothing was.</summary>
    public Severity WorstOf(string? stream)
    {
        lock (gate) return counts.Keys.Where(key => key.Stream == stream).Select(key => key.Severity).DefaultIfEmpty(Severity.Info).Max();
    }

    /// <summary>All that is listed, in report order.</summary>
    public IReadOnlyList<Finding> ToSorted()
    {
        lock (gate)
        {
            var more = counts.Where(item => item.Value > MaxOfAKind).Select(item => new Finding(
                FindingKind.MoreFindings, Severity.Info, item.Key.Stream, null, null, null, $"{item.Value - MaxOfAKind} more findings {item.Key.Kind.Id} are not listed."));
            return [.. findings.Concat(more).Order()];
        }
    }
}
