using System.IO.Compression;
using System.Text.Json;
using Sealtail.Format;

namespace Sealtail.Tampering;

/// <summary>A chunk's facts the simple way: everything in memory, one thing after the other.</summary>
internal static class ChainBuilderChunk
{
    // What gzip(1) writes for no bytes; .NET's stream writes nothing at all then.
    private static readonly byte[] EmptyMember = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    public static byte[] Gzip(byte[] plain, CompressionLevel level = CompressionLevel.Optimal)
    {
        if (plain.Length == 0) return EmptyMember;
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, level)) gzip.Write(plain);
        return bytes.ToArray();
    }

    public static List<byte[]> Records(byte[] plain)
    {
        var records = new List<byte[]>();
        for (var start = 0; start < plain.Length;)
        {
            var lineFeed = Array.IndexOf(plain, (byte)'\n', start);
            var end = lineFeed < 0 ? plain.Length : lineFeed + 1;
            records.Add(plain[start..end]);
            start = end;
        }

        return records;
    }

    public static EntryFacts Describe(EntryFacts facts, StreamName stream, byte[] plain, byte[] stored)
    {
        var records = Records(plain);
        var tree = new MerkleTree();
        foreach (var record in records) tree.Append(MerkleTree.LeafHash(record));
        var first = records.Count == 0 ? null : RecordSummary.Of(records[0]);
        var sha256 = Digest.Of(stored);
        return facts with
        {
            Reason = facts.Reason ?? CutReason.Age,
            Object = new ChunkObject(new ChunkName(stream, ChunkName.Date(first?.Timestamp, facts.Sealed), sha256).ToString(), stored.Length, sha256, Crc32C.Of(stored)),
            Content = new ChunkContent(plain.Length, Digest.Of(plain), records.Count, records.Count(IsMalformed), tree.Root()),
            First = first,
            Last = records.Count == 0 ? null : RecordSummary.Of(records[^1]),
        };
    }

    private static bool IsMalformed(byte[] record)
    {
        var text = record.AsSpan();
        if (text is [.., (byte)'\n']) text = text[..^1];
        if (text.Length < record.Length && text is [.., (byte)'\r']) text = text[..^1];
        return text is not [(byte)'{', ..] || text[^1] != '}';
    }
}
