using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>From one instant to another, both included.</summary>
internal readonly record struct TimeRange(DateTimeOffset From, DateTimeOffset To)
{
    public bool Touches(TimeRange other) => From <= other.To && other.From <= To;

    public override string ToString() => $"{Timestamp.Print(From)} to {Timestamp.Print(To)}";
}
