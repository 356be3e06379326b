using Sealtail.Format;
using Sealtail.Verifying;
using static Sealtail.Tampering.TamperCatalogue;

namespace Sealtail.Tampering;

/// <summary>What whoever holds a key can do to the chain itself: rewrite the past, fork, lie about links, sums and keys.</summary>
internal static class ChainLies
{
    public static IReadOnlyList<TamperCase> All { get; } =
    [
        Signer("fork", "signs a second statement for a place in the past", FindingKind.Fork, world => world.Put(world.A, 1, 2, world.Resign(Written(world, 1, 2), Renamed))),
        Signer("fork-newest", "signs a second statement for the newest place", FindingKind.Fork, world => world.Put(world.A, 2, 4, world.Resign(Written(world, 2, 4), Renamed))),
        Signer("past-rewritten", "replaces a manifest in the past and mends nothing", FindingKind.ChainBroken, world => world.Supplant(Written(world, 1, 2), world.Resign(world.A[1, 2], Renamed))),
        Signer("start-rewritten", "replaces a start in the past and mends nothing", FindingKind.ChainBroken, world => world.Supplant(Written(world, 2, 0), world.Resign(world.A[2, 0], Renamed))),
        Lie("log-root", "mends the hash of the manifest before, but not the log's root", FindingKind.LogRootMismatch, 3, manifest => manifest with { Log = manifest.Log with { Root = Other } }),
        Lie("log-size", "states another log size", FindingKind.ManifestContradictory, 3, manifest => manifest with { Log = manifest.Log with { Size = 2 } }),
        Lie("previous", "names another manifest before", FindingKind.ChainBroken, 3, manifest => manifest with { Previous = Other, Subject = manifest.Subject }),
        Signer("epoch-end-rewritten", "replaces the last manifest of an epoch, so that the next start's link is wrong", FindingKind.ChainBroken, world => world.Supplant(Written(world, 1, 6), world.Resign(world.A[1, 6], Renamed))),
        Signer("link-other", "links a start to another payload", FindingKind.ChainBroken, world => world.A[2, 0].Change = Linked(new ManifestLink(1, 6, Other))),
        Signer("link-forward", "links a start to its own future", FindingKind.ChainBroken, world => world.A[1, 0].Change = Linked(new ManifestLink(2, 1, Other))),
        Signer("link-absent", "links a start to a manifest that was never stored", FindingKind.ManifestMissing, world => world.A[2, 0].Change = Linked(new ManifestLink(1, 7, Other))),
        Signer("link-older", "links a start to an older manifest, as a restored snapshot does", FindingKind.RangesNotTiled, world => world.A[2, 0].Link = world.A[1, 2]),
        Signer("link-dropped", "begins a new lineage in the middle of the log", FindingKind.LineageNotJoined, world =>
        {
            world.A[2, 0].Link = null;
            world.A[2, 0].Change = manifest => manifest with { Start = manifest.Start! with { Cause = StartCause.StateLost } }; // a start
            foreach (var draft in world.A.Drafts.Where(draft => draft.Manifest.Epoch == 2)) draft.Manifest = draft.Manifest with { Lineage = new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11) };
        }),
        Signer("epoch-left-out", "counts on by two epochs", FindingKind.ManifestMissing, world => Renumber(world, 3)),
        Signer("epoch-called-taken", "leaves a number out and calls it taken, with nothing in its slot", FindingKind.ManifestMissing, world =>
        {
            Renumber(world, 3);
            world.A[3, 0].Manifest = world.A[3, 0].Manifest with { Start = world.A[3, 0].Manifest.Start! with { Skipped = [new SkippedEpochs(2, 2, SkipReason.Taken)] } }; // a start
        }),
        Lie("lineage", "names another lineage in the middle of an epoch", FindingKind.LineageMismatch, 3, manifest => manifest with { Lineage = new Guid(9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9) }),
        Signer("after-stop", "goes on after a clean stop", FindingKind.AfterStop, world =>
        {
            _ = world.Bucket;
            var stop = world.A[1, 6];
            var log = new MerkleTree();
            foreach (var draft in world.A.Drafts.Take(7)) log.Append(MerkleTree.LeafHash(draft.Payload));
            world.Put(world.A, 1, 7, world.Resign(world.A[1, 4], heartbeat => heartbeat with
            {
                Sequence = 7, Previous = stop.PayloadSha256, Subject = new Subject("previous", stop.PayloadSha256), Log = new LogState(7, log.Root()),
                Totals = stop.Manifest.Totals, Receipts = [], Entry = stop.Manifest.Entry with { Sealed = heartbeat.Signed },
                Source = new SourceStatus(SourceCondition.Idle, stop.Manifest.Entry.Sources[0].To, 0),
            }));
        }),
        Lie("totals-chunks", "states one chunk fewer than there are", FindingKind.TotalsMismatch, 3, manifest => manifest with { Totals = manifest.Totals with { Chunks = manifest.Totals.Chunks - 1 } }),
        Lie("totals-records", "states one record more than there are", FindingKind.TotalsMismatch, 3, manifest => manifest with { Totals = manifest.Totals with { Records = manifest.Totals.Records + 1 } }),
        Lie("totals-bytes", "states other bytes than there are", FindingKind.TotalsMismatch, 3, manifest => manifest with { Totals = manifest.Totals with { Bytes = 0 } }),
        Lie("receipt-of-future", "gives a receipt of a manifest that did not exist yet", FindingKind.ManifestContradictory, 3, manifest => manifest with { Receipts = [manifest.Receipts[0] with { Sequence = 5 }] }),
        Lie("receipt-other-generation", "gives a receipt that the store does not confirm", FindingKind.ObjectReplaced, 3, manifest => manifest with { Receipts = [manifest.Receipts[0] with { Generation = "17" }] }),
        Signer("other-trusted-key", "signs one manifest with another trusted key", FindingKind.EpochKeyMismatch, world => world.A[1, 3].Key = world.B.Key),
        Signer("start-names-other-key", "names a key in the start that did not sign it", FindingKind.EpochKeyMismatch,
            world => world.A[2, 0].Change = manifest => manifest with { Start = manifest.Start! with { PublicKey = world.B.Spki }, Subject = new Subject("key", Digest.Of(world.B.Spki)) }), // a start
        StartLie("start-calls-itself-first", "calls a run that links to the one before a first start", start => start with { Cause = StartCause.FirstStart }),
        StartLie("start-calls-state-lost", "calls its state lost in a run that links to the one before", start => start with { Cause = StartCause.StateLost }),
        StartLie("restart-from-nothing", "calls a run a restart that links to nothing", start => start with { PreviousEpoch = null }),
        StartLie("skip-own-number", "passes over the run's own number", start => start with { Skipped = [new SkippedEpochs(2, 2, SkipReason.Unconfirmed)] }),
        StartLie("skip-later-numbers", "passes over numbers of runs to come", start => start with { Skipped = [new SkippedEpochs(3, 5, SkipReason.Taken)] }),
        StartLie("skip-linked", "passes over the epoch that it links to", start => start with { Skipped = [new SkippedEpochs(1, 1, SkipReason.Unconfirmed)] }),
        Signer("skip-twice", "calls one number both taken and unconfirmed", FindingKind.ManifestContradictory, world =>
        {
            Renumber(world, 3);
            world.A[3, 0].Manifest = world.A[3, 0].Manifest with { Start = world.A[3, 0].Manifest.Start! with { Skipped = [new SkippedEpochs(2, 2, SkipReason.Taken), new SkippedEpochs(2, 2, SkipReason.Unconfirmed)] } }; // a start
        }),
        Signer("start-subject", "names a key in the start's subject that is not its own", FindingKind.ManifestContradictory,
            world => world.A[2, 0].Change = manifest => manifest with { Subject = new Subject("key", Other) }),
        Signer("untrusted-key", "goes on with a key that nobody trusts", FindingKind.UnsignedObject, world =>
        {
            world.A[2, 3].Key = world.A[2, 4].Key = world.Stranger;
        }) with { Weight = Severity.Inconclusive },
        Signer("clone", "lets a copy of the agent go on after a newer run began", FindingKind.ConcurrentEpochs, world => world.A[1, 6].Created = world.A[2, 0].Created.AddSeconds(1)),
    ];

    private static Digest Other => Digest.Of("other"u8);

    private static TamperCase Lie(string id, string does, FindingKind finding, long sequence, Func<Manifest, Manifest> change) =>
        Signer(id, does, finding, world => world.A[1, sequence].Change = change);

    private static TamperCase StartLie(string id, string does, Func<EpochStart, EpochStart> change) =>
        Signer(id, does, FindingKind.ManifestContradictory, world => world.A[2, 0].Change = manifest => manifest with { Start = change(manifest.Start!) }); // a start

    private static Func<Manifest, Manifest> Linked(ManifestLink link) => manifest => manifest with { Start = manifest.Start! with { PreviousEpoch = link } }; // only for starts

    private static Manifest Renamed(Manifest manifest) => manifest with { Agent = new AgentVersion("other", "1") };

    private static void Renumber(TamperWorld world, long epoch)
    {
        foreach (var draft in world.A.Drafts.Where(draft => draft.Manifest.Epoch == 2)) draft.Manifest = draft.Manifest with { Epoch = epoch };
    }

    private static ChainBuilderDraft Written(TamperWorld world, long epoch, long sequence)
    {
        _ = world.Bucket;
        return world.A[epoch, sequence];
    }
}
