using Sealtail.Format;

namespace Sealtail.Spooling;

/// <summary>
/// What a state directory means, whatever a crash, a power cut or damage left of it (docs/reliability.md, "Laws"). Decides only; <see cref="Spool.Open"/> acts.
/// <code>
/// chain missing, no entries      first start
/// chain missing, entries         new lineage, state-lost; whole entries are bound under it, nothing is read again
/// chain present, head not sure   new lineage, state-corrupt; likewise
/// newest record missing, damaged new lineage, state-lost or state-corrupt: nobody knows how far was read
/// record without chunk file      damaged entry (if pending)
/// hole among pending records     damaged entry
/// damaged after the newest whole dropped: the reader goes on from that record and reads the bytes again
/// chunk without record           a crash before the commit: dropped
/// </code>
/// </summary>
internal sealed record Recovery
{
    public required Head Head { get; init; }

    public required InFlight? InFlight { get; init; }

    public required IReadOnlyList<SpoolEntry> Pending { get; init; }

    /// <summary>The newest record, which reading goes on from.</summary>
    public required EntryRecord Newest { get; init; }

    /// <summary>Whether <see cref="Newest"/> must be written: the directory is new, or the record that should be there is gone.</summary>
    public required bool WriteNewest { get; init; }

    public required bool IsNew { get; init; }

    /// <summary>The first number not yet accounted for; entries that are given up leave theirs behind.</summary>
    public required long NextFirst { get; init; }

    public required long NextNumber { get; init; }

    /// <summary>Files that mean nothing any more.</summary>
    public required IReadOnlyList<EntryFile> Obsolete { get; init; }

    /// <summary>Whether the chain file must be made: it is missing, or what it says does not hold.</summary>
    public required bool WriteChain { get; init; }

    /// <summary>For the log: what was found, if it was anything but whole.</summary>
    public required string? Loss { get; init; }

    public static Recovery Of(DirectoryContents contents, Binding binding, string directory, Func<Guid> newLineage, DateTimeOffset now)
    {
        var found = RecoveredHead.From(contents);
        var newest = contents.Records.Values.OfType<EntryRecord>().LastOrDefault(record => record.ReaderState is not null || record.Facts is null);
        var inFlight = found.InFlight is { } last && last.Generation > (found.Head?.SettledInFlight ?? 0) ? last : null;
        var inFlightEntry = inFlight is { IsEpochStart: false, EntryNumber: { } bound } ? bound : 0;

        var (loss, explanation) = (found.Loss, found.Explanation);
        var isNew = found.Head is null && loss is null;
        if (!isNew && loss is null && (newest is null || newest.Number < Math.Max(found.Head!.LastConfirmedEntry, inFlightEntry))) // a head: it is neither new nor lost
            (loss, explanation) = (contents.Records.ContainsValue(null) ? StartCause.StateCorrupt : StartCause.StateLost, "the newest entry's record, with the reader's position, is gone");

        var confirmed = found.Head?.LastConfirmedEntry ?? HighestSurelyConfirmed(contents);
        var head = loss is null && found.Head is not null ? found.Head : new Head
        {
            Binding = binding,
            Lineage = newLineage(),
            NextCause = loss ?? StartCause.FirstStart,
            Epoch = HighestEpoch(contents, found),
            Receipts = found.Head?.Receipts ?? [],
            Position = found.Head is null && contents.Records.GetValueOrDefault(confirmed)?.Facts is { } facts ? ChainPosition.After(null, facts) : null,
            LastConfirmedEntry = confirmed,
            SettledInFlight = inFlight is not null ? inFlight.Generation - 1 : found.InFlight?.Generation ?? 0,
        };

        // An entry whose manifest is in flight needs nothing more from the spool: its chunk is confirmed, its manifest is signed.
        var secured = Math.Max(head.LastConfirmedEntry, inFlightEntry);
        var before = secured > head.LastConfirmedEntry ? ChainPosition.After(head.Position, inFlight!.Manifest.Entry) : head.Position; // secured by it
        var writeNewest = newest is null || newest.Number < secured;
        var standing = writeNewest
            ? new EntryRecord { Binding = binding, Number = secured, First = secured, Epoch = head.Epoch, Facts = null, ReaderState = newest?.ReaderState }
            : newest!; // not null, or it would be written
        return new Recovery
        {
            Head = head,
            InFlight = found.InFlight,
            Pending = PendingEntries.Of(contents, directory, secured, standing.Number, before, now),
            Newest = standing,
            WriteNewest = writeNewest,
            IsNew = isNew,
            NextFirst = standing.Number + 1,
            NextNumber = Math.Max(standing.Number, contents.MaxNumber) + 1,
            Obsolete = ObsoleteFiles(contents, head.LastConfirmedEntry, standing.Number),
            WriteChain = isNew || loss is not null || contents.Chain is not { Whole: true },
            Loss = loss is null ? null : explanation,
        };
    }

    // Without a head: what was confirmed is known only from the record that is kept when all is shipped, and numbers begin at the lowest left.
    private static long HighestSurelyConfirmed(DirectoryContents contents)
    {
        var lowest = contents.Records.Keys.Concat(contents.Chunks.Keys).DefaultIfEmpty(1).Min();
        return contents.Records.GetValueOrDefault(lowest) is { Facts: null } || contents.Done.Contains(lowest) ? lowest : Math.Max(0, lowest - 1);
    }

    private static long HighestEpoch(DirectoryContents contents, RecoveredHead found) =>
        contents.Records.Values.Select(record => record?.Epoch ?? 0)
            .Concat((contents.Chain?.Manifests ?? []).Select(manifest => manifest.Manifest.Epoch))
            .Concat((contents.Chain?.Heads ?? []).Select(slot => slot?.Head.Epoch ?? 0))
            .Append(found.Head?.Epoch ?? 0)
            .Max();

    private static List<EntryFile> ObsoleteFiles(DirectoryContents contents, long confirmed, long newest) =>
    [
        .. contents.Records.Keys.Where(number => (number <= confirmed && number != newest) || number > newest).Select(number => new EntryFile(number, EntryPart.Record)),
        .. contents.Chunks.Keys.Where(number => number <= confirmed || number > newest || !contents.Records.ContainsKey(number)).Select(number => new EntryFile(number, EntryPart.Chunk)),
        .. contents.Done.Where(number => number > confirmed || number != newest).Select(number => new EntryFile(number, EntryPart.Done)),
    ];
}
