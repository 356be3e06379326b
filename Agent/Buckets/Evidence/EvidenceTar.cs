using System.Globalization;
using System.Text;

namespace Sealtail.Buckets.Evidence;

/// <summary>
/// The one way in which an export is laid out as a tar file (POSIX pax, which every tar reads): nothing in a header can vary, so that a reader can demand
/// every byte of it.
/// </summary>
internal static class EvidenceTar
{
    public const int BlockBytes = 512;

    private const int NameBytes = 100;

    /// <summary>Two empty blocks.</summary>
    public static byte[] End { get; } = new byte[2 * BlockBytes];

    /// <summary>The header blocks of a file. A name that has no room in the plain header gets one before it.</summary>
    /// <param name="name">ASCII.</param>
    /// <param name="bytes">Of the file.</param>
    public static byte[] Header(string name, long bytes)
    {
        if (name.Length <= NameBytes && bytes < 1L << 33) return Block(name, bytes, '0');
        var records = Record("path", name) + Record("size", bytes.ToString(CultureInfo.InvariantCulture));
        var extended = new byte[PaddedTo(records.Length)];
        Encoding.ASCII.GetBytes(records, extended);
        return [.. Block("pax", records.Length, 'x'), .. extended, .. Block("long-name", bytes < 1L << 33 ? bytes : 0, '0')];
    }

    /// <summary>The name and size that the header blocks at the beginning of <paramref name="blocks"/> state; null: they are none of ours.</summary>
    /// <param name="blocks">As much of the file as is there, up to <see cref="MaxHeaderBytes"/>.</param>
    public static (string Name, long Bytes, int HeaderBytes)? Parse(ReadOnlySpan<byte> blocks)
    {
        if (blocks.Length < BlockBytes || ReadOctal(blocks[124..136]) is not { } size) return null;
        var (name, bytes) = (Encoding.ASCII.GetString(blocks[..NameBytes]).TrimEnd('\0'), size);
        if (blocks[156] == (byte)'x')
        {
            if (size > blocks.Length - BlockBytes) return null;
            var records = Encoding.ASCII.GetString(blocks.Slice(BlockBytes, (int)size)).Split('\n');
            if (records is not [var path, var length, ""] || Value(path, "path") is not { } longName || !long.TryParse(Value(length, "size"), NumberStyles.None, CultureInfo.InvariantCulture, out bytes)) return null;
            name = longName;
        }

        if (bytes < 0 || name.Any(c => c is < ' ' or > '~')) return null;
        var header = Header(name, bytes);
        return blocks.StartsWith(header) ? (name, bytes, header.Length) : null;
    }

    public static int MaxHeaderBytes => 8 * BlockBytes;

    public static long PaddedTo(long bytes) => (bytes + BlockBytes - 1) / BlockBytes * BlockBytes;

    private static byte[] Block(string name, long bytes, char type)
    {
        var block = new byte[BlockBytes];
        Encoding.ASCII.GetBytes(name, block);
        Octal(block.AsSpan(100, 8), 0b100_100_100); // mode 0444
        Octal(block.AsSpan(108, 8), 0);
        Octal(block.AsSpan(116, 8), 0);
        Octal(block.AsSpan(124, 12), bytes);
        Octal(block.AsSpan(136, 12), 0);
        block[156] = (byte)type;
        "ustar\0"u8.CopyTo(block.AsSpan(257));
        "00"u8.CopyTo(block.AsSpan(263));
        block.AsSpan(148, 8).Fill((byte)' ');
        var sum = 0;
        foreach (var value in block) sum += value;
        Octal(block.AsSpan(148, 7), sum);
        block[155] = (byte)' ';
        return block;
    }

    private static void Octal(Span<byte> field, long value)
    {
        for (var i = field.Length - 2; i >= 0; i--, value >>= 3) field[i] = (byte)('0' + (value & 7));
        field[^1] = 0;
    }

    private static long? ReadOctal(ReadOnlySpan<byte> field)
    {
        long value = 0;
        foreach (var digit in field[..^1])
        {
            if (digit is < (byte)'0' or > (byte)'7') return null;
            value = (value << 3) | (long)(digit - '0');
        }

        return value;
    }

    // "LENGTH KEY=VALUE\n", the length counting its own digits.
    private static string Record(string key, string value)
    {
        var rest = $" {key}={value}\n";
        var length = rest.Length + 1;
        while (rest.Length + length.ToString(CultureInfo.InvariantCulture).Length != length) length++;
        return length.ToString(CultureInfo.InvariantCulture) + rest;
    }

    private static string? Value(string record, string key) => record.Split(' ', 2) is [_, var pair] && pair.StartsWith(key + "=", StringComparison.Ordinal) ? pair[(key.Length + 1)..] : null;
}
