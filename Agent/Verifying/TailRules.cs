using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>What the end of a stream means for the time since (docs/format.md, "Coverage and results").</summary>
internal static class TailRules
{
    public static void Judge(StreamContext context, BranchState? tail)
    {
        // With an explicit end of the interval nothing is asked of the time after it.
        if (tail is null) return;
        var last = tail.HeldSince ?? tail.Time;
        var silence = context.AsOf - last;
        if (tail.IsStopped) JudgeStopped(context, tail, context.AsOf - tail.Time);
        else if (context.Options.To is null && silence > tail.MaxSilence)
            context.Find(FindingKind.TailStale, tail.Epoch, tail.Sequence, null, $"The last manifest is of {Timestamp.Print(last)}{(tail.HeldSince is null ? "" : $", though the store took it only at {Timestamp.Print(tail.Time)}")}; {Duration.Print(silence)} of silence until {Timestamp.Print(context.AsOf)} are more than the {Duration.Print(tail.MaxSilence)} promised.");
        if (tail.Time - context.Now > tail.MaxSilence) // whatever time was asked for: an older bucket may be judged as of then, but none is from the future
            context.Find(FindingKind.ClockSkew, tail.Epoch, tail.Sequence, null, $"The last manifest is of {Timestamp.Print(tail.Time)}, and here it is {Timestamp.Print(context.Now)}: its times prove nothing.", Severity.Inconclusive);
        if (context.Options.To is null && context.Trust.MaximumSilence is { } maximum && silence > maximum)
            context.Find(FindingKind.StreamSilent, tail.Epoch, tail.Sequence, null, $"The last manifest is of {Timestamp.Print(last)}; {Duration.Print(silence)} of silence until {Timestamp.Print(context.AsOf)} are more than the {Duration.Print(maximum)} that the trust policy allows.");
        if (context.Options.To is null && tail.IsUnproven && tail.CoveredTo is { } covered)
            context.Find(FindingKind.SourceNotIdle, tail.Epoch, tail.Sequence, null, $"Since {Timestamp.Print(covered)} nothing proves that the log was read to its end.");
    }

    private static void JudgeStopped(StreamContext context, BranchState tail, TimeSpan silence)
    {
        var message = $"The last run ended cleanly at {Timestamp.Print(tail.Time)}; nothing is known of the time since.";
        var isAsked = context.Options.AsOf is not null && context.Options.To is null && silence > tail.MaxSilence;
        context.Find(isAsked ? FindingKind.StoppedBefore : FindingKind.Stopped, tail.Epoch, tail.Sequence, null, message);
    }
}
