using System.Security.Cryptography;
using Sealtail.Files;
using Sealtail.Format;

namespace Sealtail.Spooling;

/// <content>How entries get in and out.</content>
internal sealed partial class Spool
{
    /// <summary>The most ranges, and the most gaps, of one entry: so many fit a manifest, whatever their paths and details.</summary>
    public const int MaxRanges = 256;

    /// <summary>A new temporary file for one chunk. Not synced, not committed; a crash loses it and nothing else.</summary>
    /// <exception cref="IOException">It cannot be made. No room left is remembered: <see cref="HasRoom"/> says so then.</exception>
    public DurableFile CreateChunk()
    {
        try
        {
            return files.Create(Path.Combine(directory, $"chunk-{++chunksMade}{DirectoryContents.TemporarySuffix}"));
        }
        catch (IOException e)
        {
            Remember(e);
            throw;
        }
    }

    /// <summary>Drops a chunk that will not be appended. <paramref name="because"/>: the failed write, if that is why; no room left is remembered.</summary>
    public void Discard(DurableFile chunk, Exception? because = null)
    {
        if (because is not null) Remember(because);
        chunk.Dispose();
        files.Unlink(chunk.Path);
    }

    /// <summary>
    /// The commit of bytes and read position: durable when it returns. Takes the chunk over, whatever happens. Called by one thread at a time.
    /// </summary>
    /// <param name="facts">At most <see cref="MaxRanges"/> ranges and as many gaps.</param>
    /// <param name="chunk">The finished chunk; null for an entry of gaps alone.</param>
    /// <exception cref="SpoolException"><see cref="SpoolFault.NotCommitted"/>: the reader must go back to where the last entry left it.</exception>
    public SpoolEntry Append(EntryFacts facts, DurableFile? chunk, ReadOnlyMemory<byte> readerState)
    {
        using var owned = chunk;
        Check(facts, chunk);
        var record = new EntryRecord
        {
            Binding = binding,
            Number = nextNumber,
            First = nextFirst,
            Epoch = Head.Epoch,
            Facts = facts with { Sealed = Timestamp.Truncate(facts.Sealed) },
            ReaderState = readerState.ToArray(),
        };
        var entry = Commit(record, chunk);
        EntryRecord before;
        lock (gate) (before, newest) = (newest, record);
        nextFirst = nextNumber = record.Number + 1;
        pending.Add(entry);
        if (before.Number <= Head.LastConfirmedEntry)
        {
            DropFile(before.Number, EntryPart.Record);
            DropFile(before.Number, EntryPart.Done);
        }

        return entry;
    }

    /// <summary>Puts back what a damaged entry lost, read again from the source. Durable when it returns; errors as <see cref="Append"/>.</summary>
    public SpoolEntry Replace(SpoolEntry damaged, EntryFacts facts, DurableFile chunk)
    {
        using var owned = chunk;
        if (damaged.Damage is null) throw new ArgumentException($"Entry {damaged.Number} is not damaged.", nameof(damaged));
        Check(facts, chunk);
        ReadOnlyMemory<byte>? state;
        lock (gate) state = newest.Number == damaged.Number ? newest.ReaderState : null;
        var record = new EntryRecord
        {
            Binding = binding,
            Number = damaged.Number,
            First = damaged.First,
            Epoch = Head.Epoch,
            Facts = facts with { Sealed = Timestamp.Truncate(facts.Sealed) },
            ReaderState = state,
        };
        var entry = Commit(record, chunk);
        pending.Replace(entry);
        return entry;
    }

    /// <summary>Ends an entry whose manifest the head confirms. Its record stays on disk while no newer one is durable. Confirming does this by itself;
    /// calling it says that the caller is done with the entry too, and catches one that is not.</summary>
    /// <exception cref="InvalidOperationException">The head does not confirm it (law 2).</exception>
    public void Remove(SpoolEntry entry)
    {
        if (entry.Number > Head.LastConfirmedEntry)
            throw new InvalidOperationException($"Entry {entry.Number} is not confirmed; the head confirms entries up to {Head.LastConfirmedEntry}.");
        pending.Remove(entry.Number);
    }

    /// <summary>Hashes the chunk as it lies on disk: whether it still is what its facts say. For when a store refuses it as damaged.</summary>
    public bool IsIntact(SpoolEntry entry)
    {
        if (entry.Facts.Object is not { } expected) return true;
        try
        {
            using var stream = entry.OpenChunk();
            return stream.Length == expected.Bytes && new Digest(SHA256.HashData(stream)) == expected.Sha256;
        }
        catch (IOException e) // gone, or a sector that cannot be read
        {
            LogDamaged(logger, entry.Number, e.Message);
            return false;
        }
    }

    /// <summary>Makes of a pending entry whose chunk is not intact one that declares its ranges lost; the caller goes on with what is returned.</summary>
    public SpoolEntry MarkDamaged(SpoolEntry entry, string reason)
    {
        var damaged = DamagedEntry.Of(entry, reason);
        pending.Replace(damaged);
        LogDamaged(logger, damaged.Number, reason);
        return damaged;
    }

    private SpoolEntry Commit(EntryRecord record, DurableFile? chunk)
    {
        var (recordPath, chunkPath) = (PathOf(record.Number, EntryPart.Record), PathOf(record.Number, EntryPart.Chunk));
        using var one = committing.EnterScope();
        try
        {
            if (doubtful is { } left) Undo(left);
            if (chunk is not null)
            {
                chunk.Sync();
                files.Rename(chunk.Path, chunkPath);
                files.SyncDirectory(directory); // A crash up to here leaves a chunk without its record: recovery drops it, and the bytes are read again.
            }

            // A crash before the rename leaves the entry uncommitted; one after it, committed, unless the power went too. Once this returns: committed.
            files.WriteAtomically(recordPath, record.ToBytes());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Remember(e);
            doubtful = [recordPath, recordPath + DirectoryContents.TemporarySuffix, .. chunk is null ? Array.Empty<string>() : [chunk.Path, chunkPath]];
            TryUndo(doubtful);
            throw new SpoolException(SpoolFault.NotCommitted, $"Entry {record.Number} was not committed to {directory}: {e.Message}", e);
        }

        entryTrouble = null;
        return new SpoolEntry
        {
            Number = record.Number,
            First = record.First,
            Facts = record.Facts!, // set by both callers
            Bytes = record.Facts?.Object?.Bytes ?? 0,
            ChunkPath = chunk is null ? null : chunkPath,
        };
    }

    private void Remember(Exception cause)
    {
        room.Remember(cause);
        entryTrouble = cause.Message;
    }

    // The reader goes back after a failed commit: an entry that stayed on disk would hold the same bytes a second time. Where even undoing fails, the
    // next commit begins with it. A crash before that leaves the entry whole, and then it counts, or not whole, and then it is dropped: both are right,
    // since nothing was committed after it.
    private void TryUndo(IReadOnlyList<string> paths)
    {
        try
        {
            Undo(paths);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotRemoved(logger, paths[0], e.Message);
        }
    }

    private void Undo(IReadOnlyList<string> paths)
    {
        foreach (var path in paths) files.Unlink(path);
        files.SyncDirectory(directory);
        doubtful = null;
    }

    private void DropConfirmed(long number)
    {
        lock (gate)
            if (number == newest.Number) MarkDone(number);
            else DropFile(number, EntryPart.Record);

        DropFile(number, EntryPart.Chunk);
    }

    // Best effort, since shipping must not need room: without the mark, a head lost later makes recovery declare this entry's bytes as damaged.
    private void MarkDone(long number)
    {
        try
        {
            if (!File.Exists(PathOf(number, EntryPart.Done))) files.Create(PathOf(number, EntryPart.Done)).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            room.Remember(e);
        }
    }

    private void DropFile(long number, EntryPart part)
    {
        try
        {
            files.Unlink(PathOf(number, part));
        }
        catch (IOException e)
        {
            LogNotRemoved(logger, PathOf(number, part), e.Message); // the next start removes it
        }
    }

    private static void Check(EntryFacts facts, DurableFile? chunk)
    {
        if (facts.Sources.Count > MaxRanges || facts.Gaps.Count > MaxRanges)
            throw new ArgumentException($"An entry has at most {MaxRanges} ranges and as many gaps; this one has {facts.Sources.Count} and {facts.Gaps.Count}.", nameof(facts));
        if (chunk is null != facts.Object is null || facts.Object is null != facts.Content is null)
            throw new ArgumentException("A chunk, its object and its content stand only together.", nameof(facts));
        if (facts.Object is { } described && (described.Bytes != chunk!.Length || facts.Sources.Count == 0)) // a chunk is there: checked above
            throw new ArgumentException($"The chunk has {chunk.Length} bytes and {facts.Sources.Count} ranges; its facts say {described.Bytes} bytes.", nameof(facts));
        if (facts.Object is null && facts.Gaps.Count == 0) throw new ArgumentException("An entry has a chunk or a gap.", nameof(facts));
    }
}
