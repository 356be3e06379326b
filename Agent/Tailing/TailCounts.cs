using Sealtail.Format;

namespace Sealtail.Tailing;

/// <summary>What the reader met since it was opened, for metrics. Read from any thread; each value only grows, but for <see cref="HeldBytes"/>.</summary>
internal sealed class TailCounts
{
    private readonly long[] gaps = new long[Enum.GetValues<GapCause>().Length];
    private long rotations;
    private long lateWrites;
    private long heldBytes;

    /// <summary>Files read to their end.</summary>
    public long Rotations => Interlocked.Read(ref rotations);

    /// <summary>Finished files that were seen to grow.</summary>
    public long LateWrites => Interlocked.Read(ref lateWrites);

    /// <summary>Bytes of unlinked files that only this program's descriptors keep on disk.</summary>
    public long HeldBytes
    {
        get => Interlocked.Read(ref heldBytes);
        set => Interlocked.Exchange(ref heldBytes, value);
    }

    /// <summary>Gaps handed out and taken, by cause.</summary>
    public long Gaps(GapCause cause) => Interlocked.Read(ref gaps[(int)cause]);

    public void Add(Gap gap) => Interlocked.Increment(ref gaps[(int)gap.Cause]);

    public void AddRotation() => Interlocked.Increment(ref rotations);

    public void AddLateWrite() => Interlocked.Increment(ref lateWrites);
}
