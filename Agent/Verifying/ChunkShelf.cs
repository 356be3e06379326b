using Sealtail.Buckets;
using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>
/// The listed chunks of one stream, a day at a time, so that presence is known without opening and without holding a year of names. What no manifest
/// asked for by the end are orphans.
/// </summary>
internal sealed class ChunkShelf(IBucket bucket, StreamIndex index)
{
    private const int MaxDays = 4; // held at once: chunks are named by their first record, and days overlap a little
    private const int MaxOrphans = FindingLog.MaxOfAKind + 1;

    private readonly List<(DateOnly Day, Dictionary<string, StoredObject> Chunks)> shelf = []; // oldest use first
    private readonly HashSet<DateOnly> seen = [];
    private readonly Dictionary<string, StoredObject> leftOver = []; // of days no longer held, bounded

    /// <summary>The listed object of that name; null if there is none.</summary>
    public Task<StoredObject?> FindAsync(ChunkName name, CancellationToken cancellationToken) => FindAsync(name, name.ToString(), cancellationToken);

    /// <inheritdoc cref="FindAsync(ChunkName, CancellationToken)"/>
    /// <param name="name">The name.</param>
    /// <param name="text">The same, spelt: whoever asks for all of them has it already.</param>
    /// <param name="cancellationToken">Ends a listing.</param>
    public async Task<StoredObject?> FindAsync(ChunkName name, string text, CancellationToken cancellationToken)
    {
        var day = DateOnly.FromDateTime(name.Time);
        var held = shelf.FindIndex(item => item.Day == day);
        if (held >= 0)
        {
            var item = shelf[held];
            shelf.RemoveAt(held);
            shelf.Add(item);
        }
        else if (seen.Add(day) && (!index.KnowsAllDays || index.ChunkDays.ContainsKey(day)))
        {
            await HoldAsync(day, cancellationToken);
        }

        if (shelf is [.., var last] && last.Day == day && last.Chunks.Remove(text, out var stored)) return stored;
        if (leftOver.Remove(text, out stored)) return stored;
        // Named a second time, or of a day no longer held: asked for by itself.
        await foreach (var listed in bucket.ListAsync(text, cancellationToken))
            if (listed.Name == text)
                return listed;
        return null;
    }

    /// <summary>The chunks that were never found by a manifest, up to a bound that the report keeps too.</summary>
    public async Task<IReadOnlyCollection<StoredObject>> OrphansAsync(CancellationToken cancellationToken)
    {
        while (shelf.Count > 0) PutAway();
        foreach (var day in index.ChunkDays.Keys.Where(day => !seen.Contains(day)))
        {
            if (leftOver.Count >= MaxOrphans) break;
            await HoldAsync(day, cancellationToken);
            PutAway();
        }

        return leftOver.Values;
    }

    private async Task HoldAsync(DateOnly day, CancellationToken cancellationToken)
    {
        if (shelf.Count == MaxDays) PutAway();
        var chunks = new Dictionary<string, StoredObject>();
        await foreach (var stored in bucket.ListAsync($"{ChunkName.Prefix(index.Stream)}date={day:yyyy-MM-dd}/", cancellationToken))
            if (ChunkName.TryParse(stored.Name, out _))
                chunks.Add(stored.Name, stored);
        shelf.Add((day, chunks));
    }

    private void PutAway()
    {
        foreach (var (name, stored) in shelf[0].Chunks)
            if (leftOver.Count < MaxOrphans)
                leftOver[name] = stored;
        shelf.RemoveAt(0);
    }
}
