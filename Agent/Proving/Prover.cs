using Sealtail.Buckets;
using Sealtail.Chaining;
using Sealtail.Format;
using Sealtail.Verifying;

namespace Sealtail.Proving;

/// <summary>From a question about an event to proofs of the records that answer it: searches signed chunks, and takes from the bucket what proves each match.</summary>
/// <param name="bucket">It is only read.</param>
/// <param name="options">What is asked.</param>
/// <param name="trust">Whom to believe; null: the keys that the epochs name, for the reader of the proof to judge.</param>
/// <param name="prover">Signs a checkpoint where none is stored.</param>
/// <param name="time">The clock of retries.</param>
internal sealed class Prover(IBucket bucket, ProveOptions options, TrustPolicy? trust, SigningKey prover, TimeProvider time)
{
    private readonly ObjectReader reader = new(bucket, BucketRetry.Build(
        new BucketRetryOptions { MaxAttempts = 3, WaitsForAdministrator = false, AttemptTimeout = TimeSpan.FromMinutes(10) }, time, static (_, _) => { }));

    private readonly List<string> problems = [];
    private readonly HashSet<(StreamName Stream, long Epoch, FindingKind Kind)> objections = []; // told
    private int found;

    /// <summary>Called with each proof, one at a time.</summary>
    public required Action<Proof> Proven { get; init; }

    /// <summary>What cannot be read is a problem of the result, beside what was proven all the same.</summary>
    /// <exception cref="BucketException">The bucket cannot be listed at all.</exception>
    /// <exception cref="TooManyMatchesException">More match than the limit.</exception>
    public async Task<ProveResult> RunAsync(CancellationToken cancellationToken)
    {
        var index = new BucketIndex(new VerifyOptions { Streams = options.Streams }, new FindingLog());
        try
        {
            await index.ReadAsync(bucket, cancellationToken);
        }
        catch (BucketException e) when (index.Streams.Any())
        {
            problems.Add($"The bucket could not be listed to its end, so there may be more streams: {e.Message}");
        }

        foreach (var stream in index.Streams)
        {
            IReadOnlyList<VerificationKey> claimed = [];
            try
            {
                if (trust is null) claimed = await ClaimedKeys.ReadAsync(stream, reader, cancellationToken);
                var keys = trust?.KeysFor(stream.Stream) ?? claimed;
                if (keys.Count == 0) problems.Add($"No key is known for {stream.Stream}: it was not searched.");
                else await SearchAsync(stream, keys, cancellationToken);
            }
            catch (BucketException e)
            {
                problems.Add($"{stream.Stream} could not be read to its end: {e.Message}");
            }
            finally
            {
                foreach (var key in claimed) key.Dispose();
            }
        }

        return new ProveResult(found, problems);
    }

    private async Task SearchAsync(StreamIndex index, IReadOnlyList<VerificationKey> keys, CancellationToken cancellationToken)
    {
        var loader = new ManifestLoader(reader, keys);
        var shelf = new ChunkShelf(bucket, index);
        var hasStoreClock = trust is not null && bucket.HasStoreClock && await StoreClock.IsGenuineAsync(bucket, index, loader, cancellationToken);
        var matches = new List<Match>();
        EpochLog? log = null;
        DateTimeOffset? before = null; // when the manifest before was signed
        BucketException? broken = null;
        try
        {
            await foreach (var loaded in ManifestsOf(index.Stream, cancellationToken).LoadAhead(options.ReadAhead, (item, token) => loader.LoadAsync(item.Stored, item.Name, token), cancellationToken))
            {
                if (log?.Epoch != loaded.Name.Epoch)
                {
                    if (log is not null) await ProveAsync(log, matches, keys, hasStoreClock, cancellationToken);
                    log = new EpochLog(index.Stream, loaded.Name.Epoch);
                    matches.Clear();
                }

                if (loaded.Standing == ManifestStanding.Unreadable) problems.Add($"{loaded.Stored.Name} could not be read: {loaded.Why}");
                if (loaded.Standing is not (ManifestStanding.Signed or ManifestStanding.Malformed)) continue;
                if (!log.Add(loaded.Name.Sequence, loaded.LeafHash) || loaded.Manifest is not { } manifest) continue;
                var isAsked = !(manifest.Signed < options.From) && !(before > options.To);
                before = manifest.Signed;
                if (isAsked && manifest.Entry is { Object: { } chunk, Content: { } content } && Believed(loaded, manifest, hasStoreClock) is { } signer)
                    matches.AddRange((await SearchAsync(shelf, manifest, chunk, content, cancellationToken)).Select(record => new Match(loaded, signer, record)));
                if (found + matches.Count > options.Limit) throw new TooManyMatchesException(options.Limit);
            }
        }
        catch (BucketException e)
        {
            broken = e; // what was found until here is proven all the same
        }

        if (log is not null) await ProveAsync(log, matches, keys, hasStoreClock, cancellationToken);
        if (broken is not null) throw broken;
    }

    // The key that the manifest rests on, by the rules of verify; null: whoever signed it proves nothing.
    private Digest? Believed(LoadedManifest loaded, Manifest manifest, bool hasStoreClock)
    {
        if (trust is null) return loaded.Signers[0]; // for the reader of the proof to judge
        var storeTime = hasStoreClock ? loaded.Stored.TimeCreated : null;
        var (keyId, objection) = trust.Judge(manifest.Stream, loaded.Signers, storeTime ?? manifest.Signed, storeTime is not null);
        if (objection is not (var kind, var message)) return keyId;
        if (objections.Add((manifest.Stream, manifest.Epoch, kind))) problems.Add($"Chunks of epoch {manifest.Epoch} of {manifest.Stream} from manifest {manifest.Sequence} on: {kind.Id}. {message}");
        return null;
    }

    private async IAsyncEnumerable<(StoredObject Stored, ManifestName Name)> ManifestsOf(StreamName stream, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var stored in bucket.ListAsync(ManifestName.Prefix(stream), cancellationToken))
            if (ManifestName.TryParse(stored.Name, out var name))
                yield return (stored, name);
    }

    private async Task<IReadOnlyList<FoundRecord>> SearchAsync(ChunkShelf shelf, Manifest manifest, ChunkObject chunk, ChunkContent content, CancellationToken cancellationToken)
    {
        var name = ManifestRules.ChunkNameOf(manifest, chunk);
        try
        {
            if (await shelf.FindAsync(name, cancellationToken) is { } stored)
                return await reader.ReadAsync(stored, (stream, token) => ChunkSearch.Find(content, stream, options.Match, token), cancellationToken);
            problems.Add($"{name} is missing.");
        }
        catch (InvalidDataException e)
        {
            problems.Add($"{name} proves nothing: {e.Message}. sealtail verify tells more.");
        }
        catch (BucketException e)
        {
            problems.Add($"{name} could not be read: {e.Message}");
        }

        return [];
    }

    private async Task ProveAsync(EpochLog log, List<Match> matches, IReadOnlyList<VerificationKey> keys, bool hasStoreClock, CancellationToken cancellationToken)
    {
        if (matches.Count == 0) return;
        var checkpoints = await CheckpointsAsync(log, keys, hasStoreClock, cancellationToken);
        foreach (var (loaded, signer, record) in matches)
        {
            var way = log.Prove(loaded.Name.Sequence, checkpoints, prover);
            if (await ReadAgainAsync(loaded.Stored, cancellationToken) is not { } envelope) continue;
            found++;
            Proven(new Proof(record, envelope, loaded.Manifest!, keys.First(key => key.KeyId == signer), way?.Proof, way?.Key)); // matches are of manifests
        }
    }

    private async Task<IReadOnlyList<(LoadedCheckpoint Loaded, byte[] Bytes, VerificationKey Key)>> CheckpointsAsync(EpochLog log, IReadOnlyList<VerificationKey> keys, bool hasStoreClock, CancellationToken cancellationToken)
    {
        try
        {
            return await log.ReadCheckpointsAsync(bucket, reader, keys, loaded => trust is null || loaded.ObjectionOf(trust, hasStoreClock, time.GetUtcNow()) is null, cancellationToken);
        }
        catch (BucketException e)
        {
            problems.Add($"The checkpoints of epoch {log.Epoch} could not be listed, so the proof has one of its own: {e.Message}");
            return [];
        }
    }

    // It was read once, and may be gone or refused by now.
    private async Task<byte[]?> ReadAgainAsync(StoredObject stored, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadAllAsync(stored, cancellationToken);
        }
        catch (BucketException e)
        {
            problems.Add($"{stored.Name} could not be read: {e.Message}");
            return null;
        }
    }

    private sealed record Match(LoadedManifest Manifest, Digest Signer, FoundRecord Record);
}
