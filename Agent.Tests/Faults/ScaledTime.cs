namespace Sealtail.Tests.Faults;

/// <summary>Time that passes faster than real time, so that pauses of half a minute cost a test a few milliseconds; and whose time of day can be set.</summary>
internal sealed class ScaledTime(int factor) : TimeProvider
{
    private readonly long begin = System.GetTimestamp();
    private readonly DateTimeOffset day = System.GetUtcNow();
    private long offset; // ticks by which somebody set the clock

    public override long TimestampFrequency => System.TimestampFrequency;

    public override long GetTimestamp() => begin + ((System.GetTimestamp() - begin) * factor);

    public override DateTimeOffset GetUtcNow() => day + GetElapsedTime(begin) + TimeSpan.FromTicks(Interlocked.Read(ref offset));

    /// <summary>Somebody sets the node's clock, back too.</summary>
    public void Set(TimeSpan by) => Interlocked.Add(ref offset, by.Ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, Scale(dueTime), Scale(period));

    private TimeSpan Scale(TimeSpan time) => time <= TimeSpan.Zero ? time : TimeSpan.FromTicks(Math.Max(1, time.Ticks / factor));
}
