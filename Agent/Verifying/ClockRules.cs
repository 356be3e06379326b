using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>
/// What the node says of its time, held against the bracket that the store proves: a manifest was signed after the store took the one before it, whose hash it
/// holds, and before the store took it.
/// </summary>
internal sealed class ClockRules(StreamContext context)
{
    /// <summary>Two clocks that are kept agree better than this.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    private long told; // the last epoch that had a finding: a wrong clock shows in every manifest

    /// <summary>The longest time within which a manifest of the stream may have been signed; null where the store's clock is not known.</summary>
    public TimeRange? Widest { get; private set; }

    /// <summary>How far the node's clock was outside a bracket at most; negative: behind.</summary>
    public TimeSpan Skew { get; private set; }

    /// <summary>Takes the manifest that follows one which the store took at <paramref name="after"/>; null if none is known.</summary>
    public void Take(LoadedManifest loaded, DateTimeOffset? after, TimeSpan maxSilence)
    {
        if (!context.HasStoreClock || loaded is not { Manifest: { } manifest, Stored.TimeCreated: { } before }) return;
        var ahead = manifest.Signed - before;
        var behind = TimeSpan.Zero;
        if (after is { } lower && lower <= before)
        {
            behind = lower - manifest.Signed;
            if (Widest is not { } widest || before - lower > widest.To - widest.From) Widest = new TimeRange(lower, before);
        }

        var skew = ahead > TimeSpan.Zero ? ahead : behind > TimeSpan.Zero ? -behind : TimeSpan.Zero;
        if (skew.Duration() > Skew.Duration()) Skew = skew;
        if (skew.Duration() <= Tolerance || told == manifest.Epoch) return;
        told = manifest.Epoch;
        var bracket = after is { } from && skew < TimeSpan.Zero ? $"the store took the manifest before it at {Timestamp.Print(from)}" : $"the store took it at {Timestamp.Print(before)}";
        context.Find(-skew > maxSilence ? FindingKind.Backdated : FindingKind.ClockSkew, loaded, $"It says that it was signed at {Timestamp.Print(manifest.Signed)}, and {bracket}: {Duration.Print(skew.Duration())} {(skew < TimeSpan.Zero ? "too early" : "too late")}. Later ones of the epoch are not listed.");
    }
}
