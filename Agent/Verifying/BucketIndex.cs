using Sealtail.Buckets;
using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>The bucket's streams, found by listing its folders side by side.</summary>
internal sealed class BucketIndex(VerifyOptions options, FindingLog findings)
{
    private const string Root = "v1/";
    private const string Drills = Root + "drill/";
    private const int StreamDepth = 5; // slashes in the name of a stream's folder; below it are its days, or its epochs

    private readonly Lock gate = new(); // guards what follows while several listings fill it
    private readonly SortedDictionary<string, StreamIndex> streams = new(StringComparer.Ordinal);
    private readonly List<(string Prefix, string Why)> unlisted = [];

    public IEnumerable<StreamIndex> Streams => streams.Values;

    /// <summary>Whether everything could be listed. What could not is told as a finding, and what is known of the rest stands.</summary>
    public async Task<bool> ReadAsync(IBucket bucket, CancellationToken cancellationToken)
    {
        // One stream asked for by name needs no listing of all the others.
        string[] folders = options.Streams?.Literal is { } stream ? [ChunkName.Prefix(stream), ManifestName.Prefix(stream), CheckpointName.Prefix(stream)] : [Root];
        await new FolderWalk(bucket, options.ListingsAtOnce) { UseOf = UseOf, Found = Add, Failed = Fail }.RunAsync(folders, cancellationToken);
        foreach (var (prefix, why) in unlisted) Tell(prefix, $"What begins with {Shown.Text(prefix)} could not be listed to the end: {why}");
        return unlisted.Count == 0;
    }

    private void Tell(string prefix, string message)
    {
        var concerned = streams.Values.Where(index => index.Pass(prefix)).ToList();
        foreach (var index in concerned) findings.Add(FindingKind.BucketUnreadable, index.Stream.ToString(), null, null, null, message);
        if (concerned is not [_]) findings.Add(FindingKind.BucketUnreadable, null, null, null, null, message); // who knows which streams there are
    }

    private FolderUse UseOf(string folder)
    {
        if (folder.StartsWith(Drills, StringComparison.Ordinal)) return FolderUse.None; // made to be seen, by whoever tried the bucket
        var depth = folder.Count(c => c == '/');
        if (depth == 1) return FolderUse.Opened;
        var kind = new[] { ManifestName.Root, ChunkName.Root, CheckpointName.Root }.FirstOrDefault(root => folder.StartsWith(root, StringComparison.Ordinal));
        if (kind is null || depth > StreamDepth) return FolderUse.Whole;
        return depth == StreamDepth && StreamOf(folder, kind) is { } stream && !IsWanted(stream) ? FolderUse.None : FolderUse.Opened;
    }

    private static StreamName? StreamOf(string folder, string kind)
    {
        var name = folder[kind.Length..^1];
        if (kind == ChunkName.Root && !ChunkName.TryParseFolder(name, out name)) return null;
        return StreamName.TryParse(name, out var stream) ? stream : null;
    }

    private void Fail(string prefix, BucketException fault)
    {
        lock (gate) unlisted.Add((prefix, fault.Message));
    }

    private void Add(StoredObject stored)
    {
        lock (gate) Sort(stored);
    }

    private void Sort(StoredObject stored)
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
