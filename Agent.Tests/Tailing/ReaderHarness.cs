using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using Sealtail.Format;
using Sealtail.Tailing;

namespace Sealtail.Tests.Tailing;

/// <summary>
/// Stands where ingest will: takes what the reader hands out, cuts chunks, crashes. It checks the reader's promises at every step.
/// </summary>
internal sealed class ReaderHarness : IDisposable
{
    private readonly TailOptions options;
    private readonly TimeProvider time;
    private readonly bool hasLookout;
    private readonly List<Taken> open = [];
    private byte[]? state;
    private TailedFile? unfinished;

    public ReaderHarness(TailOptions options, TimeProvider? time = null, bool hasLookout = false)
    {
        (this.options, this.time, this.hasLookout) = (options, time ?? TimeProvider.System, hasLookout);
        Tailer = Start();
    }

    public ReaderHarness(string path, StartAt start = StartAt.Oldest) : this(new TailOptions { Path = path, Start = start, PollInterval = TimeSpan.Zero })
    {
    }

    public Tailer Tailer { get; private set; }

    /// <summary>Most bytes taken of one step; to take steps in parts.</summary>
    public int MostAtOnce { get; set; } = int.MaxValue;

    public List<Taken> Durable { get; } = [];

    public IEnumerable<Taken> All => Durable.Concat(open);

    public byte[] Bytes
    {
        get
        {
            using var buffer = new MemoryStream();
            foreach (var taken in All) buffer.Write(taken.Bytes);
            return buffer.ToArray();
        }
    }

    public string Text => System.Text.Encoding.UTF8.GetString(Bytes);

    public IEnumerable<Gap> Gaps => All.Where(taken => taken.Gap is not null).Select(taken => taken.Gap!); // filtered

    /// <summary>Ranges as <c>file[:continues] from-to[.]</c>, a dot where it is final; gaps as <c>cause(file from-to)</c>.</summary>
    public string Ranges => string.Join(' ', Merged().Select(Print));

    /// <summary>Takes all there is until the reader is idle.</summary>
    public ReaderHarness Drain()
    {
        while (TakeOne())
        {
        }

        return this;
    }

    public bool TakeOne()
    {
        var step = Tailer.Read();
        if (step.Kind != TailStepKind.Idle) Assert.That(Tailer.Read(), Is.EqualTo(step), "the step stays until it is taken");
        switch (step.Kind)
        {
            case TailStepKind.Idle:
                return false;
            case TailStepKind.Gap:
                open.Add(new Taken(null, 0, [], false, step.Gap));
                Tailer.Advance(0);
                unfinished = null;
                return true;
            case TailStepKind.FileEnd:
                open.Add(new Taken(step.File, step.From, [], true, null));
                Tailer.Advance(0);
                unfinished = null;
                return true;
            default:
                TakeBytes(step);
                return true;
        }
    }

    /// <summary>The chunk ends here and is durable.</summary>
    public ReaderHarness Cut()
    {
        state = Tailer.Capture();
        Durable.AddRange(open.Select(taken => taken with { Fingerprint = taken.File?.TakeFingerprint() }));
        open.Clear();
        Tailer.Committed();
        return this;
    }

    /// <summary>The chunk being built is lost, as by a full disk.</summary>
    public ReaderHarness Abandon()
    {
        open.Clear();
        Tailer.Rewind();
        return this;
    }

    public ReaderHarness Crash()
    {
        Stop();
        Tailer = Start();
        return this;
    }

    public void Stop()
    {
        open.Clear();
        unfinished = null;
        Tailer.Dispose();
    }

    public ReaderHarness Restart()
    {
        Tailer = Start();
        return this;
    }

    public byte[]? State
    {
        get => state;
        set => state = value;
    }

    public void CheckTiling()
    {
        var tiling = new Tiling();
        foreach (var gap in Gaps) tiling.Declare(gap);
        foreach (var taken in Merged().Where(taken => taken.File is not null)) tiling.Add(RangeOf(taken));
    }

    public void Dispose() => Tailer.Dispose();

    private Tailer Start()
    {
        var tailer = Tailer.Open(options, state is null ? default(ReadOnlyMemory<byte>?) : state, time, NullLogger.Instance);
        if (hasLookout) tailer.PostLookout();
        return tailer;
    }

    private void TakeBytes(TailStep step)
    {
        var file = step.File!; // a Bytes step has one
        var bytes = step.Buffer.AsSpan(step.Start, Math.Min(step.Length, MostAtOnce)).ToArray();
        Assert.That(step.Length, Is.Positive);
        if (unfinished is not null) Assert.That(file, Is.SameAs(unfinished), "the record goes on in the same file");
        if (step.RecordContinues) Assert.That(step.Buffer.AsSpan(step.Start, step.Length).IndexOf((byte)'\n'), Is.EqualTo(-1), "a piece of one record");
        Tailer.Advance(bytes.Length);
        open.Add(new Taken(file, step.From, bytes, false, null));
        unfinished = step.RecordContinues ? file : null;
    }

    private IEnumerable<Taken> Merged()
    {
        Taken? run = null;
        foreach (var taken in All)
        {
            if (run is not null && run.File?.Number == taken.File?.Number && run.File is not null && !run.Final && run.To == taken.From)
            {
                run = run with { To = taken.To, Final = taken.Final, File = taken.File, Fingerprint = taken.Fingerprint };
                continue;
            }

            if (run is not null) yield return run;
            run = taken;
        }

        if (run is not null) yield return run;
    }

    private static SourceRange RangeOf(Taken taken) => new()
    {
        File = taken.File!.Number, // filtered
        Continues = taken.File.Continues,
        Path = taken.File.Path,
        Device = taken.File.Device,
        Inode = taken.File.Inode,
        Fingerprint = taken.Fingerprint ?? taken.File.TakeFingerprint(),
        From = taken.From,
        To = taken.To,
        Final = taken.Final,
    };

    private static string Print(Taken taken) =>
        taken.Gap is { } gap
            ? $"{gap.Cause.Text()}({gap.File} {gap.From}-{gap.To})"
            : $"{taken.File!.Number}{(taken.File.Continues is { } earlier ? $":{earlier}" : "")} {taken.From}-{taken.To}{(taken.Final ? "." : "")}"; // either one
}

/// <summary>What one step gave.</summary>
internal sealed record Taken(TailedFile? File, long From, byte[] Bytes, bool Final, Gap? Gap)
{
    public Fingerprint? Fingerprint { get; init; }

    public long To { get; init; } = From + Bytes.Length;
}
