using Microsoft.Win32.SafeHandles;
using Sealtail.Files;
using Sealtail.Format;

namespace Sealtail.Tailing;

internal enum Likeness
{
    /// <summary>Another file.</summary>
    Other,

    /// <summary>Fingerprint, guard and size say it is the file.</summary>
    Same,

    /// <summary>It begins as the file does, but no longer holds all that was taken of it.</summary>
    Diverged,

    /// <summary>It could not be opened, or a compressed file is not whole: nothing can be said now.</summary>
    Unknown,
}

/// <summary>A file in the directory that no descriptor identifies: only its bytes can tell whether it is a file we know.</summary>
internal sealed class Candidate(string path, string? stem, bool compressed, FileFacts facts, OpenedFiles opened) : IDisposable
{
    private SafeFileHandle? handle;
    private bool isLent; // by opened, and not its own
    private LogContent? content;
    private bool isUnsound;

    public string Path => path;

    public string? Stem => stem;

    public bool Compressed => compressed;

    public FileFacts Facts => facts;

    public bool IsRefused { get; private set; }

    /// <summary>Uncompressed bytes, if they were counted.</summary>
    public long? Size => compressed ? content?.Size : facts.Size;

    /// <summary>
    /// Opens it, so that it stays what it is when it is renamed, compressed or deleted. False: its name leads elsewhere by now, and the listing is stale.
    /// </summary>
    public bool TryHold()
    {
        if (!TryOpen()) return IsRefused;
        return LibC.Stat(handle!, path).Identity == facts.Identity; // opened above
    }

    /// <summary>Gives the descriptor away, if there is one and it is the listed file's.</summary>
    public SafeFileHandle? TakeHandle()
    {
        if (handle is null || !TryHold()) return null;
        if (isLent && !opened.Remove(facts.Identity))
        {
            // A second name of one inode: the first has the descriptor.
            Dispose();
            if (!TryHold()) return null;
        }

        var taken = handle;
        isLent = false;
        content?.Dispose();
        (content, handle) = (null, null);
        return taken;
    }

    public static IEnumerable<Candidate> Of(DirectoryListing listing, string livePath)
    {
        foreach (var backup in listing.Backups) yield return new Candidate(backup.Path, backup.Stem, backup.Compressed, backup.Facts, listing.Opened);
        if (listing.Live is { } live) yield return new Candidate(livePath, null, false, live, listing.Opened);
    }

    /// <summary>Whether this is where reading of <paramref name="file"/> can go on: beginning, guard and size are compared.</summary>
    public Likeness Compare(Progress file)
    {
        var fingerprint = file.Number?.TakeFingerprint() ?? Fingerprint.None;
        if (fingerprint.Bytes == 0) return Likeness.Other;
        if (!TryOpen()) return Likeness.Unknown;
        if (compressed && content is null && !Begins(fingerprint)) return Likeness.Other; // spares inflating all of it
        if (OpenContent() is not { } bytes) return Likeness.Unknown;
        if (!bytes.BeginsAs(fingerprint)) return Likeness.Other;
        return bytes.IsGuardedAt(file.Position, file.Guard) ? Likeness.Same : Likeness.Diverged;
    }

    /// <summary>
    /// Whether this is the backup <paramref name="finished"/>, whose name it has, all taken before. A compressed one is known by its beginning and exact
    /// length, so that not every compression costs inflating what was shipped long ago.
    /// </summary>
    public Likeness CompareFinished(LogFile finished)
    {
        var file = finished.Now;
        if (file.Position == 0) return IsUntaken(finished) ? Likeness.Same : Likeness.Other;
        if (!compressed) return Compare(file);
        if (!TryOpen()) return Likeness.Unknown;
        var states = GzipContent.StatedLength(handle!, path); // opened above
        if (states == (uint)file.Position && Begins(file.Number?.TakeFingerprint() ?? Fingerprint.None)) return Likeness.Same;
        if (OpenContent() is not { } bytes) return Likeness.Unknown;
        var likeness = Compare(file);
        // A late writer wrote on after the copy was made: the copy is what was taken before.
        return likeness == Likeness.Diverged && NewestBoundary(file) is { } end && end.Position == bytes.Size ? Likeness.Same : likeness;
    }

    // Of a file that ended empty there are no bytes to compare, and a clock that stepped back can give its name away again: only the inode tells, and a
    // late write leaves that as it is; or, while it is held, all that was written late. Taken for another file, it is read, and nothing counts twice.
    private bool IsUntaken(LogFile finished) =>
        facts.Identity == finished.Identity || (compressed ? OpenContent() is { Size: 0 } || (finished.IsHeld && IsCopyOf(finished)) : facts.Size == 0);

    /// <summary>Whether this is the compressed copy of a plain file that is held: equal beginning, end and length.</summary>
    public bool IsCopyOf(LogFile file)
    {
        if (!compressed || !TryOpen() || file.OpenContent() is not { } original) return false;
        var size = original.Size;
        if (GzipContent.StatedLength(handle!, path) != (uint)size) return false; // opened above
        return size == 0 || (OpenContent() is { } copy && copy.IsCopyOf(original));
    }

    public Boundary? NewestBoundary(Progress file) => OpenContent() is { } bytes ? file.Boundaries.NewestThatHolds(bytes) : null;

    /// <summary>As a file taken to its end, without being read for the record: number 0 names nothing.</summary>
    public Progress Measure(LogFile file)
    {
        Span<byte> window = stackalloc byte[GuardWindow.Size];
        var bytes = OpenContent();
        var size = bytes?.Size ?? 0;
        var head = window[..(bytes?.ReadHead(window[..Fingerprint.MaxBytes]) ?? 0)];
        var number = new NumberedFile(0, null, file, Fingerprint.Of(head));
        window = window[..GuardWindow.LengthBefore(size)];
        bytes?.ReadWhole(window, size - window.Length);
        return new Progress { Number = number, Position = size, Guard = Digest.Of(window), Ended = true };
    }

    public void Dispose()
    {
        content?.Dispose();
        if (!isLent) handle?.Dispose();
        (content, handle, isLent) = (null, null, false);
    }

    private bool Begins(Fingerprint fingerprint)
    {
        Span<byte> head = stackalloc byte[Fingerprint.MaxBytes];
        var wanted = head[..fingerprint.Bytes];
        return fingerprint.Bytes > 0 && GzipContent.ReadHead(handle!, wanted) == wanted.Length && Fingerprint.Of(wanted) == fingerprint; // callers opened it
    }

    private bool TryOpen()
    {
        if (handle is not null) return true;
        handle = opened.Find(facts.Identity);
        isLent = handle is not null;
        if (isLent) return true;
        IsRefused = LibC.TryOpen(path, out handle) == FileAccessOutcome.Refused;
        return handle is not null;
    }

    private LogContent? OpenContent()
    {
        if (isUnsound || !TryOpen()) return null;
        content ??= compressed ? GzipContent.TryOpen(handle!, path) : new PlainContent(handle!, path); // opened above
        isUnsound = content is null;
        return content;
    }
}
