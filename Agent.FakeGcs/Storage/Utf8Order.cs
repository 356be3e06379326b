namespace Sealtail.FakeGcs.Storage;

/// <summary>The order of listings: by UTF-8 bytes, which is the order of code points and not that of UTF-16 units.</summary>
internal sealed class Utf8Order : IComparer<string>
{
    public static readonly Utf8Order Comparer = new();

    public int Compare(string? x, string? y)
    {
        var left = x.AsSpan();
        var right = y.AsSpan();
        var common = left.CommonPrefixLength(right);
        return common == left.Length || common == right.Length
            ? left.Length - right.Length
            : Rank(left[common]) - Rank(right[common]);
    }

    // Surrogates stand for code points above all of the basic plane, yet their units sort below U+E000..U+FFFF.
    private static int Rank(char unit) => char.IsSurrogate(unit) ? unit + 0x2000 : unit >= 0xE000 ? unit - 0x800 : unit;
}
