using System.Buffers;
using Sealtail.Buckets;
using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>Chunks in work, a bounded number at once.</summary>
internal sealed class ChunkQueue(StreamContext context, ObjectReader reader, Action<long> progressed) : IAsyncDisposable
{
    // Checksums are waited for rather than computed.
    private readonly SemaphoreSlim slots = new(context.Options.ManifestsOnly ? context.Options.ReadAhead : context.Options.Parallelism);
    private readonly CancellationTokenSource abandoned = new();
    private readonly List<Task> running = [];

    /// <summary>Begins proving a chunk, once there is room. <paramref name="covers"/> is the time that is not proven if the chunk is not.</summary>
    public async Task AddAsync(ChunkJob job, LoadedManifest loaded, TimeRange covers, Action<ChunkVerdict>? proven, CancellationToken cancellationToken)
    {
        if (context.Options.ManifestsOnly && job.Stored.Crc32C is { } listed)
        {
            Conclude(job, loaded, covers, proven, Compare(job, new Crc32C(listed)), null);
            return;
        }

        await slots.WaitAsync(cancellationToken);
        running.RemoveAll(task => task.IsCompletedSuccessfully);
        running.Add(Task.Run(() => VerifyAsync(job, loaded, covers, proven, cancellationToken), CancellationToken.None));
    }

    /// <summary>When this returns, every chunk added is judged.</summary>
    public Task DrainAsync() => Task.WhenAll(running);

    public async ValueTask DisposeAsync()
    {
        await abandoned.CancelAsync();
        await Task.WhenAll(running).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        slots.Dispose();
        abandoned.Dispose();
    }

    private async Task VerifyAsync(ChunkJob job, LoadedManifest loaded, TimeRange covers, Action<ChunkVerdict>? proven, CancellationToken cancellationToken)
    {
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, abandoned.Token);
            var (faults, verdict) = context.Options.ManifestsOnly
                ? (Compare(job, await reader.ReadAsync(job.Stored, ReadChecksum, either.Token)), null)
                : await OpenAsync(job, either.Token);
            Conclude(job, loaded, covers, proven, faults, verdict);
        }
        catch (BucketException e)
        {
            context.Find(FindingKind.ObjectUnreadable, loaded.Name.Epoch, loaded.Name.Sequence, job.Stored.Name, $"The chunk could not be read: {e.Message}");
            context.Coverage.Refute(covers);
        }
        finally
        {
            slots.Release();
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
            context.Coverage.Refute(covers);
            return;
        }

        context.Totals.AddContent(job.Content.Records, job.Content.Bytes);
        if (verdict is not null) proven?.Invoke(verdict);
        progressed(job.Content.Bytes);
    }

    private static ChunkFault[] Compare(ChunkJob job, Crc32C crc) =>
        crc == job.Chunk.Crc32C ? [] : [new ChunkFault(FindingKind.ChunkCrcMismatch, $"The object has CRC-32C {crc}; signed is {job.Chunk.Crc32C}.")];

    // A directory keeps no checksums: the stored bytes are read, but not unpacked.
    private static Crc32C ReadChecksum(Stream stream, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        var crc = default(Crc32C);
        while (stream.Read(buffer) is > 0 and var count)
        {
            cancellationToken.ThrowIfCancellationRequested();
            crc = crc.Append(buffer.AsSpan(0, count));
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return crc;
    }
}
