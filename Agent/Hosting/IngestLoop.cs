using Microsoft.Extensions.Logging;
using Sealtail.Format;
using Sealtail.Observability;
using Sealtail.Sealing;
using Sealtail.Spooling;
using Sealtail.Tailing;

namespace Sealtail.Hosting;

/// <summary>
/// The first loop of an input: tail → seal → spool. Runs on one thread; everything it holds can be lost at any moment, because the spool's newest
/// entry says where to read on.
/// </summary>
internal sealed partial class IngestLoop(
    Tailer tailer, ChunkBuilder builder, Spool spool, SealOptions options, IngestCounters counters, Pulse pulse, TimeProvider time, ILogger<IngestLoop> logger)
{
    private static readonly TimeSpan RoomCheck = TimeSpan.FromMilliseconds(250);

    private volatile Box? settled;
    private long opened; // when the open chunk got its first record: its age is no matter of what the time of day is set to

    /// <summary>
    /// What a heartbeat may say of the source: as of a moment when everything that was read was committed, so that the chain's position and this belong
    /// together. Null while there is no such moment: a chunk is open, and its entry will break the silence.
    /// </summary>
    public SourceStatus? Settled => settled?.Status;

    /// <summary>Reads until <paramref name="stopping"/>, or with <paramref name="once"/> until nothing is left to read; then commits what is open.</summary>
    public async Task RunAsync(bool once, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            pulse.Beat();
            try
            {
                if (!await TakeNextAsync(once, stopping)) break;
            }
            catch (Exception e) when (IsFailedWrite(e))
            {
                // Nothing of the open chunk is committed: it is read again, once the disk takes it.
                Abandon(e);
                await WaitAsync(RoomCheck, stopping);
            }
        }

        CommitOpen();
    }

    // False: nothing is left, and nothing more is waited for.
    private async Task<bool> TakeNextAsync(bool once, CancellationToken stopping)
    {
        var step = tailer.Read();
        settled = step.Kind == TailStepKind.Idle && builder.Since is null ? new Box(StatusWithout(builder.IsEmpty)) : null;
        if ((builder.MustCutBefore(step) ?? AgeCut()) is { } reason)
        {
            Commit(reason); // the step is given again
            return true;
        }

        switch (step.Kind)
        {
            case TailStepKind.Idle when once && tailer.Status.State != SourceCondition.Blocked: // blocked: a backup is still being compressed
                return false;
            case TailStepKind.Idle:
                await WaitAsync(UntilAgeCut(), stopping);
                return true;
            case TailStepKind.Bytes:
                if (builder.NeedsFile && !await HasRoomAsync(stopping)) return true; // stopping
                Open();
                tailer.Advance(builder.Add(step, time.GetUtcNow()));
                return true;
            case TailStepKind.FileEnd:
                builder.EndFile(step);
                tailer.Advance(0);
                return true;
            case TailStepKind.Gap:
                Open();
                builder.AddGap(step.Gap!, time.GetUtcNow()); // a Gap step has one
                LogGap(step.Gap!.Cause, step.Gap.File, step.Gap.From, step.Gap.To, step.Gap.Detail);
                tailer.Advance(0);
                return true;
            default:
                throw new InvalidOperationException($"The reader gave a step of kind {step.Kind}.");
        }
    }

    // Back-pressure: reading waits, and meanwhile new files are seen and held open, so that rotation takes nothing away.
    private async Task<bool> HasRoomAsync(CancellationToken stopping)
    {
        if (spool.HasRoom(options.MaxSize)) return true;
        LogFull(spool.FullReason);
        while (!spool.HasRoom(options.MaxSize))
        {
            if (stopping.IsCancellationRequested) return false;
            pulse.Beat();
            tailer.Look();
            settled = new Box(StatusWithout(isAllTaken: false));
            await WaitAsync(RoomCheck, stopping);
        }

        LogRoom();
        return true;
    }

    private void Open()
    {
        if (builder.Since is null) opened = time.GetTimestamp();
    }

    private CutReason? AgeCut() => builder.Since is not null && !builder.IsInsideRecord && time.GetElapsedTime(opened) >= options.MaxAge ? CutReason.Age : null;

    private TimeSpan UntilAgeCut() =>
        builder.Since is null ? options.MaxAge
        : options.MaxAge - time.GetElapsedTime(opened) is var rest && rest > TimeSpan.Zero ? rest
        : TimeSpan.Zero;

    // Not idle but blocked, unless all that is on disk was taken and committed: only then may position and size be held against each other.
    private SourceStatus StatusWithout(bool isAllTaken) =>
        tailer.Status is { State: SourceCondition.Idle } idle && !isAllTaken ? idle with { State = SourceCondition.Blocked } : tailer.Status;

    private void Commit(CutReason reason)
    {
        var (facts, chunk) = builder.Seal(reason, time.GetUtcNow());
        var state = tailer.Capture();
        var entry = spool.Append(facts, chunk, state);
        tailer.Committed();
        counters.AddSealed(facts);
        LogSealed(entry.Number, facts.Content?.Records ?? 0, facts.Content?.Bytes ?? 0, facts.Object?.Bytes ?? 0, reason);
    }

    // A failure here loses nothing: the next run reads again what is not committed.
    private void CommitOpen()
    {
        if (builder.IsInsideRecord)
        {
            Abandon(null); // a record is never split: what was read of it is read again by the next run
            return;
        }

        if (builder.Since is null) return;
        try
        {
            Commit(CutReason.Shutdown);
        }
        catch (Exception e) when (IsFailedWrite(e))
        {
            Abandon(e);
        }
    }

    private void Abandon(Exception? because)
    {
        if (builder.Abandon() is { } chunk) spool.Discard(chunk, because);
        tailer.Rewind();
        if (because is not null) LogAbandoned(because.Message);
    }

    private static bool IsFailedWrite(Exception e) => e is IOException or SpoolException { Fault: SpoolFault.NotCommitted };

    private async Task WaitAsync(TimeSpan atMost, CancellationToken stopping)
    {
        try
        {
            await tailer.WaitAsync(atMost < Pulse.Interval ? atMost : Pulse.Interval, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The loop's condition sees it, and what is open is still committed.
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Sealed entry {Entry}: {Records} records, {Bytes} bytes as {ObjectBytes} ({Reason})")]
    private partial void LogSealed(long entry, long records, long bytes, long objectBytes, CutReason reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Declared a gap ({Cause}): file {File}, from {From} to {To}. {Detail}")]
    private partial void LogGap(GapCause cause, long? file, long from, long? to, string detail);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Reason} Reading waits; nothing is dropped")]
    private partial void LogFull(string? reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "There is room again. Reading goes on")]
    private partial void LogRoom();

    [LoggerMessage(Level = LogLevel.Warning, Message = "The open chunk could not be written and will be read again: {Reason}")]
    private partial void LogAbandoned(string reason);

    // A reference, so that one write publishes all of it.
    private sealed record Box(SourceStatus Status);
}
