using Microsoft.Win32.SafeHandles;
using Sealtail.Files;
using Sealtail.Format;

namespace Sealtail.Tailing;

/// <summary>
/// Reads ranges again that were read before, for an entry that the disk damaged in the spool. Only files that are surely the ones meant are read: the
/// same inode with the same beginning, or else the only file that begins so and is long enough.
/// </summary>
internal sealed class SourceRecall : IDisposable
{
    private const int BufferBytes = 256 * 1024;

    private readonly List<Part> parts = [];

    private SourceRecall()
    {
    }

    /// <summary>The files of all ranges, or null if one is gone or cannot be told from another.</summary>
    public static SourceRecall? Find(string livePath, IReadOnlyList<SourceRange> ranges)
    {
        if (DirectoryListing.Take(livePath, new BackupNames(livePath), out _) is not { } listing) return null;
        var recall = new SourceRecall();
        foreach (var range in ranges)
        {
            if (recall.TryAdd(range, livePath, listing)) continue;
            recall.Dispose();
            return null;
        }

        return recall;
    }

    /// <summary>The bytes as the reader would give them again. Each step is valid until the next.</summary>
    /// <exception cref="IOException">A file is shorter than it was a moment ago.</exception>
    public IEnumerable<TailStep> Steps()
    {
        var buffer = new byte[BufferBytes];
        foreach (var part in parts)
        {
            for (var at = part.Range.From; at < part.Range.To;)
            {
                var wanted = (int)Math.Min(BufferBytes, part.Range.To - at);
                if (part.Content.ReadWhole(buffer.AsSpan(0, wanted), at) != wanted) throw new IOException($"{part.File.Path} ends before byte {at + wanted}.");
                yield return new TailStep
                {
                    Kind = TailStepKind.Bytes,
                    File = part.File,
                    From = at,
                    Buffer = buffer,
                    Length = wanted,
                    RecordContinues = at + wanted < part.Range.To && buffer[wanted - 1] != (byte)'\n',
                };
                at += wanted;
            }

            if (part.Range.Final) yield return new TailStep { Kind = TailStepKind.FileEnd, File = part.File, From = part.Range.To };
        }
    }

    public void Dispose()
    {
        foreach (var part in parts) part.Dispose();
    }

    private bool TryAdd(SourceRange range, string livePath, DirectoryListing listing)
    {
        var candidates = listing.Backups.Select(backup => (backup.Path, backup.Compressed, backup.Facts.Identity)).ToList();
        if (listing.Live is { } live) candidates.Add((livePath, false, live.Identity));

        var found = candidates.Where(candidate => !candidate.Compressed && candidate.Identity.Device == range.Device && candidate.Identity.Inode == range.Inode).Select(candidate => TryOpen(range, candidate.Path, false)).OfType<Part>().ToList();
        if (found.Count == 0) found = [.. candidates.Select(candidate => TryOpen(range, candidate.Path, candidate.Compressed)).OfType<Part>()];
        if (found.Count == 1)
        {
            parts.Add(found[0]);
            return true;
        }

        foreach (var part in found) part.Dispose();
        return false;
    }

    // Null: gone since the listing, or not the file that is meant.
    private static Part? TryOpen(SourceRange range, string path, bool compressed)
    {
        SafeFileHandle handle;
        try
        {
            handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        LogContent? content = compressed ? GzipContent.TryOpen(handle, path) : new PlainContent(handle, path);
        if (content is not null && content.Size >= range.To && content.BeginsAs(range.Fingerprint)) return new Part(range, path, handle, content);
        content?.Dispose();
        handle.Dispose();
        return null;
    }

    private sealed class Part(SourceRange range, string path, SafeFileHandle handle, LogContent content) : IDisposable
    {
        public SourceRange Range { get; } = range;

        public LogContent Content { get; } = content;

        public TailedFile File { get; } = new RecalledFile(range.Fingerprint) { Number = range.File, Continues = range.Continues, Device = range.Device, Inode = range.Inode, Path = path };

        public void Dispose()
        {
            Content.Dispose();
            handle.Dispose();
        }
    }

    private sealed class RecalledFile(Fingerprint fingerprint) : TailedFile
    {
        public override Fingerprint TakeFingerprint() => fingerprint;
    }
}
