using Microsoft.Extensions.Logging;
using Sealtail.Files;
using Sealtail.Format;

namespace Sealtail.Spooling;

/// <summary>Sealed entries survive here until the store has them.</summary>
internal sealed partial class Spool : IDisposable
{
    /// <summary>Takes the directory's lock, checks whom it belongs to, and recovers whatever a crash, a power cut or damage left.</summary>
    /// <param name="bucketLocation">The bucket as configured; the directory belongs to it and to the stream from now on.</param>
    /// <exception cref="SpoolException">In use, bound elsewhere, of a newer version, or on a file system that forgets.</exception>
    /// <exception cref="IOException">The directory cannot be made, read or written.</exception>
    public static Spool Open(SpoolOptions options, StreamName stream, string bucketLocation, DurableFiles files, TimeProvider time, ILogger logger) => throw new NotImplementedException();

    /// <summary>The directories under <paramref name="stateDirectory"/> that hold a spool and are not in <paramref name="owned"/>: inputs that were
    /// renamed or removed with entries still unshipped. The host refuses to start on any (design §5).</summary>
    public static IReadOnlyList<string> FindUnowned(string stateDirectory, IEnumerable<string> owned) => throw new NotImplementedException();

    /// <summary>What the reader said of itself at the newest durable entry; null: nothing was ever read, or that record was lost (a new lineage says so).</summary>
    public ReadOnlyMemory<byte>? ReaderState => throw new NotImplementedException();

    /// <summary>Bytes of pending entries.</summary>
    public long Bytes => throw new NotImplementedException();

    /// <summary>Pending entries.</summary>
    public int Count => throw new NotImplementedException();

    /// <summary>When the oldest pending entry was sealed; null when none is pending.</summary>
    public DateTimeOffset? OldestSealed => throw new NotImplementedException();

    /// <summary>Why reading waits, as a sentence; null while there is room. As of the last look at it.</summary>
    public string? FullReason => throw new NotImplementedException();

    /// <summary>A new temporary file for one chunk. Not synced, not committed; a crash loses it and nothing else.</summary>
    /// <exception cref="IOException">It cannot be made. No room left is remembered: <see cref="RoomAsync"/> waits then.</exception>
    public DurableFile CreateChunk() => throw new NotImplementedException();

    /// <summary>Drops a chunk that will not be appended. <paramref name="because"/>: the failed write, if that is why; no room left is remembered.</summary>
    public void Discard(DurableFile chunk, Exception? because = null) => throw new NotImplementedException();

    /// <summary>Whether <paramref name="bytes"/> more may be spooled now; sets <see cref="FullReason"/>.</summary>
    public bool HasRoom(long bytes) => throw new NotImplementedException();

    /// <summary>Waits until <see cref="HasRoom"/>. Looks again whenever an entry leaves, and every second.</summary>
    public Task RoomAsync(long bytes, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>
    /// The commit of bytes and read position: durable when it returns. Takes the chunk over, whatever happens. Called by one thread at a time.
    /// </summary>
    /// <param name="chunk">The finished chunk; null for an entry of gaps alone.</param>
    /// <exception cref="SpoolException"><see cref="SpoolFault.NotCommitted"/>: the reader must go back to where the last entry left it.
    /// <see cref="SpoolFault.InDoubt"/>: the spool must be closed and opened anew.</exception>
    public SpoolEntry Append(EntryFacts facts, DurableFile? chunk, ReadOnlyMemory<byte> readerState) => throw new NotImplementedException();

    /// <summary>Says that no more entries will be appended by this run: waiting readers see the end.</summary>
    public void CompleteAdding() => throw new NotImplementedException();

    /// <summary>The oldest pending entry above <paramref name="after"/>, or null if there is none now.</summary>
    public SpoolEntry? Next(long after) => throw new NotImplementedException();

    /// <summary>As <see cref="Next"/>, waiting for one. Null after <paramref name="timeout"/>, or when adding is complete and none is left.</summary>
    /// <param name="timeout"><see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    public Task<SpoolEntry?> NextAsync(long after, TimeSpan timeout, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The oldest pending entry, waiting for one; null when adding is complete and none is left.</summary>
    public Task<SpoolEntry?> OldestAsync(CancellationToken cancellationToken) => NextAsync(0, Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>Drops an entry whose manifest the head confirms. Its record stays on disk while no newer one is durable.</summary>
    /// <exception cref="InvalidOperationException">The head does not confirm it (law 2).</exception>
    public void Remove(SpoolEntry entry) => throw new NotImplementedException();

    /// <summary>Hashes the chunk as it lies on disk: whether it still is what its facts say. For when a store refuses it as damaged.</summary>
    public bool IsIntact(SpoolEntry entry) => throw new NotImplementedException();

    /// <summary>Makes of a pending entry whose chunk is not intact one that declares its ranges lost; the caller goes on with what is returned.</summary>
    public SpoolEntry MarkDamaged(SpoolEntry entry, string reason) => throw new NotImplementedException();

    /// <summary>Puts back what a damaged entry lost, read again from the source. Durable when it returns; errors as <see cref="Append"/>.</summary>
    public SpoolEntry Replace(SpoolEntry damaged, EntryFacts facts, DurableFile chunk) => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();
}
