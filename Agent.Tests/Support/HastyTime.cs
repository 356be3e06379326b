namespace Sealtail.Tests.Support;

/// <summary>The system's clock from now on, but <paramref name="factor"/> times as fast, waits included: an hour's story in a minute, with nobody to move it.</summary>
internal sealed class HastyTime(int factor) : TimeProvider
{
    private readonly DateTimeOffset began = System.GetUtcNow();
    private readonly long beganAt = System.GetTimestamp();

    public override long TimestampFrequency => System.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => began + (System.GetElapsedTime(beganAt) * factor);

    public override long GetTimestamp() => beganAt + ((System.GetTimestamp() - beganAt) * factor);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new Timer(System.CreateTimer(callback, state, Real(dueTime), Real(period)), Real);

    // Not to nothing: a wait that was meant to let others run would spin.
    private TimeSpan Real(TimeSpan hasty) =>
        hasty <= TimeSpan.Zero ? hasty : hasty / factor is var real && real < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : real;

    private sealed class Timer(ITimer inner, Func<TimeSpan, TimeSpan> real) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => inner.Change(real(dueTime), real(period));

        public void Dispose() => inner.Dispose();

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
