namespace Sealtail.Configuration;

/// <summary>Finds the known name that a mistyped one most likely means.</summary>
internal static class NearestName
{
    private const int Longest = 64;

    /// <summary>The nearest of <paramref name="known"/>, if at most a third of the letters (and at least one may) differ; the first of equals.</summary>
    public static string? Of(string name, IEnumerable<string> known)
    {
        if (name.Length is 0 or > Longest) return null;
        var nearest = known.Select(candidate => (candidate, Distance: Distance(name, candidate))).DefaultIfEmpty((candidate: "", Distance: int.MaxValue)).MinBy(pair => pair.Distance);
        return nearest.Distance <= Math.Max(1, Math.Max(name.Length, nearest.candidate.Length) / 3) ? nearest.candidate : null;
    }

    /// <summary>
    /// Insertions, deletions, replacements and swaps of neighbours that turn one into the other, without regard to case; <c>-</c>
    /// and <c>_</c> are one letter.
    /// </summary>
    internal static int Distance(string from, string to)
    {
        var (a, b) = (Fold(from), Fold(to));
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) rows[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) rows[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(replaced, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }

        return rows[a.Length, b.Length];
    }

    private static string Fold(string name) => name.ToLowerInvariant().Replace('-', '_');
}
