using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>The first bytes of a log file, picked out of the chunk that holds them: they prove its fingerprints.</summary>
/// <param name="Range">The range that begins the file.</param>
/// <param name="Offset">Where it begins among the chunk's plain bytes.</param>
internal sealed record FileHead(SourceRange Range, long Offset)
{
    private readonly byte[] bytes = new byte[Math.Min(Fingerprint.MaxBytes, Range.To)];
    private int length;

    public ReadOnlySpan<byte> Bytes => bytes.AsSpan(0, length);

    /// <summary>The beginnings of log files among a chunk's ranges.</summary>
    public static IReadOnlyList<FileHead> Among(IReadOnlyList<SourceRange> ranges)
    {
        var heads = new List<FileHead>();
        long offset = 0;
        foreach (var range in ranges)
        {
            if (range is { From: 0, To: > 0 }) heads.Add(new FileHead(range, offset));
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
