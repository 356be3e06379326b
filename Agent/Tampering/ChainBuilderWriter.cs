using System.Security.Cryptography;
using Sealtail.Format;

namespace Sealtail.Tampering;

/// <summary>Signs drafts in order and puts their objects into a bucket: each epoch's chain, log roots, totals and receipts are computed here.</summary>
internal sealed class ChainBuilderWriter(StreamName stream, IReadOnlyList<ChainBuilderDraft> drafts)
{
    public void WriteTo(MemoryBucket bucket)
    {
        ChainBuilderDraft? before = null;
        MerkleTree? treeBefore = null;
        foreach (var epoch in drafts.GroupBy(draft => draft.Manifest.Epoch))
        {
            var tree = new MerkleTree();
            var totals = default(Totals);
            ChainBuilderDraft? previous = null;
            foreach (var draft in epoch.OrderBy(draft => draft.Manifest.Sequence))
            {
                var manifest = Complete(bucket, draft, previous, previous ?? before, new LogState(tree.Size, tree.Root()));
                if (draft.IsCheckpointed && (previous ?? before) is { } covered && (previous is null ? treeBefore : tree) is { } log)
                    manifest = manifest with { Checkpoints = [PutCheckpoint(bucket, draft, new Checkpoint(stream, covered.Manifest.Epoch, log.Size, log.Root()))] };
                if (manifest.Entry.Content is { } content)
                    totals = new Totals(totals.Chunks + 1, totals.Records + content.Records, totals.Bytes + content.Bytes);
                manifest = manifest with { Totals = totals };
                manifest = draft.Change?.Invoke(manifest) ?? manifest;
                draft.Manifest = manifest;
                Put(bucket, draft);
                tree.Append(MerkleTree.LeafHash(draft.Payload));
                previous = draft;
            }

            (before, treeBefore) = (previous, tree);
        }
    }

    private Manifest Complete(MemoryBucket bucket, ChainBuilderDraft draft, ChainBuilderDraft? previous, ChainBuilderDraft? before, LogState log)
    {
        var manifest = draft.Manifest;
        if (draft.Plain is { } plain) manifest = manifest with { Entry = ChainBuilderChunk.Describe(manifest.Entry, stream, plain, draft.Stored ??= ChainBuilderChunk.Gzip(plain)) };
        if (manifest.Start is { } start)
            manifest = manifest with { Start = start with { PreviousEpoch = draft.Link is { } link ? new ManifestLink(link.Manifest.Epoch, link.Manifest.Sequence, link.PayloadSha256) : null } };
        var receipts = new List<Receipt>();
        if (before is not null) receipts.Add(Confirmed(before.Manifest, ReceiptObject.Manifest, before.Created));
        if (manifest.Entry.Object is { } shipped)
            receipts.Add(bucket.Has(shipped.Name) ? new(manifest.Epoch, manifest.Sequence, ReceiptObject.Chunk, PutResult.Exists, null, null, null) : Confirmed(manifest, ReceiptObject.Chunk, draft.ChunkCreated));
        return manifest with
        {
            Previous = previous?.PayloadSha256,
            Log = log,
            Receipts = receipts,
            Subject = manifest.Start is { } claim ? new Subject("key", Digest.Of(claim.PublicKey))
                : manifest.Entry.Object is { } chunk ? new Subject(chunk.Name, chunk.Sha256)
                : new Subject("previous", previous!.PayloadSha256), // only a start has none before it
        };
    }

    private static Receipt Confirmed(Manifest manifest, ReceiptObject what, DateTimeOffset created) =>
        new(manifest.Epoch, manifest.Sequence, what, PutResult.Created, MemoryBucket.GenerationOf(created), created, null);

    private static StoredCheckpoint PutCheckpoint(MemoryBucket bucket, ChainBuilderDraft draft, Checkpoint checkpoint)
    {
        var bytes = Checkpoints.Sign(checkpoint, draft.Key);
        var name = new CheckpointName(checkpoint.Stream, checkpoint.Epoch, checkpoint.Size, Digest.Of(bytes));
        draft.CheckpointName = name.ToString();
        bucket.Replace(draft.CheckpointName, bytes, draft.Created - TimeSpan.FromSeconds(1));
        return new StoredCheckpoint(name.Epoch, name.Size, name.Sha256);
    }

    private static void Put(MemoryBucket bucket, ChainBuilderDraft draft)
    {
        var manifest = draft.Manifest;
        var payload = ManifestWriter.ToPayload(manifest);
        draft.Payload = draft.ChangePayload?.Invoke(payload) ?? payload;
        var envelope = draft.Cosigner is { } other ? Sign(draft.Payload, draft.Key, other) : Sign(draft.Payload, draft.Key);
        envelope = draft.ChangeEnvelope?.Invoke(envelope) ?? envelope;
        draft.Name = new ManifestName(manifest.Stream, manifest.Epoch, manifest.Sequence, manifest.Sequence == 0 ? null : Digest.Of(envelope)).ToString();
        draft.ChunkName = manifest.Entry.Object?.Name ?? "";
        // A chunk shipped again has the same name: it stays what it was.
        if (draft.Stored is { } stored && !draft.ChunkIsAbsent && !bucket.Has(draft.ChunkName)) bucket.Replace(draft.ChunkName, stored, draft.ChunkCreated);
        if (!draft.IsAbsent) bucket.Replace(draft.Name, envelope, draft.Created);
        bucket.Now = draft.Created;
    }

    public static byte[] Sign(byte[] payload, params ECDsa[] keys)
    {
        var message = Envelope.PreAuthenticationEncoding(payload);
        return new Envelope(payload, [.. keys.Select(key => new EnvelopeSignature(
            Digest.Of(key.ExportSubjectPublicKeyInfo()).ToString(), key.SignData(message, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)))]).ToBytes();
    }
}
