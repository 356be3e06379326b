using Microsoft.Extensions.Logging;
using Sealtail.Buckets;
using Sealtail.Chaining;
using Sealtail.Format;
using Sealtail.Observability;
using Sealtail.Shipping;
using Sealtail.Spooling;

namespace Sealtail.Hosting;

/// <summary>
/// The second loop of an input: spool → bucket. Chunks may run ahead in parallel; manifests go one at a time, each durable here before it leaves and
/// confirmed by the store before the head moves on. A crash anywhere sends the same bytes again, which the store recognises.
/// </summary>
internal sealed partial class ShipLoop(
    Spool spool, Chain chain, Shipper shipper, SourceRepair repair, Func<SourceStatus?> source, ShipCounters counters, IngestCounters declared, ShipMode mode, Pulse pulse,
    TimeProvider time, ILogger<ShipLoop> logger)
{
    private const int MissesBeforeSlowing = 100; // then one number a second, with an alarm: somebody else takes them all
    private static readonly TimeSpan MissPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan OpenChunkCheck = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ParkedPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StatePause = TimeSpan.FromSeconds(1);

    private readonly Dictionary<long, Task<Delivery>> ahead = [];
    private (SignedCheckpoint Checkpoint, Task<Delivery> Upload)? checkpointing;

    /// <summary>Ships until <paramref name="ingest"/> has ended and nothing is left, then ends the epoch in the open.</summary>
    public async Task RunAsync(Task ingest, CancellationToken cancellationToken)
    {
        using var uploads = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            if (chain.InFlight is { } left) await DeliverAsync(left, cancellationToken);
            while (true)
            {
                pulse.Beat();
                if (chain.HasEpoch) Checkpoint(uploads.Token);
                if (await spool.NextAsync(0, UntilHeartbeat(), cancellationToken) is { } entry)
                {
                    await ShipAsync(entry, uploads.Token, cancellationToken);
                }
                else if (ingest.IsCompleted && spool.Count == 0)
                {
                    break;
                }
                else if (mode.Heartbeats && chain.HeartbeatDueIn <= TimeSpan.Zero)
                {
                    await EnsureEpochAsync(uploads.Token, cancellationToken);
                    if (await WriteAsync(BindHeartbeat, cancellationToken) is { } heartbeat) await DeliverAsync(heartbeat, cancellationToken);
                }
            }

            if (chain.HasEpoch) await DeliverAsync(await WriteAsync(chain.BindStop, cancellationToken), cancellationToken);
            // Where nothing is waited for without end, it ends soon; otherwise it is left to the next run.
            if (!mode.WaitsForAdministrator && checkpointing is { Upload: var last }) await Task.WhenAny(last);
        }
        finally
        {
            await uploads.CancelAsync();
            // They only need to end: what failed is sent again by the next run.
            await Task.WhenAll([.. ahead.Values, .. checkpointing is { Upload: var upload } ? [upload] : Array.Empty<Task<Delivery>>()]).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    // While a chunk is open there is nothing to say: its entry comes first.
    private TimeSpan UntilHeartbeat()
    {
        if (!mode.Heartbeats || chain.HeartbeatDueIn is var due && due >= Pulse.Interval) return Pulse.Interval;
        return due > OpenChunkCheck || source() is not null ? due : OpenChunkCheck;
    }

    private async Task ShipAsync(SpoolEntry oldest, CancellationToken uploads, CancellationToken cancellationToken)
    {
        StartAhead(uploads);
        var (entry, chunkReceipt) = await DeliverChunkAsync(oldest, cancellationToken);
        await EnsureEpochAsync(uploads, cancellationToken);
        await DeliverAsync(await WriteAsync(() => chain.Bind(entry, chunkReceipt), cancellationToken), cancellationToken);
        // A crash here leaves an entry that the head confirms; recovery removes it.
        spool.Remove(entry);
        counters.AddEntry(entry.Facts);
        if (entry.Damage is not null) declared.AddGaps(entry.Facts); // others were counted when they were sealed
        LogShipped(entry.Number, chain.Epoch, entry.Facts.Content?.Records ?? 0, entry.Facts.Object?.Bytes ?? 0);
    }

    private void StartAhead(CancellationToken uploads)
    {
        var number = 0L;
        for (var i = 0; i < mode.ParallelChunks && spool.Next(number) is { } entry; i++)
        {
            number = entry.Number;
            if (entry.Facts.Object is not null && entry.Damage is null && !ahead.ContainsKey(number)) ahead.Add(number, shipper.PutAsync(UploadOf(entry), uploads));
        }
    }

    // The store refuses bytes that are not those sealed: then the disk damaged them, or something on the way did.
    private async Task<(SpoolEntry Entry, Receipt? Receipt)> DeliverChunkAsync(SpoolEntry entry, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (entry.Damage is not null) entry = Repaired(entry);
            if (entry.Facts.Object is null) return (entry, null);
            try
            {
                var upload = ahead.Remove(entry.Number, out var started) ? started : shipper.PutAsync(UploadOf(entry), cancellationToken);
                return (entry, ReceiptOf(ReceiptObject.Chunk, (await pulse.WaitAsync(upload)).Outcome));
            }
            catch (BucketException e) when (e.Fault == BucketFault.Damaged && !spool.IsIntact(entry))
            {
                entry = spool.MarkDamaged(entry, e.Message);
            }
            catch (BucketException e) when (e.Fault == BucketFault.Damaged && mode.WaitsForAdministrator)
            {
                LogParked(e.Message);
                await Task.Delay(ParkedPause, time, cancellationToken);
            }
        }
    }

    private SpoolEntry Repaired(SpoolEntry entry)
    {
        if (repair.TryReadAgain(entry) is not { } again) return entry; // bound as the gap that it declares
        LogRepaired(entry.Number);
        return again;
    }

    // Beside everything else: manifests and chunks never wait for a checkpoint, whatever becomes of it.
    private void Checkpoint(CancellationToken uploads)
    {
        if (checkpointing is var (sent, upload))
        {
            if (!upload.IsCompleted) return;
            checkpointing = null;
            if (upload.IsCompletedSuccessfully)
            {
                chain.CheckpointStored(sent);
                LogCheckpoint(sent.Checkpoint.Size, sent.Checkpoint.Epoch);
            }
            else
            {
                chain.CheckpointFailed(sent);
                LogNoCheckpoint(sent.Checkpoint.Size, sent.Checkpoint.Epoch, upload.Exception?.InnerException?.Message ?? "It was stopped.");
            }
        }

        if (uploads.IsCancellationRequested || chain.DueCheckpoint() is not { } due) return;
        checkpointing = (due, shipper.PutAsync(UploadOf(due.Name.ToString(), SignedCheckpoint.ContentType, due.Bytes), uploads));
    }

    private async Task EnsureEpochAsync(CancellationToken uploads, CancellationToken cancellationToken)
    {
        if (!chain.HasEpoch) Checkpoint(uploads); // of the epoch that the run before left behind; a run with nothing to say writes nothing
        while (!chain.HasEpoch)
        {
            pulse.Beat();
            var claim = await WriteAsync(chain.PrepareClaim, cancellationToken);
            var delivery = await PutAsync(claim, cancellationToken);
            if (delivery.Outcome.Created)
            {
                await ConfirmAsync(claim, delivery, cancellationToken);
                counters.Epoch = chain.Epoch;
                counters.AddManifest(ManifestKind.EpochStart);
                return;
            }

            chain.ClaimMissed(delivery.WasAmbiguous);
            if (chain.Misses >= MissesBeforeSlowing)
            {
                LogManyMisses(chain.Misses);
                await Task.Delay(MissPause, time, cancellationToken);
            }
        }
    }

    private async Task DeliverAsync(SignedManifest manifest, CancellationToken cancellationToken)
    {
        var delivery = await PutAsync(manifest, cancellationToken);
        // A crash here: the next run sends the same bytes, and the store says that it has them.
        await ConfirmAsync(manifest, delivery, cancellationToken);
        counters.AddManifest(manifest.Manifest.Kind);
    }

    private Task<SignedManifest> ConfirmAsync(SignedManifest manifest, Delivery delivery, CancellationToken cancellationToken) =>
        WriteAsync(
            () =>
            {
                chain.Confirm(manifest, ReceiptOf(ReceiptObject.Manifest, delivery.Outcome));
                return manifest;
            },
            cancellationToken);

    // As the source is when it is signed, not when it was first tried. Null: there is more to say of it than a heartbeat can.
    private SignedManifest? BindHeartbeat() => source() is { } status ? chain.BindHeartbeat(status) : null;

    // The disk refuses, and may take it later. What is not durable was not sent, or is confirmed anew: writing it again is safe.
    private async Task<T> WriteAsync<T>(Func<T> write, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return write();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException && mode.WaitsForAdministrator)
            {
                LogNotWritten(e.Message);
                pulse.Beat();
                await Task.Delay(StatePause, time, cancellationToken);
            }
        }
    }

    private async Task<Delivery> PutAsync(SignedManifest manifest, CancellationToken cancellationToken)
    {
        var upload = UploadOf(manifest.Name.ToString(), SignedManifest.ContentType, manifest.Envelope);
        while (true)
        {
            try
            {
                return await pulse.WaitAsync(shipper.PutAsync(upload, cancellationToken));
            }
            catch (BucketException e) when (e.Fault == BucketFault.Damaged && mode.WaitsForAdministrator)
            {
                // The bytes are in memory and were checked when read: they were damaged on the way.
                LogParked(e.Message);
                await Task.Delay(ParkedPause, time, cancellationToken);
            }
        }
    }

    private static Upload UploadOf(string name, string contentType, byte[] bytes) =>
        new(name, contentType, bytes.Length, Crc32C.Of(bytes).Value, () => new MemoryStream(bytes, writable: false));

    private static Upload UploadOf(SpoolEntry entry) =>
        entry.Facts.Object is { } chunk
            ? new Upload(chunk.Name, ChunkObject.MediaType, chunk.Bytes, chunk.Crc32C.Value, entry.OpenChunk)
            : throw new InvalidOperationException($"Entry {entry.Number} has no chunk.");

    // Epoch and sequence are set by the chain, which knows them.
    private static Receipt ReceiptOf(ReceiptObject what, PutOutcome outcome) => new(
        0, 0, what, outcome.Created ? PutResult.Created : PutResult.Exists, outcome.Receipt?.Generation, outcome.Receipt?.TimeCreated, outcome.Receipt?.RetentionExpirationTime);

    [LoggerMessage(Level = LogLevel.Information, Message = "Shipped entry {Entry} in epoch {Epoch}: {Records} records, {ObjectBytes} bytes")]
    private partial void LogShipped(long entry, long epoch, long records, long objectBytes);

    [LoggerMessage(Level = LogLevel.Information, Message = "Stored a checkpoint of {Manifests} manifests of epoch {Epoch}")]
    private partial void LogCheckpoint(long manifests, long epoch);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A checkpoint of {Manifests} manifests of epoch {Epoch} was not stored: {Reason} A later one covers them too")]
    private partial void LogNoCheckpoint(long manifests, long epoch, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Misses} epoch numbers in a row are taken. Another agent may be claiming this stream; one number a second is tried now")]
    private partial void LogManyMisses(int misses);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Entry {Entry} was damaged on the disk and has been read again from the log")]
    private partial void LogRepaired(long entry);

    [LoggerMessage(Level = LogLevel.Error, Message = "The state could not be written and is tried again: {Reason}")]
    private partial void LogNotWritten(string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The store takes the bytes for damaged, but they are as sealed: {Reason} The upload is tried again slowly")]
    private partial void LogParked(string reason);
}

/// <summary>How one run ships.</summary>
/// <param name="Heartbeats">Whether silence is broken when due.</param>
/// <param name="WaitsForAdministrator">Whether what only an administrator can mend is waited for, or ends the run.</param>
/// <param name="ParallelChunks">Chunks uploaded at the same time.</param>
internal readonly record struct ShipMode(bool Heartbeats, bool WaitsForAdministrator, int ParallelChunks);
