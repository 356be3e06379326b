using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>What a chunk holds of a log file's first 1 KiB: it proves the file's fingerprints.</summary>
/// <param name="Range">The range that it lies in, and begins.</param>
/// <param name="Offset">Where the range begins among the chunk's plain bytes.</param>
internal sealed record FileHead(SourceRange Range, long Offset)
{
    private readonly byte[] bytes = new byte[Math.Min(Fingerprint.MaxBytes, Range.To) - Range.From];
    private int length;

    public ReadOnlySpan<byte> Bytes => bytes.AsSpan(0, length);

    /// <summary>All such parts among a chunk's ranges.</summary>
    public static IReadOnlyList<FileHead> Among(IReadOnlyList<SourceRange> ranges)
    {
        var heads = new List<FileHead>();
        long offset = 0;
        foreach (var range in ranges)
        {
            if (range.From < Math.Min(range.To, Fingerprint.MaxBytes)) heads.Add(new FileHead(range, offset));
            offset += range.To - range.From;
        }

        return heads;
    }

    /// <summary>Takes its part of <paramref name="plain"/>, which begins at <paramref name="at"/>.</summary>
    public void TakeFrom(ReadOnlySpan<byte> plain, long at)
    {
        var skip = Offset + length - at;
        if (skip < 0 || skip >= plain.Length || length == bytes.Length) return;
        var part = plain[(int)skip..];
        part = part[..Math.Min(part.Length, bytes.Length - length)];
        part.CopyTo(bytes.AsSpan(length));
        length += part.Length;
    }
}
