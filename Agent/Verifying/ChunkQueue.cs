using System.Buffers;
using Sealtail.Buckets;
using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>Chunks in work, a bounded number at once.</summary>
internal sealed class ChunkQueue(StreamContext context, ObjectReader reader, Action<long> progressed) : IAsyncDisposable
{
    private const int ReadBytes = 64 * 1024;

    // A checksum of a small object is done sooner than handed over.
    private readonly int together = context.Options.ManifestsOnly ? 32 : 1;

    // Checksums are waited for rather than computed.
    private readonly SemaphoreSlim slots = new(context.Options.ManifestsOnly ? context.Options.ReadAhead : context.Options.Parallelism);
    private readonly CancellationTokenSource abandoned = new();
    private readonly List<Task> running = [];
    private List<Work> waiting = [];

    /// <summary>Begins proving a chunk, once there is room. <paramref name="covers"/> is the time that is not proven if the chunk is not.</summary>
    public async Task AddAsync(ChunkJob job, LoadedManifest loaded, TimeRange covers, Action<ChunkVerdict>? proven, CancellationToken cancellationToken)
    {
        if (context.Options.ManifestsOnly && job.Stored.Crc32C is { } listed)
        {
            Conclude(job, loaded, covers, proven, Compare(job, new Crc32C(listed)), null);
            return;
        }

        waiting.Add(new Work(job, loaded, covers, proven));
        if (waiting.Count == together) await BeginAsync(cancellationToken);
    }

    /// <summary>When this returns, every chunk added is judged.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        if (waiting.Count > 0) await BeginAsync(cancellationToken);
        await Task.WhenAll(running);
    }

    public async ValueTask DisposeAsync()
    {
        await abandoned.CancelAsync();
        await Task.WhenAll(running).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        slots.Dispose();
        abandoned.Dispose();
    }

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        await slots.WaitAsync(cancellationToken);
        running.RemoveAll(task => task.IsCompletedSuccessfully);
        var batch = waiting;
        waiting = [];
        running.Add(Task.Run(() => VerifyAsync(batch, cancellationToken), CancellationToken.None));
    }

    private async Task VerifyAsync(List<Work> batch, CancellationToken cancellationToken)
    {
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, abandoned.Token);
            foreach (var work in batch) await VerifyAsync(work, either.Token);
        }
        finally
        {
            slots.Release();
        }
    }

    private async Task VerifyAsync(Work work, CancellationToken cancellationToken)
    {
        var (job, loaded, covers, proven) = work;
        try
        {
            var (faults, verdict) = context.Options.ManifestsOnly
                ? (Compare(job, TryChecksumNow(job.Stored) ?? await reader.ReadAsync(job.Stored, ReadChecksum, cancellationToken)), null)
                : await OpenAsync(job, cancellationToken);
            Conclude(job, loaded, covers, proven, faults, verdict);
        }
        catch (BucketException e)
        {
            context.Find(FindingKind.ObjectUnreadable, loaded.Name.Epoch, loaded.Name.Sequence, job.Stored.Name, $"The chunk could not be read: {e.Message}");
            context.Coverage.Refute(covers);
        }
    }

    private async Task<(IReadOnlyList<ChunkFault> Faults, ChunkVerdict? Verdict)> OpenAsync(ChunkJob job, CancellationToken cancellationToken)
    {
        var verdict = await reader.ReadAsync(job.Stored, (stream, token) => ChunkVerifier.Verify(job, stream, token), cancellationToken);
        return (verdict.Faults, verdict);
    }

    private void Conclude(ChunkJob job, LoadedManifest loaded, TimeRange covers, Action<ChunkVerdict>? proven, IReadOnlyList<ChunkFault> faults, ChunkVerdict? verdict)
    {
        foreach (var fault in faults) context.Find(fault.Kind, loaded.Name.Epoch, loaded.Name.Sequence, job.Stored.Name, fault.Message);
        if (faults.Count > 0)
        {
            context.Fail(covers);
            return;
        }

        context.Totals.AddContent(job.Content.Records, job.Content.Bytes);
        if (verdict is not null) proven?.Invoke(verdict);
        progressed(job.Content.Bytes);
    }

    private static ChunkFault[] Compare(ChunkJob job, Crc32C crc) =>
        crc == job.Chunk.Crc32C ? [] : [new ChunkFault(FindingKind.ChunkCrcMismatch, $"The object has CRC-32C {crc}; signed is {job.Chunk.Crc32C}.")];

    // Of an object that is small, and as long as it was listed.
    private Crc32C? TryChecksumNow(StoredObject stored)
    {
        if (stored.Bytes >= ReadBytes) return null;
        var buffer = ArrayPool<byte>.Shared.Rent(ReadBytes);
        try
        {
            return reader.TryReadNow(stored, buffer.AsSpan(0, (int)stored.Bytes + 1)) is { } length && length == stored.Bytes ? Crc32C.Of(buffer.AsSpan(0, length)) : null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // A directory keeps no checksums: the stored bytes are read, but not unpacked.
    private static Crc32C ReadChecksum(Stream stream, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ReadBytes);
        var crc = default(Crc32C);
        while (stream.Read(buffer) is > 0 and var count)
        {
            cancellationToken.ThrowIfCancellationRequested();
            crc = crc.Append(buffer.AsSpan(0, count));
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return crc;
    }

    private readonly record struct Work(ChunkJob Job, LoadedManifest Loaded, TimeRange Covers, Action<ChunkVerdict>? Proven);
}
