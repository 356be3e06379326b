using Microsoft.Extensions.Logging;
using Sealtail.Format;
using Sealtail.Spooling;

namespace Sealtail.Chaining;

/// <summary>
/// One run's part of the chain (docs/format.md, "Epochs and links"): claims an epoch, binds entries into signed manifests and keeps the head. Knows nothing of the
/// network: the caller sends what it returns and says what came of it. Used by one loop; not thread-safe.
/// <code>
/// if (chain.InFlight is { } left) Confirm(left, send(left))     what the run before may have sent
/// while (!chain.HasEpoch) claim = PrepareClaim(); send(claim); Confirm, or ClaimMissed on 412
/// manifest = Bind(entry); send(manifest); Confirm(manifest)     again and again
/// </code>
/// </summary>
internal sealed partial class Chain
{
    private readonly Spool spool;
    private readonly ChainOptions options;
    private readonly ManifestSigner signer;
    private readonly HostIdentity host;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly long opened;
    private readonly TimeSpan silentBefore; // how long no manifest had been confirmed when this run began
    private long? confirmed;                // timestamp of this run's last confirmation

    private Chain(Spool spool, ChainOptions options, ManifestSigner signer, HostIdentity host, TimeProvider time, ILogger logger)
    {
        (this.spool, this.options, this.signer, this.host, this.time, this.logger) = (spool, options, signer, host, time, logger);
        opened = time.GetTimestamp();
        // The clock may have been set back since: no silence then, rather than a negative one.
        silentBefore = spool.Head.Confirmed is { } last && time.GetUtcNow() - last is var silence && silence > TimeSpan.Zero ? silence : TimeSpan.Zero;
        BeginCheckpointAge(spool.Head.Checkpointed.At is { } reached && time.GetUtcNow() - reached is var age && age > TimeSpan.Zero ? age : TimeSpan.Zero);
        claim = ClaimState.After(spool.Head, spool.InFlight);
        InFlight = spool.InFlight is { IsEpochStart: false } left ? Sent(left) : null;
    }

    /// <param name="previousKey">The key that <paramref name="key"/> replaces; it signs each start too.</param>
    public static Chain Open(Spool spool, ChainOptions options, SigningKey key, HostIdentity host, string agentVersion, TimeProvider time, ILogger logger, SigningKey? previousKey = null) =>
        new(spool, options, new ManifestSigner(key, previousKey, new AgentVersion("sealtail", agentVersion)), host, time, logger);

    /// <summary>The lineage that this run speaks for.</summary>
    public Guid Lineage => HasEpoch ? spool.Head.Lineage : claim.Lineage;

    /// <summary>The last epoch known: this run's once <see cref="HasEpoch"/>.</summary>
    public long Epoch => spool.Head.Epoch;

    /// <summary>
    /// The manifest not yet confirmed: left by the run before (never an epoch's start), or bound by this one. It must be sent and confirmed
    /// before anything is claimed or bound.
    /// </summary>
    public SignedManifest? InFlight { get; private set; }

    /// <summary>Whether this run's claim was confirmed.</summary>
    public bool HasEpoch { get; private set; }

    /// <summary>How long until a heartbeat is due, if nothing else is confirmed before: half of <c>MaxSilence</c> after the last confirmation. Zero: now.</summary>
    public TimeSpan HeartbeatDueIn
    {
        get
        {
            var silence = confirmed is { } last ? time.GetElapsedTime(last) : silentBefore + time.GetElapsedTime(opened);
            return TimeSpan.FromTicks(Math.Max(0, (options.MaxSilence / 2 - silence).Ticks));
        }
    }

    /// <summary>Binds the entry as the next manifest, durable before it is returned.</summary>
    /// <param name="chunkReceipt">The store's reply for the chunk, whose <c>Epoch</c>, <c>Sequence</c> and <c>Object</c> are set here; null for an entry without chunk.</param>
    /// <exception cref="InvalidOperationException">There is no epoch yet, a manifest is in flight, or the entry is not the next one.</exception>
    /// <exception cref="IOException">The manifest is not durable and was not bound; calling again may succeed.</exception>
    public SignedManifest Bind(SpoolEntry entry, Receipt? chunkReceipt)
    {
        if (entry.First != spool.Head.LastConfirmedEntry + 1)
            throw new InvalidOperationException($"Entry {entry.Number} begins at {entry.First}; the next to bind is {spool.Head.LastConfirmedEntry + 1}.");
        var facts = entry.Facts;
        var kind = facts.Object is null ? ManifestKind.Gap : ManifestKind.Chunk;
        if (kind == ManifestKind.Gap) facts = facts with { Sources = Position(ChainPosition.After(spool.Head.Position, facts)) };
        return Bind(kind, facts, Now(), entry.Number, chunkReceipt, source: null);
    }

    /// <summary>States that the run lives and where it stands. For when <see cref="HeartbeatDueIn"/> is zero and nothing is pending.</summary>
    /// <inheritdoc cref="Bind(SpoolEntry, Receipt?)" path="/exception"/>
    public SignedManifest BindHeartbeat(SourceStatus source) => BindPosition(ManifestKind.Heartbeat, source);

    /// <summary>States the clean end of the run.</summary>
    /// <inheritdoc cref="Bind(SpoolEntry, Receipt?)" path="/exception"/>
    public SignedManifest BindStop() => BindPosition(ManifestKind.Stop, source: null);

    /// <summary>The store has the manifest: advances the head, durably. The entry may be removed after it.</summary>
    /// <param name="receipt">The store's reply, repeated in the next manifest; its <c>Epoch</c>, <c>Sequence</c> and <c>Object</c> are set here.</param>
    /// <exception cref="IOException">The head did not advance; calling again may succeed.</exception>
    public void Confirm(SignedManifest manifest, Receipt receipt)
    {
        if (spool.InFlight is not { } inFlight || inFlight.Link.PayloadSha256 != manifest.PayloadSha256)
            throw new InvalidOperationException($"{manifest.Name} is not in flight.");

        // A crash before the head is durable sends the same bytes once more; they are there, and it is confirmed then.
        var now = Timestamp.Truncate(time.GetUtcNow());
        spool.WriteHead((spool.Head with { Checkpointed = Named(inFlight.Manifest) }).After(inFlight, Learnt(receipt, inFlight.Manifest, ReceiptObject.Manifest), now));
        confirmed = time.GetTimestamp();
        if (manifest.IsEpochStart) Claimed(manifest);
        else if (!HasEpoch) claim = ClaimState.After(spool.Head, left: null); // left by the run before: the claim links to it
        InFlight = null;
    }

    // Without an entry both times are one (docs/format.md, "Predicate, every kind").
    private SignedManifest BindPosition(ManifestKind kind, SourceStatus? source)
    {
        var now = Now();
        return Bind(kind, new EntryFacts { Sealed = now, Sources = Position(spool.Head.Position), Gaps = [] }, now, entryNumber: null, chunkReceipt: null, source);
    }

    private SignedManifest Bind(ManifestKind kind, EntryFacts facts, DateTimeOffset signed, long? entryNumber, Receipt? chunkReceipt, SourceStatus? source)
    {
        if (!HasEpoch) throw new InvalidOperationException("The run has no epoch yet: claim one first.");
        if (InFlight is { } unconfirmed) throw new InvalidOperationException($"{unconfirmed.Name} is in flight: confirm it first.");
        var head = spool.Head;
        var newest = head.Newest ?? throw new InvalidOperationException("The epoch has no start."); // HasEpoch
        var manifest = new Manifest
        {
            Subject = facts.Object is { } chunk ? new Subject(chunk.Name, chunk.Sha256) : new Subject("previous", newest.PayloadSha256),
            Stream = options.Stream,
            Lineage = head.Lineage,
            Epoch = head.Epoch,
            Sequence = newest.Sequence + 1,
            Kind = kind,
            Previous = newest.PayloadSha256,
            Log = new LogState(head.LogSize, head.Log().Root()),
            Signed = signed,
            Entry = facts,
            Totals = facts.Content is { } content
                ? new Totals(head.Totals.Chunks + 1, head.Totals.Records + content.Records, head.Totals.Bytes + content.Bytes)
                : head.Totals,
            Receipts = head.Receipts,
            Checkpoints = [.. unnamed],
            Agent = signer.Agent,
            Source = source,
        };
        var own = chunkReceipt is null ? null : Learnt(chunkReceipt, manifest, ReceiptObject.Chunk);
        InFlight = Prepare(manifest, own, entryNumber);
        return InFlight;
    }

    // Durable first: after a crash the same bytes are sent again, so no reply to them can be ambiguous.
    private SignedManifest Prepare(Manifest manifest, Receipt? own, long? entryNumber)
    {
        var (signed, payload, envelope) = signer.Sign(manifest, own);
        return Sent(spool.WriteInFlight(entryNumber, envelope, payload, signed));
    }

    private static SignedManifest Sent(InFlight inFlight) => new(
        inFlight.IsEpochStart
            ? ManifestName.Slot(inFlight.Manifest.Stream, inFlight.Manifest.Epoch)
            : new ManifestName(inFlight.Manifest.Stream, inFlight.Manifest.Epoch, inFlight.Manifest.Sequence, Digest.Of(inFlight.Envelope)),
        inFlight.Envelope,
        inFlight.Manifest,
        inFlight.Link.PayloadSha256,
        inFlight.EntryNumber);

    private static SourceRange[] Position(SourceRange? position) => position is null ? [] : [position];

    private static Receipt Learnt(Receipt reply, Manifest manifest, ReceiptObject what) => reply with
    {
        Epoch = manifest.Epoch,
        Sequence = manifest.Sequence,
        Object = what,
        // As it will be read back: a receipt is recognised by being equal.
        Generation = reply.Generation is { } generation ? ForeignText.Cut(generation) : null,
        TimeCreated = reply.TimeCreated is { } created ? Timestamp.Truncate(created) : null,
        RetentionExpirationTime = reply.RetentionExpirationTime is { } expires ? Timestamp.Truncate(expires) : null,
    };

    private DateTimeOffset Now() => Timestamp.Truncate(time.GetUtcNow());
}
