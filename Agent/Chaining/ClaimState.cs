using Sealtail.Format;
using Sealtail.Spooling;

namespace Sealtail.Chaining;

/// <summary>What the next claim says: the number to try, what was passed over since the last confirmed start, and why there is a new epoch.</summary>
internal sealed record ClaimState(long Next, Guid Lineage, StartCause Cause, IReadOnlyList<SkippedEpochs> Skipped)
{
    /// <summary>The state that a run begins with. A start left in flight is not resent: nobody knows whether its number is taken, so it is skipped.</summary>
    public static ClaimState After(Head head, InFlight? left)
    {
        if (left?.Manifest is not { Start: { } start } manifest) return new ClaimState(head.Epoch + 1, head.Lineage, head.NextCause, []);
        var state = (head.NextCause, start.Cause) switch
        {
            // The run before missed its very first claim: what it said of itself then still holds.
            (StartCause.FirstStart, StartCause.StateLost) => new ClaimState(manifest.Epoch, manifest.Lineage, StartCause.StateLost, start.Skipped),
            (StartCause.FirstStart, _) => new ClaimState(manifest.Epoch, head.Lineage, StartCause.Restart, start.Skipped),
            var (cause, _) => new ClaimState(manifest.Epoch, head.Lineage, cause, start.Skipped),
        };
        return state.Skip(SkipReason.Unconfirmed);
    }

    /// <summary>Leaves the number behind. A first start that finds its number taken had a state before, and lost it.</summary>
    public ClaimState Missed(bool anyAttemptIndefinite, Func<Guid> newLineage)
    {
        var skipped = Skip(anyAttemptIndefinite ? SkipReason.Unconfirmed : SkipReason.Taken);
        return Cause == StartCause.FirstStart ? skipped with { Cause = StartCause.StateLost, Lineage = newLineage() } : skipped;
    }

    private ClaimState Skip(SkipReason why) => this with
    {
        Next = Next + 1,
        Skipped = Skipped is [.., var last] && last.Why == why && last.To + 1 == Next
            ? [.. Skipped.Take(Skipped.Count - 1), last with { To = Next }]
            : [.. Skipped, new SkippedEpochs(Next, Next, why)],
    };
}
