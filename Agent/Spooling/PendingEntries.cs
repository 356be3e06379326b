using Sealtail.Format;

namespace Sealtail.Spooling;

/// <summary>The entries that wait, in order, with a damaged one in place of each that is not whole.</summary>
internal static class PendingEntries
{
    /// <param name="secured">The highest number that needs nothing more from the spool.</param>
    /// <param name="newest">The highest number to look at.</param>
    /// <param name="position">The chain's position after <paramref name="secured"/>; null if unknown.</param>
    public static List<SpoolEntry> Of(DirectoryContents contents, string directory, long secured, long newest, SourceRange? position, DateTimeOffset now)
    {
        var entries = new List<SpoolEntry>();
        var next = secured + 1;
        foreach (var record in contents.Records.Values.OfType<EntryRecord>().Where(record => record.Number > secured && record.Number <= newest))
        {
            var facts = record.Facts ?? throw new InvalidOperationException($"Entry {record.Number} has no facts."); // only record 0 has none, and 0 is never above what is secured
            if (record.First > next)
            {
                var hole = DamagedEntry.Hole(next, record.First - 1, position, facts, now);
                entries.Add(hole);
                position = ChainPosition.After(position, hole.Facts);
            }

            var entry = Whole(directory, record.Number, record.First, facts, contents.Chunks);
            entries.Add(entry);
            position = ChainPosition.After(position, entry.Facts);
            next = record.Number + 1;
        }

        return entries;
    }

    private static SpoolEntry Whole(string directory, long number, long first, EntryFacts facts, SortedDictionary<long, long> chunks)
    {
        var path = Path.Combine(directory, new EntryFile(number, EntryPart.Chunk).ToString());
        var entry = new SpoolEntry { Number = number, First = first, Facts = facts, Bytes = facts.Object?.Bytes ?? 0, ChunkPath = facts.Object is null ? null : path };
        if (facts.Object is not { } chunk) return entry;
        if (!chunks.TryGetValue(number, out var length)) return DamagedEntry.Of(entry, $"The chunk of entry {number} is missing from the spool.");
        return length == chunk.Bytes ? entry : DamagedEntry.Of(entry, $"The chunk of entry {number} has {length} bytes in the spool; {chunk.Bytes} were written.");
    }
}
