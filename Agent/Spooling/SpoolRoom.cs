using Sealtail.Files;

namespace Sealtail.Spooling;

/// <summary>Whether the spool may grow: by its quota, by what must stay free on the node, and by what the file system itself says; full means wait.</summary>
internal sealed class SpoolRoom(SpoolOptions options, DurableFiles files, TimeProvider time)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private const long DefaultMinFree = 2L << 30;
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;
    private const long MaxProbe = 16 << 20;

    private volatile NoSpaceSeen? noSpace;

    public string? FullReason { get; private set; }

    public bool Has(long bytes, long spooled)
    {
        FullReason = OverQuota(bytes, spooled) ?? TooLittleFree(bytes) ?? StillNoSpace(bytes);
        return FullReason is null;
    }

    /// <summary>Remembers that the file system was full, if that is what <paramref name="cause"/> says.</summary>
    public void Remember(Exception cause)
    {
        if (cause is IOException { HResult: NoSpace or QuotaExceeded }) noSpace = new NoSpaceSeen(time.GetTimestamp(), cause.Message);
    }

    // An empty spool takes one entry of any size: a record longer than the quota would otherwise never pass.
    private string? OverQuota(long bytes, long spooled) =>
        spooled > 0 && spooled + bytes > options.MaxSize
            ? $"Spool {options.Directory} is full ({spooled} of {options.MaxSize} bytes). Reading waits until an entry is shipped."
            : null;

    private string? TooLittleFree(long bytes)
    {
        var drive = new DriveInfo(options.Directory);
        var keep = options.MinFree ?? Math.Max(drive.TotalSize / 10, DefaultMinFree);
        var free = drive.AvailableFreeSpace;
        return free - bytes < keep
            ? $"The file system of {options.Directory} has {free} bytes free, and {keep} must stay free. Reading waits until there is room."
            : null;
    }

    // The free space that is told may not be free for us (quotas, inodes): only trying shows it.
    private string? StillNoSpace(long bytes)
    {
        if (noSpace is not { } seen) return null;
        if (time.GetElapsedTime(seen.At) >= LookEvery && Probe(Math.Clamp(bytes, 1, MaxProbe)))
        {
            noSpace = null;
            return null;
        }

        return $"The file system of {options.Directory} is full ({noSpace?.Message ?? seen.Message}). Reading waits until there is room.";
    }

    private bool Probe(long bytes)
    {
        var path = Path.Combine(options.Directory, "room" + DirectoryContents.TemporarySuffix);
        try
        {
            files.Unlink(path);
            using (var file = files.Create(path)) file.Preallocate(bytes);
            files.Unlink(path);
            return true;
        }
        catch (IOException e)
        {
            Remember(e);
            files.Unlink(path);
            return false;
        }
    }

    private sealed record NoSpaceSeen(long At, string Message);
}
