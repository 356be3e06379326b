using Microsoft.Extensions.Logging;
using Sealtail.Format;

namespace Sealtail.Spooling;

/// <content>What Chaining keeps here: the head and the manifest in flight.</content>
internal sealed partial class Spool
{
    public Head Head => chain.Head;

    /// <summary>The manifest that the head does not settle; null: none.</summary>
    public InFlight? InFlight => chain.InFlight is { } newestManifest && newestManifest.Generation > Head.SettledInFlight ? newestManifest : null;

    /// <summary>Makes a signed manifest durable: after this its first byte may leave. Needs no free space.</summary>
    /// <exception cref="IOException">It is not durable, and must not be sent; calling again may succeed.</exception>
    public InFlight WriteInFlight(long? entryNumber, byte[] envelope, byte[] payload, Manifest manifest) => Written(() => chain.WriteInFlight(entryNumber, envelope, payload, manifest));

    /// <summary>Makes the next head durable; entries that it confirms leave the spool then. Needs no free space.</summary>
    /// <exception cref="IOException">The old head still counts; calling again may succeed.</exception>
    public void WriteHead(Head head)
    {
        var before = Head.LastConfirmedEntry;
        Written(() =>
        {
            chain.WriteHead(head);
            return head;
        });
        if (head.LastConfirmedEntry == before) return;

        // A crash in here leaves files that recovery removes: the head says that their entries are done with.
        while (pending.Next(0) is { } oldest && oldest.Number <= head.LastConfirmedEntry) pending.Remove(oldest.Number);
        for (var number = before + 1; number <= head.LastConfirmedEntry; number++) DropConfirmed(number);
    }

    private T Written<T>(Func<T> write)
    {
        try
        {
            var written = write();
            chainTrouble = null;
            return written;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (e is IOException refused) room.Remember(refused);
            chainTrouble = e.Message;
            throw;
        }
    }

    private static void LogRecovery(ILogger logger, Recovery recovered, string directory)
    {
        if (recovered.Loss is { } loss) LogStateLost(logger, directory, loss, recovered.Head.NextCause, recovered.Head.Lineage);
        foreach (var entry in recovered.Pending)
            if (entry.Damage is { } damage)
                LogDamaged(logger, entry.Number, damage.Reason);

        if (recovered.NextNumber > recovered.NextFirst) LogDropped(logger, recovered.NextFirst, recovered.NextNumber - 1);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "State of {Directory} was lost: {Loss}. A new lineage {Lineage} begins, and the chain says so ({Cause})")]
    private static partial void LogStateLost(ILogger logger, string directory, string loss, StartCause cause, Guid lineage);

    [LoggerMessage(Level = LogLevel.Error, Message = "Spool entry {Entry} was damaged: {Reason}")]
    private static partial void LogDamaged(ILogger logger, long entry, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Spool entries {First} to {Last} were not whole and were dropped; reading goes on before them")]
    private static partial void LogDropped(ILogger logger, long first, long last);

    [LoggerMessage(Level = LogLevel.Warning, Message = "State directory {Directory} is on {FileSystem}, which forgets; a restart of the machine or container loses what was not shipped")]
    private static partial void LogVolatile(ILogger logger, string directory, string fileSystem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "File {Path} was not removed: {Reason}. The next start removes it")]
    private static partial void LogNotRemoved(ILogger logger, string path, string reason);
}
