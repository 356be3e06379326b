namespace Sealtail.Tampering;

/// <summary>Stands still for who asks the time; waits are real.</summary>
internal sealed class FixedClock(DateTimeOffset now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;
}
