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
    private const int MissesBeforeSlowing = 100; // design §3.3
    private static readonly TimeSpan MissPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan OpenChunkCheck = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ParkedPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StatePause = TimeSpan.FromSeconds(1);

    private readonly Dictionary<long, Task<Delivery>> ahead = [];

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
                    await EnsureEpochAsync(cancellationToken);
                    if (source() is { } status) await DeliverAsync(await WriteAsync(() => chain.BindHeartbeat(status), cancellationToken), cancellationToken);
                }
            }

            if (chain.HasEpoch) await DeliverAsync(await WriteAsync(chain.BindStop, cancellationToken), cancellationToken);
        }
        finally
        {
            await uploads.CancelAsync();
            // They only need to end: what failed is sent again by the next run.
            await Task.WhenAll(ahead.Values).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
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
        await EnsureEpochAsync(cancellationToken);
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
            if (entry.Facts.Object is not null && entry.Damage is null) ahead.TryAdd(number, shipper.PutAsync(UploadOf(entry), uploads));
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

    private async Task EnsureEpochAsync(CancellationToken cancellationToken)
    {
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

    // The disk refuses, and may take it later. What is not durable was not sent, or is confirmed anew: writing it again is safe.
    private async Task<SignedManifest> WriteAsync(Func<SignedManifest> write, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return write();
            }
            catch (IOException e) when (mode.WaitsForAdministrator)
            {
                LogNotWritten(e.Message);
                pulse.Beat();
                await Task.Delay(StatePause, time, cancellationToken);
            }
        }
    }

    private async Task<Delivery> PutAsync(SignedManifest manifest, CancellationToken cancellationToken)
    {
        var upload = new Upload(
            manifest.Name.ToString(), SignedManifest.ContentType, manifest.Envelope.Length, Crc32C.Of(manifest.Envelope).Value, () => new MemoryStream(manifest.Envelope, writable: false));
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

    private static Upload UploadOf(SpoolEntry entry) =>
        entry.Facts.Object is { } chunk
            ? new Upload(chunk.Name, ChunkObject.MediaType, chunk.Bytes, chunk.Crc32C.Value, entry.OpenChunk)
            : throw new InvalidOperationException($"Entry {entry.Number} has no chunk.");

    // Epoch and sequence are set by the chain, which knows them.
    private static Receipt ReceiptOf(ReceiptObject what, PutOutcome outcome) => new(
        0, 0, what, outcome.Created ? PutResult.Created : PutResult.Exists, outcome.Receipt?.Generation, outcome.Receipt?.TimeCreated, outcome.Receipt?.RetentionExpirationTime);

    [LoggerMessage(Level = LogLevel.Information, Message = "Shipped entry {Entry} in epoch {Epoch}: {Records} records, {ObjectBytes} bytes")]
    private partial void LogShipped(long entry, long epoch, long records, long objectBytes);

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
