using System.IO.Compression;
using Sealtail.Buckets;
using Sealtail.Format;
using Sealtail.Tests.Verifying;
using Sealtail.Verifying;

namespace Sealtail.Tests.Faults;

/// <summary>What a node's bucket proves: the verifier's report, and the bytes of each log file as the manifests' ranges put them together.</summary>
internal sealed class NodeRecord
{
    private readonly Dictionary<(Guid Lineage, long File), long> roots = [];
    private readonly List<(Guid Lineage, long Root, List<byte> Bytes, List<byte[]> Before)> files = [];

    private NodeRecord(VerifyReport report, IReadOnlyList<Manifest> manifests) => (Report, Manifests) = (report, manifests);

    public VerifyReport Report { get; }

    public IReadOnlyList<Manifest> Manifests { get; }

    public IEnumerable<Gap> Gaps => Manifests.SelectMany(manifest => manifest.Entry.Gaps);

    /// <summary>Each log file's bytes as they were last; files of all lineages.</summary>
    public IEnumerable<byte[]> Files => files.Select(file => file.Bytes.ToArray()).Where(bytes => bytes.Length > 0);

    /// <summary>Bytes that a file once had and, after it was rolled back, has no more; and what it has.</summary>
    public IEnumerable<byte[]> EverythingRead => files.SelectMany(file => file.Before.Append([.. file.Bytes])).Where(bytes => bytes.Length > 0);

    /// <summary>Log bytes that the bucket's manifests say are in it.</summary>
    public static long BytesIn(MemoryBucket bucket) => bucket.Names.Where(name => name.StartsWith(ManifestName.Root, StringComparison.Ordinal))
        .Sum(name => ManifestReader.Parse(Envelope.Parse(bucket[name]).Payload).Entry.Content?.Bytes ?? 0);

    public static async Task<NodeRecord> ReadAsync(Node node, IBucket bucket, IReadOnlyDictionary<string, byte[]> objects)
    {
        using var trust = new TrustPolicy([new TrustAnchor(StreamGlob.Parse("*"), VerificationKey.FromSpki(node.Key.Public.Spki), "test")]);
        var manifests = objects.Where(item => item.Key.StartsWith(ManifestName.Root, StringComparison.Ordinal))
            .Select(item => ManifestReader.Parse(Envelope.Parse(item.Value).Payload))
            .OrderBy(manifest => manifest.Epoch).ThenBy(manifest => manifest.Sequence).ToArray();
        var now = manifests.Length == 0 ? DateTimeOffset.UnixEpoch : manifests.Max(manifest => manifest.Signed);
        var record = new NodeRecord(await Verification.RunAsync(bucket, trust, now.AddSeconds(1), new VerifyOptions { Parallelism = 1 }), manifests);
        foreach (var manifest in manifests.Where(manifest => manifest.Kind == ManifestKind.Chunk)) record.Add(manifest, objects);
        return record;
    }

    /// <summary>For a message: the findings that weigh, the gaps and the ranges.</summary>
    public override string ToString() =>
        string.Join("\n", Report.Findings.Where(finding => finding.Severity > Severity.Info).Select(finding => $"{finding.Kind.Id} {finding.Epoch}/{finding.Sequence}: {finding.Message}"))
        + "\n" + string.Join("\n", Manifests.Select(manifest => $"{manifest.Epoch}/{manifest.Sequence} {manifest.Kind} {manifest.Start?.Cause} {string.Join(' ', manifest.Entry.Sources.Select(range => $"{range.File}{(range.Continues is { } earlier ? $":{earlier}" : "")} {range.From}-{range.To}{(range.Final ? "." : "")}"))} {string.Join(' ', manifest.Entry.Gaps.Select(gap => $"{gap.Cause}({gap.File} {gap.From}-{gap.To})"))}"));

    private void Add(Manifest manifest, IReadOnlyDictionary<string, byte[]> objects)
    {
        using var gzip = new GZipStream(new MemoryStream(objects[manifest.Entry.Object!.Name]), CompressionMode.Decompress); // a chunk has an object
        using var plain = new MemoryStream();
        gzip.CopyTo(plain);
        var bytes = plain.ToArray().AsSpan();
        foreach (var range in manifest.Entry.Sources)
        {
            var length = (int)(range.To - range.From);
            Append(FileOf(manifest.Lineage, range), (int)range.From, bytes[..length]);
            bytes = bytes[length..];
        }
    }

    private static void Append((Guid Lineage, long Root, List<byte> Bytes, List<byte[]> Before) file, int from, ReadOnlySpan<byte> bytes)
    {
        if (from < file.Bytes.Count)
        {
            file.Before.Add([.. file.Bytes]);
            file.Bytes.RemoveRange(from, file.Bytes.Count - from);
        }

        while (file.Bytes.Count < from) file.Bytes.Add(0); // a gap: no file that was written holds this
        file.Bytes.AddRange(bytes);
    }

    private (Guid, long, List<byte>, List<byte[]>) FileOf(Guid lineage, SourceRange range)
    {
        var root = range.File;
        if (range.Continues is { } earlier) root = roots.GetValueOrDefault((lineage, earlier), earlier);
        roots[(lineage, range.File)] = root;
        var at = files.FindIndex(file => file.Lineage == lineage && file.Root == root);
        if (at >= 0) return files[at];
        files.Add((lineage, root, [], []));
        return files[^1];
    }
}
