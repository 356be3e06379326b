using System.IO.Compression;
using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>
/// Proves one chunk in one pass over its bytes: the object's hash, gzip's framing, the content's hash, its records and their Merkle root, what the
/// manifest says of the first and the last, and the fingerprints of log files that begin in it. A gzip bomb ends at the signed size.
/// </summary>
internal static class ChunkVerifier
{
    /// <exception cref="IOException">The store broke off; nothing is known.</exception>
    public static ChunkVerdict Verify(ChunkJob job, Stream stored, CancellationToken cancellationToken)
    {
        using var member = new GzipMember(stored, job.Chunk.Bytes);
        using var scan = new RecordScan();
        var heads = FileHead.Among(job.Facts.Sources);
        var borders = new RangeBorders(job.Facts.Sources, job.Content.Bytes);
        var framing = Scan(job, member, scan, heads, borders, cancellationToken);
        var sha256 = member.Finish();
        if (member.BytesRead != job.Chunk.Bytes || sha256 != job.Chunk.Sha256)
            return Refuted(FindingKind.ChunkDigestMismatch, $"The object has {Count(member.BytesRead, job.Chunk.Bytes)} bytes with SHA-256 {sha256}; signed are {job.Chunk.Bytes} with {job.Chunk.Sha256}.");
        if (framing is { } fault) return new ChunkVerdict([fault], []);
        var faults = CompareChecksum(job, member).Concat(Compare(job, scan)).Concat(heads.SelectMany(CompareFingerprint)).Concat(CompareBorders(borders)).ToArray();
        return new ChunkVerdict(faults, heads);
    }

    private static ChunkFault? Scan(ChunkJob job, GzipMember member, RecordScan scan, IReadOnlyList<FileHead> heads, RangeBorders borders, CancellationToken cancellationToken)
    {
        if (member.ReadHeader() is { } wrong) return Framing(wrong);
        var crc = default(Crc32);
        long total = 0;
        try
        {
            using var deflate = new DeflateStream(member, CompressionMode.Decompress, leaveOpen: true);
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var space = scan.Space;
                var count = deflate.Read(space[..(int)Math.Min(space.Length, job.Content.Bytes - total + 1)]);
                if (count == 0) break;
                if (total + count > job.Content.Bytes)
                    return new ChunkFault(FindingKind.ContentSizeMismatch, $"The chunk holds more than the signed {job.Content.Bytes} plain bytes; reading stopped there.");
                var plain = space[..count];
                crc = crc.Append(plain);
                foreach (var head in heads) head.TakeFrom(plain, total);
                borders.Take(plain, total);
                scan.Take(count);
                total += count;
            }
        }
        catch (InvalidDataException)
        {
            return Framing("its deflate data is damaged");
        }

        scan.End();
        if (member.IsOverread) return Framing("its deflate data ends in the middle");
        if (!member.IsAllTaken) return Framing("more bytes follow the end of its deflate data");
        if (member.ReadTrailer() is not { } trailer) return Framing("it ends within gzip's trailer");
        if (trailer.Crc32 != crc.Value) return Framing("gzip's CRC-32 is not that of the plain bytes");
        if (trailer.Length != (uint)total) return Framing("gzip's ISIZE is not the number of plain bytes");
        return total == job.Content.Bytes ? null : new ChunkFault(FindingKind.ContentSizeMismatch, $"The chunk holds {total} plain bytes; signed are {job.Content.Bytes}.");
    }

    private static IEnumerable<ChunkFault> Compare(ChunkJob job, RecordScan scan)
    {
        var content = job.Content;
        if (scan.ContentSha256() is var sha256 && sha256 != content.Sha256)
            yield return new ChunkFault(FindingKind.ContentDigestMismatch, $"The plain bytes have SHA-256 {sha256}; signed is {content.Sha256}.");
        if (scan.Records != content.Records)
            yield return new ChunkFault(FindingKind.RecordCountMismatch, $"The chunk holds {scan.Records} records; signed are {content.Records}.");
        if (scan.Malformed != content.Malformed)
            yield return new ChunkFault(FindingKind.MalformedCountMismatch, $"The chunk holds {scan.Malformed} malformed records; signed are {content.Malformed}.");
        if (scan.MerkleRoot() is var root && root != content.MerkleRoot)
            yield return new ChunkFault(FindingKind.MerkleRootMismatch, $"The records' Merkle root is {root}; signed is {content.MerkleRoot}.");
        if (scan.First() is var first && first != Cut(job.Facts.First))
            yield return new ChunkFault(FindingKind.RecordSummaryMismatch, "Member 'first' is not what the first record says.");
        if (scan.Last() is var last && last != Cut(job.Facts.Last))
            yield return new ChunkFault(FindingKind.RecordSummaryMismatch, "Member 'last' is not what the last record says.");
    }

    private static IEnumerable<ChunkFault> CompareChecksum(ChunkJob job, GzipMember member)
    {
        if (member.Crc32C != job.Chunk.Crc32C)
            yield return new ChunkFault(FindingKind.ChunkCrcMismatch, $"The object has CRC-32C {member.Crc32C}; signed is {job.Chunk.Crc32C}.");
    }

    private static IEnumerable<ChunkFault> CompareFingerprint(FileHead head)
    {
        var fingerprint = head.Range.Fingerprint;
        // Taken at sealing, it may reach beyond the bytes of this chunk; then the file's next chunk has it whole.
        if (head.Range.From == 0 && fingerprint.Bytes > 0 && fingerprint.Bytes <= head.Bytes.Length && Digest.Of(head.Bytes[..fingerprint.Bytes]) != fingerprint.Sha256)
            yield return new ChunkFault(FindingKind.FingerprintMismatch, $"The fingerprint of log file {head.Range.File} is not that of its first {fingerprint.Bytes} bytes.");
    }

    private static IEnumerable<ChunkFault> CompareBorders(RangeBorders borders)
    {
        if (borders.Torn is { } at)
            yield return new ChunkFault(FindingKind.ManifestContradictory, $"A source range ends at plain byte {at} of the chunk, within a record: only a chunk's last record may lack its LF.");
    }

    private static RecordSummary? Cut(RecordSummary? summary) =>
        summary is null ? null : new RecordSummary(Cut(summary.AuditId), Cut(summary.Stage), Cut(summary.Timestamp));

    private static string? Cut(string? text) => text is null ? null : ForeignText.Cut(text);

    private static string Count(long read, long signed) => read > signed ? $"more than {signed}" : read.ToString();

    private static ChunkFault Framing(string what) => new(FindingKind.ChunkFraming, $"The chunk is not one gzip member: {what}.");

    private static ChunkVerdict Refuted(FindingKind kind, string message) => new([new ChunkFault(kind, message)], []);
}
