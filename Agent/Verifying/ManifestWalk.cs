using Sealtail.Buckets;
using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>Takes one manifest after the other along a branch: its own contradictions, tiling, gaps, the time it covers, and its chunk.</summary>
internal sealed class ManifestWalk(StreamContext context, ChunkShelf shelf, ChunkQueue queue, FileTracks tracks, Expiry expiry, ClockRules clock, RetentionRules retention)
{
    /// <summary>Takes the manifest as the next of <paramref name="state"/>.</summary>
    /// <param name="follows">It follows the one before it, so that the time between can be covered.</param>
    /// <param name="isBelieved">Its key was trusted when it signed; otherwise nothing that it says is proven.</param>
    public async Task TakeAsync(LoadedManifest loaded, BranchState state, bool follows, bool isBelieved, CancellationToken cancellationToken)
    {
        var manifest = loaded.Manifest!; // the caller took it from the signed
        var time = context.TimeOf(loaded);
        var since = new TimeRange(Earlier(state.CoveredTo ?? time, time), time);
        context.See(time);
        expiry.Learn(manifest);
        Count(manifest, since);
        foreach (var contradiction in ManifestRules.ContradictionsOf(manifest))
            context.Find(FindingKind.ManifestContradictory, loaded, $"The manifest contradicts itself: {contradiction}.");

        follows &= Tile(loaded, manifest, state, since);
        // Of manifests with one payload, nothing says which of them a receipt means.
        if (state is { HasTwins: false, Stored: { } before }) TellReplaced(manifest, ReceiptObject.Manifest, (state.Epoch, state.Sequence), before);
        var after = BracketBegin(manifest, state);
        clock.Take(loaded, after, state.MaxSilence);
        retention.Take(loaded.Stored);
        if (manifest.Entry is { Object: { } chunk, Content: { } content })
            follows &= await TakeChunkAsync(loaded, new(manifest, chunk, content), Track(manifest, state, since), since, cancellationToken);
        if (!isBelieved) context.Coverage.Refute(since);
        Cover(loaded, manifest, state, since, follows && isBelieved);
        Advance(loaded, manifest, state, time);
        // Kept back, or created anew later: a manifest tells nothing of the time after it was signed. A clock that is behind shows outside its bracket.
        state.HeldSince = context.HasStoreClock && after <= manifest.Signed && time - manifest.Signed > state.MaxSilence ? manifest.Signed : null;
    }

    // When the store took the manifest before, as listed or as its receipt says: the earlier, since what was created again shows a later time. Of one that is
    // not there any more, the receipt is all there is.
    private static DateTimeOffset? BracketBegin(Manifest manifest, BranchState state)
    {
        var receipt = manifest.Receipts.LastOrDefault(item => item.Object == ReceiptObject.Manifest && (state.Stored is null || (item.Epoch, item.Sequence) == (state.Epoch, state.Sequence)));
        return receipt?.TimeCreated is { } told && !(state.Stored?.TimeCreated < told) ? told : state.Stored?.TimeCreated;
    }

    // A receipt is the store's own word: on the manifest before, and on the manifest's own chunk.
    private bool TellReplaced(Manifest manifest, ReceiptObject what, (long Epoch, long Sequence) place, StoredObject stored)
    {
        if (!context.HasStoreClock) return false;
        var isReplaced = false;
        foreach (var receipt in manifest.Receipts)
        {
            if (receipt.Object != what || (receipt.Epoch, receipt.Sequence) != place || StoreClock.Agrees(receipt, stored)) continue;
            isReplaced = true;
            context.Find(FindingKind.ObjectReplaced, place.Epoch, place.Sequence, stored.Name,
                $"Epoch {manifest.Epoch} sequence {manifest.Sequence} has a receipt of {Describe(receipt.Generation, receipt.TimeCreated)}; the bucket shows {Describe(stored.Generation, stored.TimeCreated)}.");
        }

        return isReplaced;
    }

    // A manifest is sent once its chunk is stored: a younger chunk is not the one that was there then.
    private void TellRecreated(LoadedManifest loaded, StoredObject chunk)
    {
        if (context.HasStoreClock && loaded.Stored.TimeCreated is { } named && chunk.TimeCreated > named)
            context.Find(FindingKind.ObjectReplaced, loaded.Name.Epoch, loaded.Name.Sequence, chunk.Name, $"The store created the chunk at {Timestamp.Print(chunk.TimeCreated.Value)}, after the manifest that names it, at {Timestamp.Print(named)}.");
    }

    private void Count(Manifest manifest, TimeRange since)
    {
        context.Totals.Gaps += manifest.Entry.Gaps.Count;
        if (manifest.Kind == ManifestKind.Heartbeat) context.Totals.Heartbeats++;
        if (manifest.Kind == ManifestKind.Chunk && context.IsRequested(since)) context.Totals.Chunks++;
    }

    private bool Tile(LoadedManifest loaded, Manifest manifest, BranchState state, TimeRange since)
    {
        var step = new TilingStep();
        state.Tiling.Take(manifest, step);
        foreach (var problem in step.Problems)
            context.Find(FindingKind.RangesNotTiled, loaded, $"The ranges do not follow those before, and no gap declares it: {problem}.");
        foreach (var late in step.LateWrites)
            context.FindAbout(since, FindingKind.LateWrite, loaded, $"A finished or interrupted log file goes on: {late}.");
        foreach (var again in step.RolledBackRanges) tracks.RollBack(state.Segment, again.Earlier);
        return step.Problems.Count == 0;
    }

    /// <summary>A branch parts from another one.</summary>
    public void Part(int segment, int parent) => tracks.Part(segment, parent);

    // What the chunk holds of each log file, for repeats; the files' first bytes once they are proven.
    private Action<ChunkVerdict> Track(Manifest manifest, BranchState state, TimeRange since)
    {
        var byRange = new Dictionary<SourceRange, FileTrack>(ReferenceEqualityComparer.Instance);
        foreach (var range in manifest.Entry.Sources)
        {
            byRange[range] = tracks.Add(state.Segment, state.Tiling.RootOf(range.File), range, manifest.Epoch, manifest.Sequence);
            if (!context.IsRequested(since)) byRange[range].Leave(range.From, range.To);
        }

        return verdict =>
        {
            foreach (var head in verdict.Heads) tracks.TakeHead(byRange[head.Range], head);
        };
    }

    private async Task<bool> TakeChunkAsync(LoadedManifest loaded, (Manifest Manifest, ChunkObject Chunk, ChunkContent Content) facts, Action<ChunkVerdict> proven, TimeRange since, CancellationToken cancellationToken)
    {
        var (manifest, chunk, content) = facts;
        var name = ManifestRules.ChunkNameOf(manifest, chunk);
        if (name.ToString() != chunk.Name)
            context.Find(FindingKind.ChunkNameMismatch, loaded, $"The manifest names its chunk {chunk.Name}; its facts name it {name}.");

        // Looked for under the name that the facts give, never under one found in a document.
        if (await shelf.FindAsync(name, cancellationToken) is not { } stored)
        {
            if (expiry.ExplainsChunk(since.To)) expiry.Tell(manifest.Epoch, manifest.Sequence, $"The chunk of epoch {manifest.Epoch} sequence {manifest.Sequence} is older than the retention and gone.");
            else context.Find(FindingKind.ChunkMissing, manifest.Epoch, manifest.Sequence, name.ToString(), $"The chunk of {content.Records} records ({content.Bytes} bytes) is not in the bucket.");
            return false;
        }

        expiry.SeeChunk();
        retention.Take(stored);
        if (!TellReplaced(manifest, ReceiptObject.Chunk, (manifest.Epoch, manifest.Sequence), stored)) TellRecreated(loaded, stored);
        if (stored.Bytes != chunk.Bytes)
        {
            context.Find(FindingKind.ChunkSizeMismatch, manifest.Epoch, manifest.Sequence, stored.Name, $"The object has {stored.Bytes} bytes; signed are {chunk.Bytes}.");
            if (!context.Options.ManifestsOnly)
                context.Find(FindingKind.ChunkDigestMismatch, manifest.Epoch, manifest.Sequence, stored.Name, $"The object has another size, so its SHA-256 is not {chunk.Sha256}.");
            return false;
        }

        if (context.IsRequested(since))
            await queue.AddAsync(new ChunkJob(stored, manifest.Entry, chunk, content), loaded, since, proven, cancellationToken);
        return true;
    }

    // Coverage is byte continuity (docs/format.md, "Coverage and results"): between two manifests whose ranges tile, nothing is missing.
    private void Cover(LoadedManifest loaded, Manifest manifest, BranchState state, TimeRange since, bool follows)
    {
        if (manifest.Entry.Gaps.Count > 0)
        {
            // What was bound before may have waited long on the node: the bytes were lost after it was sealed, not after it was signed.
            var from = since.From - state.Sealed > state.MaxSilence && state.CoveredTo is not null ? Earlier(state.Sealed, since.From) : since.From;
            var between = new TimeRange(from, since.To);
            foreach (var gap in manifest.Entry.Gaps)
                context.FindAbout(between, FindingKind.SignedGap, loaded, $"{Describe(gap)} From {between} nothing is proven.");
            context.Coverage.Refute(between);
            follows = false;
        }

        if (state.IsStopped && manifest.Start is not null) context.Timeline.Add(TimelineState.Stopped, since);
        else if (manifest.Kind == ManifestKind.Heartbeat && IsProof(manifest)) context.Timeline.Add(TimelineState.Idle, since);
        state.IsUnproven = manifest.Kind is ManifestKind.EpochStart or ManifestKind.Stop ? state.IsUnproven : !IsProof(manifest); // these two say nothing of the source
        if (!follows || state.CoveredTo is null)
        {
            context.Coverage.Add(new TimeRange(since.To, since.To));
            state.CoveredTo = since.To;
        }
        else if (state.IsUnproven)
        {
            return; // the source was not known to be read to its end: the next manifest that tiles covers this time too
        }
        else if (since.To >= state.CoveredTo) // else the node's clock stepped back: that time is covered already
        {
            context.Coverage.Add(since);
            if (since.To - since.From > state.MaxSilence)
                context.FindAbout(since, FindingKind.Delayed, loaded, $"What happened since {Timestamp.Print(since.From)} was not proven before {Timestamp.Print(since.To)}: {Duration.Print(since.To - since.From)}, more than the {Duration.Print(state.MaxSilence)} promised.");
            state.CoveredTo = since.To;
        }
    }

    private static void Advance(LoadedManifest loaded, Manifest manifest, BranchState state, DateTimeOffset time)
    {
        if (manifest.Start is { } start) state.MaxSilence = Duration.OfSeconds(start.Policy.MaxSilenceSeconds); // until here, what the epoch before promised
        if (manifest.Kind is ManifestKind.Chunk or ManifestKind.Gap) state.Sealed = manifest.Entry.Sealed;
        else state.Sealed = time;
        (state.Epoch, state.Sequence, state.PayloadSha256, state.Time) = (manifest.Epoch, manifest.Sequence, loaded.PayloadSha256, time);
        (state.Stored, state.HasTwins) = (loaded.Stored, loaded.HasTwins);
        state.IsStopped = manifest.Kind == ManifestKind.Stop;
    }

    // Only `idle` with position + pending = size proves that nothing was left unread.
    private static bool IsProof(Manifest manifest) =>
        manifest.Source is not { } source
        || (source.State == SourceCondition.Idle && (manifest.Entry.Sources is [.., var position] ? position.To : 0) + source.Pending == source.Size);

    private static string Describe(string? generation, DateTimeOffset? created) =>
        $"generation {generation ?? "unknown"}, created at {(created is { } time ? Timestamp.Print(time) : "an unknown time")}";

    private static string Describe(Gap gap)
    {
        var what = gap.File is { } file ? $"of log file {file}" : "of an unknown log file";
        var extent = gap.To is { } to ? $"bytes {gap.From} to {to}" : $"bytes from {gap.From} to an unknown end";
        return $"The agent declares a gap ({gap.Cause.Text()}): {extent} {what}{(gap.Detail.Length > 0 ? $" ({gap.Detail})" : "")}.";
    }

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
}
