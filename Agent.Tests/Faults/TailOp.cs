using FsCheck;
using FsCheck.Fluent;

namespace Sealtail.Tests.Faults;

/// <summary>What can happen to a log and to its reader.</summary>
internal enum TailAct
{
    Write, WriteMany, WritePartial, EqualBeginning,
    Rotate, RotateTwice, Compress, DeleteOldest, StepClock,
    CopyTruncate, Truncate, Replace, ReuseInode, UnlinkLive, LateWrite,
    Hide, Show,
    Take, Drain, Cut, Abandon, Stop, Crash, Start,
}

/// <summary>One step of a life. <c>Size</c>, 0 to 63, says how much of it.</summary>
internal readonly record struct TailOp(TailAct Act, int Size)
{
    public override string ToString() => $"{Act}({Size})";
}

/// <summary>Random lives, and smaller ones that may still fail.</summary>
internal static class TailOps
{
    private static readonly TailAct[] Weighted =
    [
        TailAct.Write, TailAct.Write, TailAct.Write, TailAct.WriteMany, TailAct.WriteMany, TailAct.WritePartial, TailAct.EqualBeginning,
        TailAct.Rotate, TailAct.Rotate, TailAct.RotateTwice, TailAct.Compress, TailAct.DeleteOldest, TailAct.StepClock,
        TailAct.CopyTruncate, TailAct.Truncate, TailAct.Replace, TailAct.ReuseInode, TailAct.UnlinkLive, TailAct.LateWrite, TailAct.Hide, TailAct.Show, TailAct.Show,
        TailAct.Take, TailAct.Take, TailAct.Drain, TailAct.Drain, TailAct.Drain, TailAct.Cut, TailAct.Cut, TailAct.Cut, TailAct.Abandon, TailAct.Stop, TailAct.Crash,
        TailAct.Start, TailAct.Start, TailAct.Start,
    ];

    /// <summary>What kube-apiserver, its node and the agent do by themselves: after these nothing may be lost, and no gap be declared.</summary>
    private static readonly TailAct[] Everyday =
    [
        TailAct.Write, TailAct.Write, TailAct.WriteMany, TailAct.WritePartial, TailAct.EqualBeginning, TailAct.Rotate, TailAct.RotateTwice, TailAct.Compress, TailAct.LateWrite,
        TailAct.Hide, TailAct.Show, TailAct.Take, TailAct.Drain, TailAct.Cut, TailAct.Abandon, TailAct.Stop, TailAct.Crash, TailAct.Start, TailAct.Start,
    ];

    public static Arbitrary<TailOp[]> Any { get; } = Lives(Weighted);

    public static Arbitrary<TailOp[]> WithoutLoss { get; } = Lives(Everyday);

    private static Arbitrary<TailOp[]> Lives(TailAct[] acts)
    {
        var op = from act in Gen.Elements(acts) from size in Gen.Choose(0, 63) select new TailOp(act, size);
        var life = from length in Gen.Choose(5, 60) from ops in Gen.ArrayOf(op, length) select ops;
        return Arb.From(life, Smaller);
    }

    // Halves first, then single steps, then smaller steps: few tries lead to a short life.
    private static IEnumerable<TailOp[]> Smaller(TailOp[] life)
    {
        for (var size = life.Length / 2; size > 0; size /= 2)
            for (var at = 0; at + size <= life.Length; at += size)
                yield return [.. life[..at], .. life[(at + size)..]];

        for (var at = 0; at < life.Length; at++)
            if (life[at].Size > 1)
                yield return [.. life[..at], life[at] with { Size = life[at].Size / 2 }, .. life[(at + 1)..]];
    }
}
