using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>What all parts of one stream's verification share: where findings go, whose clock counts, what was asked.</summary>
internal sealed class StreamContext(StreamName stream, VerifyOptions options, TrustPolicy trust, FindingLog findings, DateTimeOffset asOf, DateTimeOffset now)
{
    public StreamName Stream => stream;

    public VerifyOptions Options => options;

    public TrustPolicy Trust => trust;

    public StreamTotals Totals { get; } = new();

    public Coverage Coverage { get; } = new();

    public Timeline Timeline { get; } = new();

    /// <summary>The time at which silence is judged.</summary>
    public DateTimeOffset AsOf => asOf;

    /// <summary>When it is verified, whatever time is asked about.</summary>
    public DateTimeOffset Now => now;

    /// <summary>Whether the bucket's times are those of a store at which these very objects were created.</summary>
    public bool HasStoreClock { get; set; }

    /// <summary>When the manifest came into being: by the store's clock where there is one, else as its signer says.</summary>
    public DateTimeOffset TimeOf(LoadedManifest loaded) => (HasStoreClock ? loaded.Stored.TimeCreated : null) ?? loaded.Manifest?.Signed ?? default;

    /// <summary>The time of the first manifest in chain order, and the latest of all; null if there is none.</summary>
    public DateTimeOffset? First { get; private set; }

    public DateTimeOffset? Last { get; private set; }

    /// <summary>Nothing is asked of the time before, as objects of it have expired; null if none has.</summary>
    public DateTimeOffset? ExpiredTo { get; private set; }

    public void Expire(DateTimeOffset to)
    {
        if (ExpiredTo is null || to > ExpiredTo) ExpiredTo = to;
    }

    /// <summary>The interval that had to be proven; null if there is none.</summary>
    public TimeRange? Requested { get; set; }

    /// <summary>What the bucket holds of that time is refuted.</summary>
    public void Fail(TimeRange range)
    {
        Coverage.Refute(range);
        Timeline.Add(TimelineState.Failed, range);
    }

    /// <summary>The worst that was found of the stream so far.</summary>
    public Severity Worst => findings.WorstOf(stream.ToString());

    public void See(DateTimeOffset manifest)
    {
        First ??= manifest;
        if (Last is null || manifest > Last) Last = manifest;
    }

    /// <summary>Whether the range has to do with the requested interval.</summary>
    public bool IsRequested(TimeRange range) => !(range.To < options.From || range.From > options.To);

    public void Find(FindingKind kind, long? epoch, long? sequence, string? objectName, string message, Severity? severity = null) =>
        findings.Add(kind, stream.ToString(), epoch, sequence, objectName, message, severity);

    public void Find(FindingKind kind, LoadedManifest loaded, string message, Severity? severity = null) =>
        Find(kind, loaded.Name.Epoch, loaded.Name.Sequence, loaded.Stored.Name, message, severity);

    /// <summary>A finding about a time: where that was not asked for, it does not weigh.</summary>
    public void FindAbout(TimeRange range, FindingKind kind, long epoch, long sequence, string message, string? objectName = null)
    {
        if (IsRequested(range)) Find(kind, epoch, sequence, objectName, message);
        else Find(kind, epoch, sequence, objectName, $"{message} (Outside the requested interval.)", Severity.Info);
    }

    public void FindAbout(TimeRange range, FindingKind kind, LoadedManifest loaded, string message) =>
        FindAbout(range, kind, loaded.Name.Epoch, loaded.Name.Sequence, message, loaded.Stored.Name);
}
