using Sealtail.Format;

namespace Sealtail.Spooling;

/// <summary>A state directory as found, before anything in it is changed.</summary>
internal sealed record DirectoryContents
{
    public const string TemporarySuffix = ".tmp";

    /// <summary>Null: there is no chain file.</summary>
    public required ChainSlots? Chain { get; init; }

    /// <summary>Every record file by number; null where it is damaged. Of those with a reader's state only the newest has it still.</summary>
    public required SortedDictionary<long, EntryRecord?> Records { get; init; }

    /// <summary>Every chunk file's length by number.</summary>
    public required SortedDictionary<long, long> Chunks { get; init; }

    /// <summary>The entries marked as shipped.</summary>
    public required IReadOnlySet<long> Done { get; init; }

    /// <summary>Files that were being written.</summary>
    public required IReadOnlyList<string> Temporaries { get; init; }

    public long MaxNumber => Math.Max(Records.Count == 0 ? 0 : Records.Keys.Max(), Chunks.Count == 0 ? 0 : Chunks.Keys.Max());

    /// <exception cref="SpoolException">A file is of a newer version, or belongs to another stream or bucket.</exception>
    public static DirectoryContents Read(string directory, Binding binding)
    {
        var records = new SortedDictionary<long, EntryRecord?>();
        var chunks = new SortedDictionary<long, long>();
        var done = new HashSet<long>();
        var temporaries = new List<string>();
        EntryRecord? newest = null; // with a reader's state
        foreach (var path in Directory.EnumerateFiles(directory))
        {
            var name = Path.GetFileName(path);
            if (name.EndsWith(TemporarySuffix, StringComparison.Ordinal)) temporaries.Add(path);
            if (!EntryFile.TryParse(name, out var file)) continue;
            if (file.Part == EntryPart.Chunk) chunks[file.Number] = new FileInfo(path).Length;
            else if (file.Part == EntryPart.Done) done.Add(file.Number);
            else records[file.Number] = Take(ReadRecord(path, file.Number));
        }

        var chain = Path.Combine(directory, ChainFile.Name) is var chainPath && File.Exists(chainPath) ? ChainSlots.Read(chainPath) : null;
        foreach (var found in records.Values.OfType<EntryRecord>().Select(record => record.Binding).Concat((chain?.Heads ?? []).OfType<HeadSlot>().Select(slot => slot.Head.Binding)))
            if (found != binding)
                throw new SpoolException(SpoolFault.BoundElsewhere, $"{directory} belongs to {found}, but the configuration has {binding}. Correct it, or give this input another name.");

        return new DirectoryContents { Chain = chain, Records = records, Chunks = chunks, Done = done, Temporaries = temporaries };

        // A state names every log file there is, and of a long outage there are thousands of records: nobody reads on from any but the newest.
        EntryRecord? Take(EntryRecord? record)
        {
            if (record?.ReaderState is null) return record;
            if (newest is not null && record.Number < newest.Number) return record with { ReaderState = null };
            if (newest is not null) records[newest.Number] = newest with { ReaderState = null };
            return newest = record;
        }
    }

    /// <summary>The record in the file; null if it is damaged.</summary>
    /// <exception cref="SpoolException">It is of a newer version.</exception>
    public static EntryRecord? ReadRecord(string path, long number)
    {
        if (Frame.Parse(File.ReadAllBytes(path), FrameKind.Entry) is not { } frame) return null;
        frame.RequireKnownVersion(path);
        try
        {
            return EntryRecord.Parse(frame) is var record && record.Number == number ? record : null; // another number: the file was renamed by hand
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
