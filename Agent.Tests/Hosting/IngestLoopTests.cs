using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using Sealtail.Files;
using Sealtail.Format;
using Sealtail.Hosting;
using Sealtail.Observability;
using Sealtail.Sealing;
using Sealtail.Spooling;
using Sealtail.Tailing;

namespace Sealtail.Tests.Hosting;

internal sealed class IngestLoopTests
{
    /// <summary>A heartbeat stated an idle source, by sizes that happened to agree, while the bytes of the next file lay in the open chunk.</summary>
    [Test]
    public async Task Nothing_is_said_of_the_source_while_a_chunk_is_open()
    {
        using var folder = new TempFolder();
        var stream = StreamName.Create("test", "cp-1", "audit");
        var log = folder.Write("log/audit.log", "");
        using var tailer = Tailer.Open(new TailOptions { Path = log, PollInterval = TimeSpan.FromMilliseconds(10) }, null, TimeProvider.System, NullLogger.Instance);
        using var spool = Spool.Open(new SpoolOptions { Directory = folder["state"], AllowVolatile = true, MinFree = 0 }, stream, "file:///bucket", new DurableFiles(), TimeProvider.System, NullLogger.Instance);
        var options = new SealOptions { MaxAge = TimeSpan.FromMinutes(5) };
        using var builder = new ChunkBuilder(options, stream, spool.CreateChunk);
        var loop = new IngestLoop(tailer, builder, spool, options, new IngestCounters(null), new Pulse("reading", TimeProvider.System), TimeProvider.System, NullLogger<IngestLoop>.Instance);
        using var stop = new CancellationTokenSource();

        var running = loop.RunAsync(once: false, stop.Token);
        await UntilAsync(() => loop.Settled is { State: SourceCondition.Idle, Size: 0 });
        await File.AppendAllTextAsync(log, "{\"auditID\":\"1\"}\n");
        await UntilAsync(() => !builder.NeedsFile);
        await Task.Delay(50); // several looks of an idle reader beside the open chunk
        var beside = loop.Settled;
        await stop.CancelAsync();
        await running;

        Assert.That(beside, Is.Null);
        Assert.That(spool.Count, Is.EqualTo(1), "it is committed at the stop");
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 3000 && !condition(); i++) await Task.Delay(10);
        Assert.That(condition(), Is.True);
    }
}
