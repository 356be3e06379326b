using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>
/// Walks one stream's manifests in listing order, which is chain order: holes, forks, epochs and their links. Holds one epoch's progress and the branches
/// that a later start links to.
/// </summary>
internal sealed class ChainWalk(StreamContext context, EpochMap map, ManifestWalk manifests, CheckpointWalk checkpoints, Expiry expiry)
{
    private readonly Dictionary<(long Epoch, long Sequence), LinkTarget> targets = []; // passed, until their last successor
    private readonly UntrustedEpochs untrusted = new(map);
    private readonly Dictionary<long, long> lastGood = [];   // of epochs that are linked to
    private readonly Dictionary<long, Digest> keyIds = [];   // of epochs, for those that link to them
    private readonly HashSet<(long Epoch, FindingKind Kind)> objections = []; // told
    private readonly HashSet<(long Epoch, long Sequence)> unreadable = []; // link targets that could not be read
    private EpochProgress? epoch;
    private BranchState? state;
    private bool isConcurrentTold;

    /// <summary>Each branch's last state, in the order in which they began; what a new lineage must join to.</summary>
    public List<Branch> Branches { get; } = [];

    /// <summary>The state after the last manifest of the last claimed epoch; null if there is none.</summary>
    public BranchState? Tail { get; private set; }

    /// <summary>Takes the objects at the next place of the chain.</summary>
    public async Task TakeAsync(ManifestGroup group, ManifestGroup? next, CancellationToken cancellationToken)
    {
        if (epoch?.Number != group.Epoch)
        {
            await EndEpochAsync(group);
            epoch = new EpochProgress(group.Epoch);
            state = null;
            isConcurrentTold = false;
        }

        TellUnsigned(group, epoch);
        var signed = SignedByEpochKey(group, epoch);
        if (signed.Count == 0)
        {
            if (epoch.LastGood < 0) untrusted.Take(group);
            PassUnreadable(group, epoch);
            return;
        }

        if (group.Sequence < epoch.Next)
        {
            if (signed.Any(item => item.PayloadSha256 != epoch.LastPayload)) TellFork(group);
            return;
        }

        if (signed.Count > 1) TellFork(group);
        var chosen = signed.FirstOrDefault(item => next?.Follows(item.PayloadSha256) == true) ?? signed[0];
        var hasTwins = group.Objects.Count > 1 && group.Objects.Count(item => item.PayloadSha256 == chosen.PayloadSha256) > 1;
        await TakeAsync(hasTwins ? chosen with { HasTwins = true } : chosen, epoch, cancellationToken);
    }

    /// <summary>There are no more manifests.</summary>
    public async Task EndAsync()
    {
        await EndEpochAsync(next: null);
        await checkpoints.EndAsync(long.MaxValue, 0, null, null);
    }

    private async Task TakeAsync(LoadedManifest chosen, EpochProgress progress, CancellationToken cancellationToken)
    {
        if (!map.IsOrphan(progress.Number)) context.Totals.Manifests++;
        if (progress.LastGood < 0) BeginEpoch(chosen, progress);
        if (chosen.Name.Sequence > progress.Next) PassHole(chosen, progress);
        foreach (var item in progress.UnsignedAtNext) TellUnsigned(item, Severity.Warning);
        progress.UnsignedAtNext.Clear();
        if (checkpoints.IsAt(progress.Number, chosen.Name.Sequence))
            await checkpoints.PassAsync(progress.Number, chosen.Name.Sequence, progress.Root ?? chosen.Manifest?.Log.Root, chosen);
        var follows = progress.Take(chosen, (kind, message) => context.Find(kind, chosen, message));
        TellConcurrent(chosen);
        if (chosen.Manifest is not { } manifest)
        {
            context.Find(FindingKind.ManifestMalformed, chosen, $"A trusted key signed a manifest that cannot be read: {chosen.Why}");
            state = null;
        }
        else if (!map.IsOrphan(progress.Number))
        {
            state = manifest.Start is { } start ? Link(chosen, manifest, start) : state ?? Unknown(manifest.Lineage);
            if (manifest.Lineage != state.Lineage)
            {
                context.Find(FindingKind.LineageMismatch, chosen, $"The manifest is of lineage {manifest.Lineage}, the chain before it of {state.Lineage}.");
                state = Unknown(manifest.Lineage);
            }

            var isBelieved = IsBelieved(chosen, progress);
            if (isBelieved) await checkpoints.JudgeNamedAsync(chosen);
            await manifests.TakeAsync(chosen, state, follows, isBelieved, cancellationToken);
        }

        if (map.Successors(progress.Number, chosen.Name.Sequence).Count > 0)
            targets[(progress.Number, chosen.Name.Sequence)] = new LinkTarget(chosen.PayloadSha256, state?.Clone());
    }

    private void BeginEpoch(LoadedManifest first, EpochProgress progress)
    {
        untrusted.Forget(progress.Number);
        foreach (var (from, to) in map.MissingBefore(progress.Number).SelectMany(range => WithoutUntrusted(range.From, range.To)))
        {
            if (expiry.Explains(first, from == 1)) expiry.Tell(to, null, $"Epochs {from} to {to} are older than the retention and gone.");
            else context.Find(FindingKind.ManifestMissing, from, null, null, from == to ? $"Epoch {from} is missing, and no later start says that it was never confirmed." : $"Epochs {from} to {to} are missing, and no later start says that they were never confirmed.");
        }

        if (map.IsOrphan(progress.Number)) context.Find(FindingKind.EpochSkipped, first, "A later start says that this claim was never confirmed; there is nothing else of the epoch.");
        else context.Totals.Epochs++;
    }

    // What is there under a key that is not trusted is not missing.
    private IEnumerable<(long From, long To)> WithoutUntrusted(long from, long to)
    {
        var next = from;
        foreach (var other in untrusted.Named(from, to))
        {
            TellUntrusted(other);
            if (other.Number > next) yield return (next, other.Number - 1);
            next = other.Number + 1;
        }

        if (next <= to) yield return (next, to);
    }

    private void TellUntrusted(UntrustedEpoch other)
    {
        if (other.IsTold) return;
        other.IsTold = true;
        context.Find(FindingKind.KeyUnknown, other.Number, null, null, $"Key {other.KeyId}, which is not trusted, signs epoch {other.Number}. Its {other.Size} manifests are there, as a later start proves; nothing that they say is believed.");
        if (other.Link is { } link && lastGood.TryGetValue(link.Epoch, out var last) && last < link.Sequence && !unreadable.Contains((link.Epoch, link.Sequence)))
            context.Find(FindingKind.ManifestMissing, link.Epoch, link.Sequence, null, $"Epoch {link.Epoch} sequence {link.Sequence} is missing: the start of epoch {other.Number} links to it, and a later one proves that start.");
    }

    private void PassHole(LoadedManifest next, EpochProgress progress)
    {
        var (from, to) = (progress.Next, next.Name.Sequence - 1);
        var what = from == to ? $"Sequence {from} of epoch {progress.Number} is" : $"Sequences {from} to {to} of epoch {progress.Number} are";
        if (expiry.Explains(next, isPrefix: context.Totals.Manifests == 1)) expiry.Tell(progress.Number, to, $"{what} older than the retention and gone.");
        else context.Find(FindingKind.ManifestMissing, progress.Number, from, null, $"{what} missing: a later manifest proves that there was one.");
        progress.Skip(next.Name.Sequence);
        state = null;
    }

    private void PassUnreadable(ManifestGroup group, EpochProgress progress)
    {
        var item = group.Objects.FirstOrDefault(item => item.Standing == ManifestStanding.Unreadable);
        if (item is null || group.Sequence < progress.Next) return;
        if (group.Sequence > progress.Next) PassHole(item, progress);
        progress.Skip(group.Sequence + 1);
        state = null;
        if (map.Successors(group.Epoch, group.Sequence).Count > 0) unreadable.Add((group.Epoch, group.Sequence));
    }

    // The state from which an epoch's start goes on.
    private BranchState Link(LoadedManifest loaded, Manifest manifest, EpochStart start)
    {
        if (start.PreviousEpoch is not { } link)
        {
            if (Branches.Any(branch => branch.Last.Lineage == manifest.Lineage))
                context.Find(FindingKind.StaleLink, loaded, "The start names no manifest before it, though its lineage has some: the run began from an older state.");
            return NewBranch(new Tiling(isComplete: true), manifest.Lineage, loaded);
        }

        var target = (link.Epoch, link.Sequence);
        if (!targets.TryGetValue(target, out var linked)) return Unlinked(loaded, manifest, link);
        JudgeRotation(loaded, link);
        var successors = map.Successors(link.Epoch, link.Sequence);
        if (successors[^1] == manifest.Epoch) targets.Remove(target);
        if (linked.PayloadSha256 != link.PayloadSha256)
        {
            context.Find(FindingKind.ChainBroken, loaded, $"The start names payload {link.PayloadSha256} as epoch {link.Epoch} sequence {link.Sequence}; that is {linked.PayloadSha256}.");
            return Unknown(manifest.Lineage);
        }

        var isStale = lastGood.GetValueOrDefault(link.Epoch) > link.Sequence || successors[0] != manifest.Epoch;
        if (isStale) context.Find(FindingKind.StaleLink, loaded, $"The start links to epoch {link.Epoch} sequence {link.Sequence}, which has another successor: the run began from an older state.");
        if (linked.State is not { } known) return Unknown(manifest.Lineage);
        return isStale ? NewBranch(known.Tiling.Clone(), known.Lineage, loaded, known) : known.Clone();
    }

    private BranchState Unlinked(LoadedManifest loaded, Manifest manifest, ManifestLink link)
    {
        if (link.Epoch >= manifest.Epoch)
            context.Find(FindingKind.ChainBroken, loaded, $"The start of epoch {manifest.Epoch} links forward, to epoch {link.Epoch}.");
        else if (untrusted.Has(link) && untrusted.Named(link.Epoch) is { } other)
            TellUntrusted(other);
        else if (expiry.Explains(loaded, isPrefix: Branches.Count == 0))
            expiry.Tell(link.Epoch, link.Sequence, $"Epoch {link.Epoch} sequence {link.Sequence}, which the start of epoch {manifest.Epoch} links to, is older than the retention and gone.");
        else if (!unreadable.Contains((link.Epoch, link.Sequence)))
            context.Find(FindingKind.ManifestMissing, link.Epoch, link.Sequence, null, $"Epoch {link.Epoch} sequence {link.Sequence} is missing: the start of epoch {manifest.Epoch} links to it.");
        return Unknown(manifest.Lineage);
    }

    private BranchState NewBranch(Tiling tiling, Guid lineage, LoadedManifest? first = null, BranchState? from = null)
    {
        var begun = from?.Clone(Branches.Count) ?? new BranchState { Lineage = lineage, Segment = Branches.Count, Tiling = tiling, MaxSilence = map.MaxSilence };
        Branches.Add(new Branch(begun)
        {
            Parent = from?.Segment,
            Before = from is null ? Tail : null,
            Begin = first is null ? default : context.TimeOf(first),
            FirstEpoch = first?.Name.Epoch ?? epoch?.Number ?? 0,
        });
        if (from is not null) manifests.Part(begun.Segment, from.Segment);
        return begun;
    }

    // After a hole, anything may follow; nothing before is joined to it.
    private BranchState Unknown(Guid lineage)
    {
        var known = Branches.FindLast(branch => branch.Last.Lineage == lineage);
        if (known is null) return NewBranch(new Tiling(isComplete: false), lineage);
        return new BranchState { Lineage = lineage, Segment = known.Last.Segment, Tiling = new Tiling(isComplete: false), MaxSilence = map.MaxSilence };
    }

    private async Task EndEpochAsync(ManifestGroup? next)
    {
        if (epoch is null) return;
        // Of an epoch under a key that is not trusted a trusted one may have signed a checkpoint: a new run covers what the one before left behind.
        var (size, root) = untrusted.Named(epoch.Number) is { } other ? (other.Size, null) : (epoch.Next, epoch.Root);
        await checkpoints.EndAsync(epoch.Number, size, root, next?.Signed is [var following, ..] ? following : null);
        foreach (var item in epoch.UnsignedAtNext)
            TellUnsigned(item, epoch.LastGood >= 0 && item.Name.Sequence == epoch.LastGood + 1 ? Severity.Inconclusive : Severity.Warning);
        if (epoch.LastGood < 0) return;
        lastGood[epoch.Number] = epoch.LastGood;
        if (epoch.KeyId is { } keyId) keyIds[epoch.Number] = keyId;
        if (state is null) return;
        Branches[state.Segment].Last = state;
        Tail = state;
    }

    private void TellUnsigned(ManifestGroup group, EpochProgress progress)
    {
        foreach (var item in group.Objects)
        {
            if (item.Alteration is { } altered) context.Find(FindingKind.EnvelopeAltered, item, $"Payload and signature hold, but {altered}.");
            if (item.Standing == ManifestStanding.Unreadable) context.Find(FindingKind.ObjectUnreadable, item, $"The manifest could not be read: {item.Why}");
            if (item.Standing != ManifestStanding.Unsigned) continue;
            // A slot above the last claim may be the next run's, and the place after the last manifest may have held one: nothing can be concluded.
            if (group.Sequence == 0) TellUnsigned(item, group.Epoch > map.LastClaimed ? Severity.Inconclusive : Severity.Warning);
            else if (group.Sequence == progress.Next && progress.UnsignedAtNext.Count < FindingLog.MaxOfAKind) progress.UnsignedAtNext.Add(item with { Untrusted = null });
            else TellUnsigned(item, Severity.Warning);
        }
    }

    private void TellUnsigned(LoadedManifest item, Severity severity) =>
        context.Find(FindingKind.UnsignedObject, item, $"The object proves nothing: {item.Why}.", severity);

    private List<LoadedManifest> SignedByEpochKey(ManifestGroup group, EpochProgress progress)
    {
        if (group.Sequence == 0 && group.Signed is [{ Manifest.Start: { } start }]) progress.KeyId = Digest.Of(start.PublicKey);
        if (progress.KeyId is null && group.Signed is [var first, ..]) progress.KeyId = first.Signers[0];
        var own = new List<LoadedManifest>();
        foreach (var item in group.Signed)
        {
            if (item.Signers.Contains(progress.KeyId ?? default)) own.Add(item);
            else if (item.IsSignedByItsOwnKey) context.Find(FindingKind.KeyUnknown, item, $"Key {progress.KeyId}, which is not trusted, signs the epoch; {string.Join(", ", item.Signers)} signed its start too.");
            else context.Find(FindingKind.EpochKeyMismatch, item, $"The epoch's key is {progress.KeyId}; this manifest is signed by {string.Join(", ", item.Signers)}.");
        }

        return own.Count > 0 ? own : [.. group.Signed];
    }

    // Structure is judged all the same; what is said counts as proven only while the key is trusted.
    private bool IsBelieved(LoadedManifest loaded, EpochProgress progress)
    {
        var signer = progress.KeyId is { } own && loaded.Signers.Contains(own) ? own : loaded.Signers[0];
        if (context.Trust.ObjectionTo(context.Stream, signer, context.TimeOf(loaded), context.HasStoreClock && loaded.Stored.TimeCreated is not null) is not { } objection) return true;
        if (objections.Add((progress.Number, objection.Kind))) context.Find(objection.Kind, loaded, $"{objection.Message} From here on nothing of the epoch is proven by it.");
        return false;
    }

    // Both keys sign the start under a new one, so that whoever trusted the old one sees who handed over.
    private void JudgeRotation(LoadedManifest loaded, ManifestLink link)
    {
        if (!keyIds.TryGetValue(link.Epoch, out var before) || loaded.Manifest?.Start is not { } start || Digest.Of(start.PublicKey) is var now && now == before) return;
        if (loaded.Signers.Contains(before)) context.Find(FindingKind.KeyRotated, loaded, $"Key {now} goes on after key {before}, and both signed the start.");
        else context.Find(FindingKind.KeyChanged, loaded, $"Key {now} goes on after key {before}, which did not sign the start.");
    }

    private void TellFork(ManifestGroup group) =>
        context.Find(FindingKind.Fork, group.Epoch, group.Sequence, null, $"There are different signed payloads for this place: {string.Join(", ", group.Signed.Select(item => item.PayloadSha256))}.");

    private void TellConcurrent(LoadedManifest loaded)
    {
        if (isConcurrentTold || !context.HasStoreClock || map.IsOrphan(loaded.Name.Epoch)) return;
        if (loaded.Stored.TimeCreated is not { } created || map.NextClaim(loaded.Name.Epoch) is not { } claimed || created <= claimed) return;
        isConcurrentTold = true;
        context.Find(FindingKind.ConcurrentEpochs, loaded, $"The store created it at {Timestamp.Print(created)}, after a later epoch was claimed at {Timestamp.Print(claimed)}.");
    }
}

/// <summary>A manifest that a later start links to, and where its branch stands after it: null if that cannot be known.</summary>
internal readonly record struct LinkTarget(Digest PayloadSha256, BranchState? State);
