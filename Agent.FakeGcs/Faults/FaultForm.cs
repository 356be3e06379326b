namespace Sealtail.FakeGcs.Faults;

/// <summary>Whether the request took effect before things went wrong. The client cannot see the difference, which is the point.</summary>
internal enum FaultForm
{
    NotApplied,
    Applied,
}
