using Sealtail.Format;

namespace Sealtail.Tailing;

/// <summary>A position that was a chunk's end, and the guard of the bytes before it: where reading can resume after the source was rolled back.</summary>
internal readonly record struct Boundary(long Position, Digest Guard);

/// <summary>What happens to the file once a gap was taken.</summary>
internal enum AfterGap
{
    /// <summary>Its bytes follow; the gap was about what came before them.</summary>
    ReadOn,

    /// <summary>The rest of it is lost. Where its end is known, that is still handed out.</summary>
    End,

    /// <summary>It begins anew from 0 under a new number: other bytes under the same inode.</summary>
    StartOver,

    /// <summary>It goes on from the gap's beginning under a new number that continues the old one.</summary>
    Resume,
}

/// <summary>A gap to hand out before the file's next byte. <c>About</c> is the file that it names, null for the file itself.</summary>
internal sealed record DueGap(GapCause Cause, long From, long? To, AfterGap After, string Detail, LogFile? About = null);

/// <summary>How far a file was taken. A value, so that an abandoned chunk is undone by putting the old one back.</summary>
internal readonly record struct Progress
{
    /// <summary>The newest number under which bytes of the file were taken; null before the first.</summary>
    public NumberedFile? Number { get; init; }

    public long Position { get; init; }

    /// <summary>Hash of up to 4 KiB before <see cref="Position"/>; kept up to date while the file is not the one being read.</summary>
    public Digest Guard { get; init; }

    /// <summary>All its bytes were taken, or are known to be lost. A late writer can undo this.</summary>
    public bool Ended { get; init; }

    /// <summary>Its next byte belongs to a new number, continuing <see cref="Number"/>.</summary>
    public bool Renumber { get; init; }

    /// <summary>A late write is read up to here only; null: to the end.</summary>
    public long? Limit { get; init; }

    public DueGap? Due { get; init; }

    /// <summary>The rest of it was declared lost, up to its known end; only the end is still to be handed out.</summary>
    public bool IsLost { get; init; }

    /// <summary>A gap of unknown end was declared after it: what follows it is in doubt already.</summary>
    public bool IsBroken { get; init; }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<Boundary> Boundaries { get => field ?? []; init; }

    public bool HasBegun => Number is not null || Ended;
}
