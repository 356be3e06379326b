using System.IO.Compression;
using System.Runtime.CompilerServices;
using Sealtail.Buckets;
using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>Reads source bytes back out of the bucket: which chunks hold them is found by walking their manifests once more, so that nothing need be remembered.</summary>
internal sealed class TrackReader(IBucket bucket, StreamName stream, ManifestLoader loader, ChunkShelf shelf)
{
    private const int PieceBytes = 64 * 1024;

    /// <summary>Bytes <c>[from, to)</c> of the track in pieces, each valid until the next. Fewer, if a chunk or manifest is not there any more.</summary>
    /// <exception cref="BucketException">The store broke off.</exception>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(FileTrack track, long from, long to, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var buffer = new byte[PieceBytes];
        foreach (var part in track.Parts.Where(part => part.From < to && part.To > from).ToArray())
        {
            await foreach (var manifest in ManifestsOf(part, cancellationToken))
            {
                // A late write may have brought the reader back to the file within one chunk: then other bytes lie between.
                while (Part(manifest, track, from, to) is (var skip, > 0 and var length))
                {
                    if (await shelf.FindAsync(ManifestRules.ChunkNameOf(manifest, manifest.Entry.Object!), cancellationToken) is not { } stored) yield break; // a chunk has an object
                    await using var source = await bucket.OpenReadAsync(stored, 0, cancellationToken);
                    await using var plain = new GZipStream(source, CompressionMode.Decompress);
                    for (var at = 0L; at < skip + length;)
                    {
                        var count = await plain.ReadAsync(buffer.AsMemory(0, (int)Math.Min(PieceBytes, skip + length - at)), cancellationToken);
                        if (count == 0) yield break;
                        var unwanted = (int)Math.Clamp(skip - at, 0, count);
                        at += count;
                        if (unwanted < count) yield return buffer.AsMemory(unwanted, count - unwanted);
                    }

                    from += length;
                    if (from >= to) yield break;
                }
            }
        }
    }

    // Where the wanted bytes lie in the chunk's content: one stretch, from `from` on.
    private static (long Skip, long Length) Part(Manifest manifest, FileTrack track, long from, long to)
    {
        var offset = 0L;
        foreach (var range in manifest.Entry.Sources)
        {
            if (track.IsNumbered(range.File) && range.From <= from && range.To > from)
                return (offset + from - range.From, Math.Min(range.To, to) - from);
            offset += range.To - range.From;
        }

        return default;
    }

    private async IAsyncEnumerable<Manifest> ManifestsOf(Run part, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var stored in bucket.ListAsync(ManifestName.Prefix(stream, part.Epoch), cancellationToken))
        {
            if (!ManifestName.TryParse(stored.Name, out var name) || name.Sequence < part.FirstSequence) continue;
            if (name.Sequence > part.LastSequence) yield break;
            if (await loader.LoadAsync(stored, name, cancellationToken) is { Manifest: { Kind: ManifestKind.Chunk } manifest }) yield return manifest;
        }
    }
}
