using Sealtail.Files;

namespace Sealtail.Tailing;

/// <summary>
/// Unlinked files stay on disk while their descriptors are held. That room is capped, and none is taken where less than a share of the disk is
/// free: what was taken goes first, then the oldest, the rest of which is lost and declared.
/// </summary>
internal sealed class HeldFiles(TailOptions options, string directory)
{
    /// <summary>Returns the bytes that remain held, and calls <paramref name="giveUp"/> for each file whose unread rest is lost.</summary>
    public long Enforce(LogSeries series, Action<LogFile> giveUp)
    {
        var total = 0L;
        foreach (var file in series.Files)
        {
            if (IsHeldAlone(series, file, out var size)) total += size;
        }

        if (total == 0) return 0;
        var cap = HasRoom() ? options.MaxHeld : 0;
        if (total > cap) total -= Free(series, total - cap, file => file.Now.Ended && file.Committed.Ended, file => file.Release());
        if (total > cap) total -= Free(series, total - cap, _ => true, giveUp);
        return total;
    }

    private static long Free(LogSeries series, long needed, Func<LogFile, bool> mayGo, Action<LogFile> release)
    {
        var freed = 0L;
        foreach (var file in series.Files)
        {
            if (freed >= needed) break;
            if (!mayGo(file) || !IsHeldAlone(series, file, out var size)) continue;
            release(file);
            freed += size;
        }

        return freed;
    }

    // The newest file is also held by its writer: letting go of it would free nothing.
    private static bool IsHeldAlone(LogSeries series, LogFile file, out long size)
    {
        size = 0;
        if (!file.IsHeld || !series.HasSuccessor(file) || file.Facts is not { Links: 0 } facts) return false;
        size = facts.Size;
        if (!file.Compressed) file.Size = size;
        return true;
    }

    private bool HasRoom()
    {
        var drive = new DriveInfo(directory);
        return drive.AvailableFreeSpace >= drive.TotalSize * options.MinFreeShare;
    }
}
