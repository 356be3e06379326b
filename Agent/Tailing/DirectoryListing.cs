using Sealtail.Files;

namespace Sealtail.Tailing;

/// <summary>A backup as the directory shows it. Where a plain file and its <c>.gz</c> stand side by side, only the plain one counts: the other is being written.</summary>
internal readonly record struct Backup(string Stem, string Path, bool Compressed, FileFacts Facts);

/// <summary>What the log's directory held at one moment: the live file, if it is there, and the backups in the order of their names.</summary>
internal sealed record DirectoryListing
{
    public FileFacts? Live { get; init; }

    public required IReadOnlyList<Backup> Backups { get; init; }

    /// <summary>Descriptors of files listed here, or earlier, that were opened when they were seen.</summary>
    public OpenedFiles Opened { get; init; } = new();

    /// <summary>
    /// Lists twice until both agree: a rotation or a compression during the first listing can hide a file from it (readdir promises
    /// nothing about entries that come and go), and a file overlooked is continuity lost. Null if the directory never held still.
    /// </summary>
    /// <param name="outcome">Missing or refused: the directory, or the live file's facts, could not be had; the listing is null.</param>
    public static DirectoryListing? Take(string livePath, BackupNames names, out FileAccessOutcome outcome)
    {
        const int attempts = 8;
        SortedDictionary<string, bool>? before = null;
        FileFacts? liveBefore = null;
        for (var attempt = 0; attempt < attempts; attempt++)
        {
            if ((outcome = TryLive(livePath, out var live)) == FileAccessOutcome.Refused) return null;
            if ((outcome = TryStems(names, out var stems)) != FileAccessOutcome.Done) return null;
            if (before is not null && live?.Identity == liveBefore?.Identity && before.SequenceEqual(stems) && TryFacts(names, stems) is { } backups)
                return new DirectoryListing { Live = live, Backups = backups };
            (before, liveBefore) = (stems, live);
        }

        outcome = FileAccessOutcome.Done;
        return null;
    }

    public static FileAccessOutcome TryLive(string livePath, out FileFacts? live)
    {
        var outcome = LibC.TryStat(livePath, out var facts);
        live = outcome == FileAccessOutcome.Done && facts.IsRegular ? facts : null;
        return outcome == FileAccessOutcome.Refused ? outcome : FileAccessOutcome.Done;
    }

    // Stem -> whether only the compressed file is there.
    private static FileAccessOutcome TryStems(BackupNames names, out SortedDictionary<string, bool> stems)
    {
        stems = new SortedDictionary<string, bool>(StringComparer.Ordinal);
        try
        {
            foreach (var path in Directory.EnumerateFileSystemEntries(names.Directory))
            {
                if (!names.TryParse(Path.GetFileName(path.AsSpan()), out var stem, out var compressed)) continue;
                stems[stem] = compressed && (!stems.TryGetValue(stem, out var known) || known);
            }

            return FileAccessOutcome.Done;
        }
        catch (DirectoryNotFoundException)
        {
            return FileAccessOutcome.Missing;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            return FileAccessOutcome.Refused;
        }
    }

    // Null if a file vanished since the listing.
    private static List<Backup>? TryFacts(BackupNames names, SortedDictionary<string, bool> stems)
    {
        var backups = new List<Backup>(stems.Count);
        foreach (var (stem, compressed) in stems)
        {
            var path = names.PathOf(stem, compressed);
            if (LibC.TryStat(path, out var facts) != FileAccessOutcome.Done) return null;
            if (facts.IsRegular) backups.Add(new Backup(stem, path, compressed, facts));
        }

        return backups;
    }
}
