using Microsoft.Extensions.Logging;
using Sealtail.Format;

namespace Sealtail.Tailing;

/// <summary>
/// Reads kube-apiserver's log, its rotated and its compressed backups as one stream of bytes with exact ranges. Single-threaded but for
/// <see cref="Status"/>, <see cref="LagBytes"/> and <see cref="Counts"/>. It keeps no store of its own: <see cref="Capture"/> gives its whole state,
/// which is durable with the chunk that ends there; what was taken later is forgotten by <see cref="Rewind"/> or a crash and read again.
/// </summary>
internal sealed partial class Tailer : IDisposable
{
    /// <summary>A compressed backup without its plain twin that is not whole is given up as damaged once it stood still for so long.</summary>
    public static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(60);

    private readonly TailOptions options;
    private readonly TimeProvider time;
    private readonly LogSeries series;
    private readonly LineReader reader = new();
    private readonly LogWatch watch;
    private readonly HeldFiles held;
    private readonly TakenState taken;

    private TailStep step;
    private Piece piece;
    private NumberedFile? stepNumber;

    private Tailer(TailOptions options, ReadOnlyMemory<byte>? state, TimeProvider time, ILogger logger)
    {
        (this.options, this.time, this.logger) = (options, time, logger);
        series = new LogSeries(options.Path);
        taken = new TakenState(series);
        watch = new LogWatch(options, series, time);
        held = new HeldFiles(options, watch.Directory);
        if (state is { } recorded) taken.Load(recorded);
        else watch.IsFirstStart = true;
    }

    public TailCounts Counts { get; } = new();

    /// <param name="state">What <see cref="Capture"/> gave for the newest durable entry; null at a first start.</param>
    /// <exception cref="FormatException">The state makes no sense.</exception>
    /// <exception cref="NewerStateException">A newer program wrote the state.</exception>
    public static Tailer Open(TailOptions options, ReadOnlyMemory<byte>? state, TimeProvider time, ILogger logger) => new(options, state, time, logger);

    /// <summary>From now on a thread of its own sees rotations, also while what was read is worked on. To be called before the first <see cref="Read"/>.</summary>
    public void PostLookout() => watch.PostLookout();

    /// <summary>What comes next; the same again until it is taken. Never waits.</summary>
    public TailStep Read()
    {
        if (step.Kind == TailStepKind.Idle) step = Next();
        else if (IsLookDue()) Look(SourceCondition.Idle, isFresh: false);
        return step;
    }

    /// <summary>Takes what <see cref="Read"/> gave: some or all bytes of a step of kind Bytes, or with 0 a step of another kind.</summary>
    public void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, step.Length);
        switch (step.Kind)
        {
            case TailStepKind.Bytes:
                TakeBytes(bytes);
                break;
            case TailStepKind.FileEnd:
                TakeEnd();
                break;
            case TailStepKind.Gap:
                TakeGap();
                break;
            default:
                throw new InvalidOperationException("There is nothing to take: the reader was idle.");
        }
    }

    /// <summary>The reader's state after all that was taken. To be recorded with the chunk that ends here, then confirmed by <see cref="Committed"/>.</summary>
    public byte[] Capture()
    {
        if (reader.File is { } file && file.Now.Position > 0)
        {
            var guard = reader.Guard;
            var boundaries = file.Now.Number is null ? [] : file.Now.Boundaries.With(new Boundary(file.Now.Position, guard));
            taken.Set(file, file.Now with { Guard = guard, Boundaries = boundaries });
        }

        return taken.Capture();
    }

    /// <summary>The last <see cref="Capture"/> is durable: what lies before it is never asked for again.</summary>
    public void Committed()
    {
        taken.Commit();
        series.Hold();
    }

    /// <summary>Goes back to the last committed capture, or to where the reader was opened. Descriptors are kept, so unlinked files are still readable.</summary>
    public void Rewind()
    {
        reader.Stop();
        step = default;
        taken.Rewind();
    }

    public void Dispose()
    {
        watch.Dispose();
        series.Dispose();
    }

    private void TakeBytes(int bytes)
    {
        var file = step.File is NumberedFile number ? number.Source : throw new InvalidOperationException("The step has no file.");
        if (bytes > 0)
        {
            var from = file.Now.Position;
            number.Take(reader.Buffer.AsSpan(piece.Start, bytes), from);
            if (reader.File == file) reader.Advance(bytes);
            taken.Take(file, number, file.Now with { Number = number, Position = from + bytes, Renumber = false });
        }

        // Also when the reader was stopped meanwhile: its buffer is filled anew only for another step.
        piece = bytes < step.Length ? piece.From(bytes) : default;
        step = bytes < step.Length ? BytesOf(number, piece) : default;
        Lag();
    }

    private void TakeEnd()
    {
        var file = stepNumber!.Source; // set with the step
        var guard = reader.File == file ? reader.Guard : file.Now.Guard;
        var boundaries = file.Now.Boundaries.With(new Boundary(file.Now.Position, guard));
        var ended = file.Now with { Number = stepNumber, Guard = guard, Ended = true, IsLost = false, Renumber = true, Limit = null, Boundaries = boundaries.TakeLast(MostEndedBoundaries).ToArray() };
        if (reader.File == file) reader.Stop();
        taken.Take(file, stepNumber, ended);
        taken.Retain(file);
        step = default;
        Counts.AddRotation();
    }

    private void TakeGap()
    {
        var gap = step.Gap!; // a step of kind Gap has one
        var file = series.Current!; // whose gap it is
        var due = file.Now.Due!; // what the step was made of
        if (reader.File == file) reader.Stop();
        taken.TakeGap(file, due, stepNumber);
        step = default;
        Counts.Add(gap);
    }

    private const int MostEndedBoundaries = 8;
}
