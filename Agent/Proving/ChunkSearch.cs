using System.IO.Compression;
using Sealtail.Format;

namespace Sealtail.Proving;

/// <summary>A record in its chunk: its bytes, its place among the records, and the path to the chunk's Merkle root.</summary>
internal sealed record FoundRecord(long Index, byte[] Bytes, IReadOnlyList<Digest> Path);

/// <summary>Searches one chunk, and proves on the way that its records are the signed ones. Memory grows with the longest record only.</summary>
internal static class ChunkSearch
{
    private const int FirstBytes = 256 * 1024;

    /// <exception cref="IOException">The store broke off.</exception>
    /// <exception cref="InvalidDataException">The records are not those that were signed; the message says how.</exception>
    public static IReadOnlyList<FoundRecord> Find(ChunkContent content, Stream stored, RecordMatch match, CancellationToken cancellationToken)
    {
        var found = new List<FoundRecord>();
        var tree = new InclusionPaths();
        using var gzip = new GZipStream(stored, CompressionMode.Decompress);
        var buffer = new byte[FirstBytes];
        var (start, end, total) = (0, 0, 0L);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (end == buffer.Length) MakeRoom(ref buffer, ref start, ref end);
            var count = gzip.Read(buffer, end, buffer.Length - end);
            if (count == 0) break;
            total += count;
            if (total > content.Bytes) throw new InvalidDataException("it holds more bytes than were signed");
            var search = end;
            end += count;
            while (buffer.AsSpan(search, end - search).IndexOf((byte)'\n') is >= 0 and var lineFeed)
            {
                search += lineFeed + 1;
                Take(buffer.AsMemory(start, search - start));
                start = search;
            }
        }

        if (end > start) Take(buffer.AsMemory(start, end - start));
        return tree.Size == content.Records && tree.Root() == content.MerkleRoot ? found : throw new InvalidDataException("its records are not those that were signed");

        void Take(ReadOnlyMemory<byte> record)
        {
            var leaf = MerkleTree.LeafHash(record.Span);
            if (match.IsMatch(record)) found.Add(new FoundRecord(tree.Size, record.ToArray(), tree.AppendMarked(leaf)));
            else tree.Append(leaf);
        }
    }

    private static void MakeRoom(ref byte[] buffer, ref int start, ref int end)
    {
        var target = start == 0 ? new byte[checked(2 * buffer.Length)] : buffer;
        buffer.AsSpan(start, end - start).CopyTo(target);
        (buffer, start, end) = (target, 0, end - start);
    }
}
