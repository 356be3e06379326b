namespace Sealtail.FakeGcs.Storage;

/// <summary>The store's idea of the time: a TimeProvider plus an offset that tests and faults may move, to make the store's clock disagree with the node's.</summary>
internal sealed class StoreClock(TimeProvider time)
{
    private long offset;

    public TimeSpan Offset
    {
        get => new(Interlocked.Read(ref offset));
        set => Interlocked.Exchange(ref offset, value.Ticks);
    }

    public DateTimeOffset UtcNow => time.GetUtcNow() + Offset;

    public void Jump(TimeSpan by) => Interlocked.Add(ref offset, by.Ticks);
}
