namespace Sealtail.FakeGcs.Storage;

/// <summary>An object's own retention, in buckets that allow it. Locked: it may only be extended.</summary>
internal sealed record ObjectRetention(string Mode, DateTimeOffset RetainUntil)
{
    public bool IsLocked => Mode == "Locked";
}
