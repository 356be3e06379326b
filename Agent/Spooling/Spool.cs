using Microsoft.Extensions.Logging;
using Sealtail.Files;
using Sealtail.Format;

namespace Sealtail.Spooling;

/// <summary>
/// Sealed entries survive here until the store has them (docs/reliability.md, "Laws"). One directory per input:
/// <code>
/// lock                  held while an agent runs
/// chain                 the head and the manifest in flight: see ChainFile
/// 000000000012.chunk    an entry's chunk, exactly the object's bytes
/// 000000000012.entry    its record: facts and reader state, checksummed. Its rename to this name is the commit of both files
/// 000000000012.done     beside a record whose entry is shipped
/// *.tmp                 being written
/// </code>
/// The newest record stays when its entry is gone, for the reader state in it; before anything was read it is <c>000000000000.entry</c>.
/// Appending is for one thread, all else for another; both may run at once.
/// </summary>
internal sealed partial class Spool : IDisposable
{
    private readonly string directory;
    private readonly Binding binding;
    private readonly DurableFiles files;
    private readonly SpoolLock held;
    private readonly SpoolRoom room;
    private readonly ChainFile chain;
    private readonly ILogger logger;
    private readonly PendingQueue pending;
    private readonly Lock gate = new(); // guards newest: appending replaces it while removing asks whether it is the newest
    private EntryRecord newest;
    private long nextFirst;
    private long nextNumber;
    private long chunksMade;
    private readonly Lock committing = new(); // guards doubtful, and that one commit at a time works on the directory: repairing is shipping's
    private IReadOnlyList<string>? doubtful; // files of a commit that failed and is not undone yet
    private volatile string? entryTrouble; // of appending
    private volatile string? chainTrouble; // of shipping

    private Spool(SpoolOptions options, Binding binding, DurableFiles files, TimeProvider time, ILogger logger, SpoolLock held, ChainFile chain, Recovery recovered)
    {
        directory = options.Directory;
        (this.binding, this.files, this.logger, this.held, this.chain) = (binding, files, logger, held, chain);
        newest = recovered.Newest;
        nextFirst = recovered.NextFirst;
        nextNumber = recovered.NextNumber;
        pending = new PendingQueue(recovered.Pending, time);
        room = new SpoolRoom(options, files, time);
    }

    /// <summary>Takes the directory's lock, checks whom it belongs to, and recovers whatever a crash, a power cut or damage left.</summary>
    /// <param name="bucketLocation">The bucket as configured; the directory belongs to it and to the stream from now on.</param>
    /// <exception cref="SpoolException">In use, bound elsewhere, of a newer version, or on a file system that forgets.</exception>
    /// <exception cref="IOException">The directory cannot be made, read or written.</exception>
    public static Spool Open(SpoolOptions options, StreamName stream, string bucketLocation, DurableFiles files, TimeProvider time, ILogger logger)
    {
        var binding = new Binding(stream, bucketLocation);
        StateDirectory.Make(options.Directory, files);
        if (StateDirectory.ForgetfulFileSystem(options.Directory) is { } kind)
        {
            if (!options.AllowVolatile)
                throw new SpoolException(SpoolFault.Volatile, $"{options.Directory} is on {kind}, which loses its content with the machine or the container. Use a disk, or allow it with spool.allow_volatile.");
            LogVolatile(logger, options.Directory, kind);
        }

        var held = SpoolLock.Take(options.Directory);
        ChainFile? chain = null;
        try
        {
            var contents = DirectoryContents.Read(options.Directory, binding);
            var recovered = Recovery.Of(contents, binding, options.Directory, Guid.NewGuid, time.GetUtcNow());
            chain = Apply(recovered, contents, options.Directory, files);
            LogRecovery(logger, recovered, options.Directory);
            return new Spool(options, binding, files, time, logger, held, chain, recovered);
        }
        catch
        {
            chain?.Dispose();
            held.Dispose();
            throw;
        }
    }

    /// <summary>The directories under <paramref name="stateDirectory"/> that hold a spool and are not in <paramref name="owned"/>: inputs that were
    /// renamed or removed with entries still unshipped. The host refuses to start on any.</summary>
    public static IReadOnlyList<string> FindUnowned(string stateDirectory, IEnumerable<string> owned) => StateDirectory.FindUnowned(stateDirectory, owned);

    /// <summary>What the reader said of itself at the newest durable entry; null: nothing was ever read, or that record was lost (a new lineage says so).</summary>
    public ReadOnlyMemory<byte>? ReaderState
    {
        get { lock (gate) return newest.ReaderState; }
    }

    /// <summary>Bytes of pending entries.</summary>
    public long Bytes => pending.Bytes;

    /// <summary>Pending entries.</summary>
    public int Count => pending.Count;

    /// <summary>When the oldest pending entry was sealed; null when none is pending.</summary>
    public DateTimeOffset? OldestSealed => pending.Next(0)?.Facts.Sealed;

    /// <summary>Why reading waits, as a sentence; null while there is room. As of the last look at it.</summary>
    public string? FullReason => room.FullReason;

    /// <summary>Why the last write of an entry, of the head or of a manifest failed; null if it did not.</summary>
    public string? WriteTrouble => entryTrouble ?? chainTrouble;

    /// <summary>Whether <paramref name="bytes"/> more may be spooled now; sets <see cref="FullReason"/>.</summary>
    public bool HasRoom(long bytes) => room.Has(bytes, pending.Bytes);

    /// <summary>Says that no more entries will be appended by this run: waiting readers see the end.</summary>
    public void CompleteAdding() => pending.Complete();

    /// <summary>The oldest pending entry above <paramref name="after"/>, or null if there is none now.</summary>
    public SpoolEntry? Next(long after) => pending.Next(after);

    /// <summary>As <see cref="Next"/>, waiting for one. Null after <paramref name="timeout"/>, or when adding is complete and none is left.</summary>
    /// <param name="timeout"><see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    public Task<SpoolEntry?> NextAsync(long after, TimeSpan timeout, CancellationToken cancellationToken) => pending.NextAsync(after, timeout, cancellationToken);

    /// <summary>The oldest pending entry, waiting for one; null when adding is complete and none is left.</summary>
    public Task<SpoolEntry?> OldestAsync(CancellationToken cancellationToken) => NextAsync(0, Timeout.InfiniteTimeSpan, cancellationToken);

    public void Dispose()
    {
        chain.Dispose();
        held.Dispose();
    }

    // A crash anywhere in here is recovered like the one before it: nothing was sent yet.
    private static ChainFile Apply(Recovery recovered, DirectoryContents contents, string directory, DurableFiles files)
    {
        foreach (var temporary in contents.Temporaries) files.Unlink(temporary);

        // New: record 0 first, since a chain file without any record means a lost one. A loss: the head first, since the record would hide it.
        if (recovered is { IsNew: true, WriteNewest: true }) WriteRecord(recovered.Newest, directory, files);
        var chain = recovered.WriteChain
            ? ChainFile.Create(directory, files, recovered.Head, recovered.InFlight)
            : ChainFile.Open(directory, files, contents.Chain!, recovered.Head, recovered.InFlight); // WriteChain, if there is none
        try
        {
            if (recovered is { IsNew: false, WriteNewest: true }) WriteRecord(recovered.Newest, directory, files);
            foreach (var file in recovered.Obsolete) files.Unlink(Path.Combine(directory, file.ToString()));
            return chain;
        }
        catch
        {
            chain.Dispose();
            throw;
        }
    }

    private static void WriteRecord(EntryRecord record, string directory, DurableFiles files) =>
        files.WriteAtomically(Path.Combine(directory, new EntryFile(record.Number, EntryPart.Record).ToString()), record.ToBytes());

    private string PathOf(long number, EntryPart part) => Path.Combine(directory, new EntryFile(number, part).ToString());
}
