using Sealtail.Buckets;
using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>The bucket's streams, found by listing.</summary>
internal sealed class BucketIndex(VerifyOptions options, FindingLog findings)
{
    private const string Root = "v1/";

    private readonly Lock gate = new(); // guards the streams while several listings fill them
    private readonly SortedDictionary<string, StreamIndex> streams = new(StringComparer.Ordinal);

    public IEnumerable<StreamIndex> Streams => streams.Values;

    /// <exception cref="BucketException">Listing broke off.</exception>
    public async Task ReadAsync(IBucket bucket, CancellationToken cancellationToken)
    {
        // One stream asked for by name needs no listing of all the others.
        string[] prefixes = options.Streams?.Literal is { } stream ? [ChunkName.Prefix(stream), ManifestName.Prefix(stream), CheckpointName.Prefix(stream)] : [Root];
        await Task.WhenAll(prefixes.Select(prefix => ReadAsync(bucket, prefix, cancellationToken)));
    }

    private async Task ReadAsync(IBucket bucket, string prefix, CancellationToken cancellationToken)
    {
        await foreach (var stored in bucket.ListAsync(prefix, cancellationToken))
            lock (gate)
                Add(stored);
    }

    private void Add(StoredObject stored)
    {
        if (ManifestName.TryParse(stored.Name, out var manifest))
        {
            if (IsWanted(manifest.Stream)) Of(manifest.Stream).Add(manifest, stored);
        }
        else if (ChunkName.TryParse(stored.Name, out var chunk))
        {
            if (IsWanted(chunk.Stream)) Of(chunk.Stream).Add(chunk);
        }
        else if (CheckpointName.TryParse(stored.Name, out var checkpoint))
        {
            if (IsWanted(checkpoint.Stream)) Of(checkpoint.Stream).Checkpoints++;
        }
        else
        {
            findings.Add(FindingKind.UnsignedObject, null, null, null, stored.Name, "The name is no manifest's, chunk's or checkpoint's: nothing is known of the object.");
        }
    }

    private bool IsWanted(StreamName stream) => options.Streams?.Matches(stream) ?? true;

    private StreamIndex Of(StreamName stream)
    {
        var name = stream.ToString();
        if (!streams.TryGetValue(name, out var index)) streams.Add(name, index = new StreamIndex(stream));
        return index;
    }
}
