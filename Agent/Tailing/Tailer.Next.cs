using Sealtail.Format;

namespace Sealtail.Tailing;

/// <summary>What comes next: which file, and whether it has ended.</summary>
internal sealed partial class Tailer
{
    private TailStep Next()
    {
        if (IsLookDue()) Look(SourceCondition.Idle, isFresh: false);
        for (var hasLooked = false; ;)
        {
            if (watch.IsResumed && series.Current is { } file && !IsUndecided(file))
            {
                if (series.Current != file) continue;
                if (file.Now.Due is { } due) return GapOf(file, due);
                if (file.Now.IsLost) return EndOf(file);
                if (reader.File == file || TryStart(file))
                {
                    if (TryNext(file, out var next)) return next;
                }
                else if (series.Current != file || file.Now.Due is not null)
                {
                    continue;
                }
            }

            if (hasLooked) return Idle();
            hasLooked = true;
            Look(SourceCondition.Idle);
            FindLateWrite();
        }
    }

    // A compressed backup was joined, with a doubt, before it was whole: only now can be told whether it is the copy of the file before it.
    private bool IsUndecided(LogFile file)
    {
        if (!file.Compressed || file.Now.Due?.About is not { IsHeld: true, Stem: null, Compressed: false, Facts.Links: 0 } before || !file.TryHold()) return false;
        if (file.OpenContent() is not null)
        {
            series.MergeCopy(file, before);
            return false;
        }

        return isBlocked = !watch.IsSettled(file.Facts!.Value.Modified); // held
    }

    // Final is decided before the read that finds no more: bytes written before the successor was seen are then surely read.
    private bool TryNext(LogFile file, out TailStep next)
    {
        var isFinal = file.Now.Limit is not null || series.HasSuccessor(file);
        next = default;
        switch (TryTake(file, isFinal))
        {
            case TakeOutcome.Lines:
                next = BytesOf(taken.NumberFor(file), piece);
                return true;
            case TakeOutcome.Faulted: // whatever comes after it: that it could not be read is no end
                next = Idle();
                return true;
            case TakeOutcome.Changed:
                Diverge(file);
                next = GapOf(file, file.Now.Due!); // Diverge sets it
                return true;
            default:
                if (isFinal) next = EndOf(file);
                return isFinal;
        }
    }

    private TakeOutcome TryTake(LogFile file, bool isFinal)
    {
        try
        {
            var outcome = reader.Take(isFinal, out piece);
            isFaulty = false;
            return outcome;
        }
        catch (InvalidDataException)
        {
            return TakeOutcome.Changed; // a compressed file that was whole when it was opened
        }
        catch (IOException e) when (Fault(file, e))
        {
            return TakeOutcome.Faulted;
        }
    }

    // False: it cannot be read now, or something else comes first.
    private bool TryStart(LogFile file)
    {
        if (!file.IsHeld && !TryHold(file)) return false;
        if (file.Now.Number is null && file.Now.Position == 0 && FindLastLateWrite(file)) return false;
        if (Open(file) is not { } content) return false;
        LetGo();
        if (reader.TryStart(file, content))
        {
            waiting -= file.Waiting;
            file.Waiting = 0;
            return true;
        }

        Diverge(file);
        return false;
    }

    // The guard of the file being read is known here only.
    private void LetGo()
    {
        if (reader.File is { } file) taken.Set(file, file.Now with { Guard = reader.Guard });
        reader.Stop();
    }

    private bool TryHold(LogFile file)
    {
        if (file.TryHold()) return true;
        Look(SourceCondition.Idle, isForced: true); // it may have been compressed, or rotated, since it was last seen
        if (file.IsHeld || file.TryHold()) return true;
        if (file.IsListed || !watch.IsResumed || watch.Condition == SourceCondition.Unreadable) return false;
        var cause = file.IsRefused ? GapCause.Unreadable : GapCause.RotatedAway;
        var detail = file.ReleasedAt is null ? "It was deleted before it could be read." : "It was unlinked, and its descriptor was given up for want of room.";
        taken.Set(file, file.Now with { Due = new DueGap(cause, file.Now.Position, file.ReleasedAt, AfterGap.End, detail) });
        return false;
    }

    private LogContent? Open(LogFile file)
    {
        var facts = file.Facts!.Value; // held
        var isSettled = watch.IsSettled(facts.Modified);
        isBlocked = file.Unsound == facts && !isSettled;
        if (isBlocked) return null;
        if (file.OpenContent() is { } content) return content;
        file.Unsound = facts;
        isBlocked = !isSettled;
        if (isSettled)
            taken.Set(file, file.Now with { Due = new DueGap(GapCause.CompressedDamaged, file.Now.Position, null, AfterGap.End, "The compressed backup is damaged or cut short.") });
        return null;
    }

    // The bytes before the position are no longer those that were taken.
    private void Diverge(LogFile file)
    {
        LetGo();
        taken.Set(file, file.Now with { Due = Divergence(file, file.Now) });
    }

    private static DueGap Divergence(LogFile file, Progress progress)
    {
        if (file.Compressed)
            return new DueGap(GapCause.CompressedDamaged, progress.Position, null, AfterGap.End, "The compressed backup changed while it was read.");
        if (file.Content is { } content && progress.Position > 0)
        {
            if (content.IsGuardedAt(progress.Position, progress.Guard))
                return new DueGap(GapCause.Truncated, progress.Position, null, AfterGap.Resume, "A line that was not complete yet was cut off.");
            if (progress.Boundaries.NewestThatHolds(content) is { } boundary)
                return new DueGap(GapCause.SourceRolledBack, boundary.Position, progress.Position, AfterGap.Resume, "It no longer holds what was taken of it: reading resumes at the newest boundary that holds.");
            if (progress.Number?.TakeFingerprint() is { Bytes: > 0 } beginning && content.BeginsAs(beginning))
                return new DueGap(GapCause.SourceRolledBack, 0, progress.Position, AfterGap.Resume, "It begins as before but does not hold what was taken of it: reading resumes at its beginning.");
        }

        return new DueGap(GapCause.Truncated, progress.Position, null, AfterGap.StartOver, "It was truncated: what it holds now is read from its beginning.");
    }

    private TailStep BytesOf(NumberedFile number, Piece lent) => new()
    {
        Kind = TailStepKind.Bytes,
        File = number,
        From = number.Source.Now.Position,
        RecordLength = reader.RecordEnd is { } end ? end - number.Source.Now.Position : null,
        Buffer = reader.Buffer,
        Start = lent.Start,
        Length = lent.Length,
        RecordContinues = lent.RecordContinues,
    };

    private TailStep EndOf(LogFile file)
    {
        stepNumber = taken.NumberFor(file);
        return new TailStep { Kind = TailStepKind.FileEnd, File = stepNumber, From = file.Now.Position };
    }

    private TailStep GapOf(LogFile file, DueGap due)
    {
        var about = due.About ?? file;
        // A file of which nothing was taken gets its number from the gap that declares it lost.
        stepNumber = about.Now.Number is null && due.After == AfterGap.End ? taken.NumberFor(file) : null;
        var number = stepNumber ?? about.Now.Number;
        var fingerprint = number?.TakeFingerprint();
        var from = due.About is null ? due.From : about.Now.Position;
        return new TailStep
        {
            Kind = TailStepKind.Gap,
            Gap = new Gap(number is { Number: > 0 } ? number.Number : null, fingerprint is { Bytes: > 0 } ? fingerprint : null, due.Cause, from, due.To, due.Detail),
        };
    }
}
