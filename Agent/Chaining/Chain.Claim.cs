using Microsoft.Extensions.Logging;
using Sealtail.Format;
using Sealtail.Spooling;

namespace Sealtail.Chaining;

/// <content>Claiming an epoch (docs/format.md, "Writing"): the store is the compare-and-swap.</content>
internal sealed partial class Chain
{
    private ClaimState claim;
    private SignedManifest? claiming;

    /// <summary>Epoch numbers that this run found taken, in a row.</summary>
    public int Misses { get; private set; }

    /// <summary>The epoch's start for the next number: the same bytes until it is confirmed or missed, durable before it is returned.</summary>
    /// <exception cref="InvalidOperationException">The run has its epoch, or a manifest is in flight.</exception>
    /// <exception cref="IOException">The start is not durable and must not be sent; calling again may succeed.</exception>
    public SignedManifest PrepareClaim()
    {
        if (HasEpoch) throw new InvalidOperationException($"The run has epoch {Epoch}.");
        if (InFlight is { } left) throw new InvalidOperationException($"{left.Name} is in flight: confirm it first, so that the start links to the newest manifest.");
        if (claiming is not null) return claiming;

        var head = spool.Head;
        var signed = Now();
        return claiming = Prepare(
            new Manifest
            {
                Subject = new Subject("key", signer.Key.KeyId),
                Stream = options.Stream,
                Lineage = claim.Lineage,
                Epoch = claim.Next,
                Sequence = 0,
                Kind = ManifestKind.EpochStart,
                Log = new LogState(0, MerkleTree.EmptyRoot),
                Signed = signed,
                Entry = new EntryFacts { Sealed = signed, Sources = Position(head.Position), Gaps = [] },
                Totals = default,
                Receipts = head.Receipts,
                Checkpoints = [.. unnamed],
                Agent = signer.Agent,
                Start = new EpochStart
                {
                    Cause = claim.Cause,
                    PreviousEpoch = head.Newest,
                    Skipped = claim.Skipped,
                    PublicKey = signer.Key.Spki,
                    Policy = options.Policy,
                    Host = host,
                },
            },
            own: null,
            entryNumber: null);
    }

    /// <summary>The store has another object in the claimed slot: the next claim takes the next number and says so.</summary>
    /// <param name="anyAttemptIndefinite">An earlier send of this run to the slot had no definite reply, so the object may be its own.</param>
    public void ClaimMissed(bool anyAttemptIndefinite)
    {
        if (claiming is null) throw new InvalidOperationException("No claim is under way.");
        // A crash before the next claim is durable leaves this one in flight: the next run skips its number as unconfirmed.
        LogMissed(logger, claim.Next, options.Stream);
        claim = claim.Missed(anyAttemptIndefinite, Guid.NewGuid);
        claiming = null;
        Misses++;
    }

    private void Claimed(SignedManifest start)
    {
        HasEpoch = true;
        claiming = null;
        BeginCheckpointAge(TimeSpan.Zero);
        Misses = 0;
        LogClaimed(logger, start.Manifest.Epoch, options.Stream, claim.Cause);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Epoch {Epoch} of {Stream} is taken; trying the next number")]
    private static partial void LogMissed(ILogger logger, long epoch, StreamName stream);

    [LoggerMessage(Level = LogLevel.Information, Message = "Claimed epoch {Epoch} of {Stream} ({Cause})")]
    private static partial void LogClaimed(ILogger logger, long epoch, StreamName stream, StartCause cause);
}
