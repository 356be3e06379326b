using Sealtail.Format;

namespace Sealtail.Tailing;

/// <summary>
/// How far all files were taken, three times over: now, as last captured, as last committed. Only files touched since the last commit differ.
/// </summary>
internal sealed class TakenState(LogSeries series)
{
    private readonly List<LogFile> touched = [];
    private readonly List<LogFile> retained = [];
    private Last now;
    private Last captured;
    private Last committed;

    /// <summary>The highest number given so far.</summary>
    public long LastNumber => now.Number;

    /// <summary>Files all taken whose descriptors are kept, in reading order: a late writer may make them grow.</summary>
    public IReadOnlyList<LogFile> Retained => retained;

    /// <summary>The position as an empty range; null if nothing was ever taken.</summary>
    public SourceRange? Position => now.File is not { } file ? null : new SourceRange
    {
        File = file.Number,
        Continues = file.Continues,
        Path = file.Path,
        Device = file.Device,
        Inode = file.Inode,
        Fingerprint = file.TakeFingerprint(),
        From = now.Position,
        To = now.Position,
        Final = now.IsFinal,
    };

    public void Load(ReadOnlyMemory<byte> state)
    {
        var number = TailState.Read(state, series.Add);
        var last = series.Files.LastOrDefault(file => file.Now.Number?.Number == number) ?? series.Last;
        now = captured = committed = new Last(number, last?.Now.Number is { Number: > 0 } file ? file : null, last?.Now.Position ?? 0, last?.Now.Ended ?? false);
    }

    /// <summary>The number under which the file's next bytes stand: a new one if other files were read since, or it must not go on under the old.</summary>
    public NumberedFile NumberFor(LogFile file) =>
        file.Now.Number is { } number && number.Number == now.Number && !file.Now.Renumber ? number : new NumberedFile(now.Number + 1, file.Now.Number, file);

    public void Set(LogFile file, Progress progress)
    {
        file.Now = progress;
        if (file.IsTouched) return;
        file.IsTouched = true;
        touched.Add(file);
    }

    public void Take(LogFile file, NumberedFile number, Progress progress)
    {
        Set(file, progress);
        now = new Last(number.Number, number, progress.Position, progress.Ended);
        if (progress.Ended) series.Forget();
    }

    public void TakeGap(LogFile file, DueGap due, NumberedFile? number)
    {
        var without = file.Now with { Due = null };
        if (due.After == AfterGap.ReadOn && due.About is { } before) Set(before, before.Now with { IsBroken = true });
        Set(file, due.After switch
        {
            AfterGap.End when due.To is { } end => without with { Number = number ?? without.Number, Position = end, Limit = null, IsLost = true },
            AfterGap.End => without with { Number = number ?? without.Number, Ended = true, Renumber = true, Limit = null, IsBroken = true },
            AfterGap.StartOver => default,
            AfterGap.Resume => without with { Number = without.Number?.Copy(), Position = due.From, Renumber = true, Guard = GuardAt(without, due.From), Boundaries = [.. without.Boundaries.Where(boundary => boundary.Position <= due.From)] },
            _ => without,
        });
        file.Scanned = 0;
        if (number is not null) now = new Last(number.Number, number, due.To ?? due.From, due.To is null);
        series.Forget();
    }

    /// <summary>Keeps the descriptor of a file all taken.</summary>
    public void Retain(LogFile file)
    {
        file.IsRetired = false;
        if (!file.IsHeld || retained.Contains(file)) return;
        retained.Add(file);
        retained.Sort((one, other) => one.Order.CompareTo(other.Order));
    }

    public byte[] Capture()
    {
        foreach (var file in touched) file.Captured = file.Now;
        captured = now;
        return TailState.Write(series.Files, now.Number);
    }

    public void Commit()
    {
        foreach (var file in touched) file.Committed = file.Captured;
        committed = captured;
        touched.RemoveAll(file => !(file.IsTouched = file.Now != file.Committed));
        // A crash from here on starts behind these files, so their descriptors are not needed to read them again.
        if (retained.RemoveAll(TryRelease) > 0) series.Prune();
    }

    public void Rewind()
    {
        foreach (var file in touched)
        {
            file.Now = file.Captured = file.Committed;
            (file.Scanned, file.IsTouched) = (0, false);
        }

        touched.Clear();
        foreach (var file in retained) file.IsRetired = false;
        retained.RemoveAll(file => !file.Now.Ended);
        now = captured = committed;
        series.Forget();
    }

    private static bool TryRelease(LogFile file)
    {
        if (!file.IsHeld) return true;
        if (!file.IsRetired || file.IsTouched || !file.Now.Ended) return false;
        file.Release();
        return true;
    }

    private static Digest GuardAt(Progress progress, long position) =>
        position == progress.Position ? progress.Guard : progress.Boundaries.FirstOrDefault(boundary => boundary.Position == position).Guard;

    private readonly record struct Last(long Number, NumberedFile? File, long Position, bool IsFinal);
}
