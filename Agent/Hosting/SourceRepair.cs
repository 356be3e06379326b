using Microsoft.Extensions.Logging;
using Sealtail.Format;
using Sealtail.Sealing;
using Sealtail.Spooling;
using Sealtail.Tailing;

namespace Sealtail.Hosting;

/// <summary>Puts back what the disk damaged in the spool, if the source still has it.</summary>
internal sealed partial class SourceRepair(string logPath, SealOptions options, StreamName stream, Spool spool, TimeProvider time, ILogger<SourceRepair> logger)
{
    /// <summary>The entry with its bytes again, or null: then it stays the gap that it declares.</summary>
    public SpoolEntry? TryReadAgain(SpoolEntry damaged)
    {
        if (damaged.Damage?.Lost is not { Count: > 0 } lost) return null;
        using var recall = SourceRecall.Find(logPath, lost);
        if (recall is null) return null;

        // One chunk again, however large: its ranges were one entry's.
        using var builder = new ChunkBuilder(options with { MaxSize = long.MaxValue / 4 }, stream, spool.CreateChunk);
        try
        {
            foreach (var step in recall.Steps())
            {
                if (step.Kind == TailStepKind.FileEnd) builder.EndFile(step);
                else builder.Add(step, time.GetUtcNow());
            }

            var (facts, chunk) = builder.Seal(CutReason.Age, time.GetUtcNow());
            return chunk is null ? null : spool.Replace(damaged, facts, chunk);
        }
        catch (Exception e) when (e is IOException or SpoolException { Fault: SpoolFault.NotCommitted })
        {
            if (builder.Abandon() is { } chunk) spool.Discard(chunk, e);
            LogFailed(damaged.Number, e.Message);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Entry {Entry} could not be read again from the log: {Reason}")]
    private partial void LogFailed(long entry, string reason);
}
