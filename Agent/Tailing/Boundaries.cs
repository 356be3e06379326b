namespace Sealtail.Tailing;

/// <summary>The boundaries worth remembering: all of the newest, ever fewer of the older; a power cut rolls back seconds, seldom more.</summary>
internal static class Boundaries
{
    private const int Most = 64;

    public static IReadOnlyList<Boundary> With(this IReadOnlyList<Boundary> known, Boundary next)
    {
        if (next.Position == 0 || (known.Count > 0 && known[^1].Position >= next.Position)) return known;
        var older = known.Count < Most ? known : known.Where((_, index) => index >= known.Count / 2 || index % 2 == 0);
        return [.. older, next];
    }

    /// <summary>The newest boundary whose guard still holds in <paramref name="content"/>; null if none does.</summary>
    public static Boundary? NewestThatHolds(this IReadOnlyList<Boundary> known, LogContent content)
    {
        for (var i = known.Count - 1; i >= 0; i--)
        {
            if (content.IsGuardedAt(known[i].Position, known[i].Guard)) return known[i];
        }

        return null;
    }
}
