namespace Sealtail.Verifying;

/// <summary>How two readings of the same source range compare.</summary>
/// <param name="EqualBytes">From the start on, until they differ.</param>
/// <param name="EqualRecords">Records that end among them.</param>
/// <param name="WholeRecordBytes">Bytes up to the end of the last of those records.</param>
internal readonly record struct RangeComparison(long EqualBytes, long EqualRecords, long WholeRecordBytes)
{
    private const byte LineFeed = (byte)'\n';

    public static async Task<RangeComparison> CompareAsync(IAsyncEnumerable<ReadOnlyMemory<byte>> left, IAsyncEnumerable<ReadOnlyMemory<byte>> right, CancellationToken cancellationToken)
    {
        await using var lefts = left.GetAsyncEnumerator(cancellationToken);
        await using var rights = right.GetAsyncEnumerator(cancellationToken);
        ReadOnlyMemory<byte> a = default, b = default;
        long equal = 0, records = 0, whole = 0;
        while ((!a.IsEmpty || await Next(lefts)) && (!b.IsEmpty || await Next(rights)))
        {
            if (a.IsEmpty) a = lefts.Current;
            if (b.IsEmpty) b = rights.Current;
            var common = a.Span.CommonPrefixLength(b.Span);
            var part = a.Span[..common];
            records += part.Count(LineFeed);
            if (part.LastIndexOf(LineFeed) is >= 0 and var last) whole = equal + last + 1;
            equal += common;
            if (common < Math.Min(a.Length, b.Length)) break;
            (a, b) = (a[common..], b[common..]);
        }

        return new RangeComparison(equal, records, whole);
    }

    private static async ValueTask<bool> Next(IAsyncEnumerator<ReadOnlyMemory<byte>> pieces)
    {
        while (await pieces.MoveNextAsync())
            if (!pieces.Current.IsEmpty)
                return true;
        return false;
    }
}
