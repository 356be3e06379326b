using Microsoft.Extensions.Logging;
using Sealtail.Format;
using Sealtail.Spooling;

namespace Sealtail.Chaining;

/// <summary>
/// One run's part of the chain (design §3.3, §3.5): claims an epoch, binds entries into signed manifests and keeps the head. Knows nothing of the
/// network: the caller sends what it returns and says what came of it. Used by one loop; not thread-safe.
/// </summary>
internal sealed partial class Chain
{
    public static Chain Open(Spool spool, ChainOptions options, SigningKey key, HostIdentity host, string agentVersion, TimeProvider time, ILogger logger) => throw new NotImplementedException();

    /// <summary>The lineage that this run speaks for.</summary>
    public Guid Lineage => throw new NotImplementedException();

    /// <summary>The last epoch known: this run's once <see cref="HasEpoch"/>.</summary>
    public long Epoch => throw new NotImplementedException();

    /// <summary>
    /// The manifest not yet confirmed: left by the run before (never an epoch's start), or bound by this one. It must be sent and confirmed
    /// before anything is claimed or bound.
    /// </summary>
    public SignedManifest? InFlight => throw new NotImplementedException();

    /// <summary>Whether this run's claim was confirmed.</summary>
    public bool HasEpoch => throw new NotImplementedException();

    /// <summary>Epoch numbers that this run found taken, in a row.</summary>
    public int Misses => throw new NotImplementedException();

    /// <summary>How long until a heartbeat is due, if nothing else is confirmed before: half of <c>MaxSilence</c> after the last confirmation. Zero: now.</summary>
    public TimeSpan HeartbeatDueIn => throw new NotImplementedException();

    /// <summary>The epoch's start for the next number: the same bytes until it is confirmed or missed, durable before it is returned.</summary>
    /// <exception cref="InvalidOperationException">The run has its epoch, or a manifest is in flight.</exception>
    public SignedManifest PrepareClaim() => throw new NotImplementedException();

    /// <summary>The store has another object in the claimed slot: the next claim takes the next number and says so.</summary>
    /// <param name="anyAttemptIndefinite">An earlier send of this run to the slot had no definite reply, so the object may be its own.</param>
    public void ClaimMissed(bool anyAttemptIndefinite) => throw new NotImplementedException();

    /// <summary>Binds the entry as the next manifest, durable before it is returned.</summary>
    /// <param name="chunkReceipt">The store's reply for the chunk, whose <c>Epoch</c> and <c>Sequence</c> are set here; null for an entry without chunk.</param>
    public SignedManifest Bind(SpoolEntry entry, Receipt? chunkReceipt) => throw new NotImplementedException();

    public SignedManifest BindHeartbeat(SourceStatus source) => throw new NotImplementedException();

    public SignedManifest BindStop() => throw new NotImplementedException();

    /// <summary>The store has the manifest: advances the head, durably. The entry may be removed after it.</summary>
    /// <param name="receipt">The store's reply, repeated in the next manifest; its <c>Epoch</c>, <c>Sequence</c> and <c>Object</c> are set here.</param>
    public void Confirm(SignedManifest manifest, Receipt receipt) => throw new NotImplementedException();
}
