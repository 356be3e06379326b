namespace Sealtail.FakeGcs.Journal;

/// <summary>How far a request came.</summary>
internal enum RequestStage
{
    Arrived,

    /// <summary>A scripted stall holds it.</summary>
    Stalled,
    Replied,

    /// <summary>The connection ended without a whole reply, by script or by the client.</summary>
    Cut,
}
