namespace Sealtail.FakeGcs.Faults;

/// <summary>What goes wrong.</summary>
internal enum FaultKind
{
    /// <summary>The reply has the rule's status, headers and body.</summary>
    Status,

    /// <summary>The connection is cut before any byte of a reply.</summary>
    Reset,

    /// <summary>Nothing happens for the rule's delay, or until the client gives up.</summary>
    Stall,

    /// <summary>A 200 promises its whole length and is cut in the middle.</summary>
    Truncate,

    /// <summary>The reply comes in small pieces with the rule's delay between them. Always applied.</summary>
    Drip,

    /// <summary>The reply tells other values than the stored ones, or other bytes. Always applied.</summary>
    Corrupt,

    /// <summary>The store's clock jumps, then the request goes its way.</summary>
    ClockJump,
}
