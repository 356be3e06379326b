using System.Buffers;

namespace Sealtail.Format;

/// <summary>
/// Reads JSON that is spelt in one expected way, member by member, without white space and escapes. What is spelt otherwise makes it wrong for good, and
/// is then somebody else's to read: nothing that is read counts before <see cref="IsRead"/>.
/// </summary>
internal ref struct UsualJson(ReadOnlySpan<byte> json)
{
    private const int MostDigits = 16; // of StrictJson.MaxInteger

    private static readonly SearchValues<byte> LowerHex = SearchValues.Create("0123456789abcdef"u8);
    private static readonly SearchValues<byte> Plain = SearchValues.Create(Enumerable.Range(0x20, 0x7f - 0x20).Select(c => (byte)c).Where(c => c is not ((byte)'"' or (byte)'\\')).ToArray());

    private ReadOnlySpan<byte> rest = json;

    public bool IsWrong { get; private set; }

    /// <summary>All was as expected, to the end.</summary>
    public readonly bool IsRead => !IsWrong && rest.IsEmpty;

    public void Refuse()
    {
        IsWrong = true;
        rest = [];
    }

    /// <summary>Takes the text if it comes next.</summary>
    public bool TryTake(ReadOnlySpan<byte> text)
    {
        if (!rest.StartsWith(text)) return false;
        rest = rest[text.Length..];
        return true;
    }

    /// <summary>What must come next.</summary>
    public void Take(ReadOnlySpan<byte> text)
    {
        if (!TryTake(text)) Refuse();
    }

    /// <summary>Printable ASCII up to a quotation mark, which is taken too.</summary>
    public ReadOnlySpan<byte> Text()
    {
        var end = rest.IndexOf((byte)'"');
        if (end < 0 || rest[..end].ContainsAnyExcept(Plain))
        {
            Refuse();
            return [];
        }

        var text = rest[..end];
        rest = rest[(end + 1)..];
        return text;
    }

    /// <summary>A whole number from 0 to 2^53 - 1. What follows it is not looked at.</summary>
    public long Integer()
    {
        var digits = 0;
        long value = 0;
        while (digits < rest.Length && digits <= MostDigits && rest[digits] is >= (byte)'0' and <= (byte)'9' and var digit) (value, digits) = ((value * 10) + digit - '0', digits + 1);
        if (digits is 0 or > MostDigits || value > StrictJson.MaxInteger || (digits > 1 && rest[0] == '0'))
        {
            Refuse();
            return 0;
        }

        rest = rest[digits..];
        return value;
    }

    /// <summary>SHA-256 in hex and a quotation mark.</summary>
    public Digest Digest()
    {
        var text = Text();
        Span<byte> bytes = stackalloc byte[Format.Digest.Size];
        if (text.Length == 2 * Format.Digest.Size && !text.ContainsAnyExcept(LowerHex))
        {
            Convert.FromHexString(text, bytes, out _, out _); // all of it, as it was looked at
            return new Digest(bytes);
        }

        Refuse();
        return default;
    }

    /// <summary>A time as <see cref="Timestamp.Print"/> writes it, and a quotation mark.</summary>
    public DateTimeOffset Time()
    {
        if (Timestamp.TryParsePrinted(Text(), out var time)) return time;
        Refuse();
        return default;
    }
}
