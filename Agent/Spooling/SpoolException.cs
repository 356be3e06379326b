namespace Sealtail.Spooling;

internal enum SpoolFault
{
    /// <summary>Another agent holds the directory's lock.</summary>
    InUse,

    /// <summary>The directory belongs to another stream or bucket. A configuration error.</summary>
    BoundElsewhere,

    /// <summary>A newer program wrote the directory; nothing in it was changed.</summary>
    NewerVersion,

    /// <summary>The file system forgets (tmpfs, overlay) and the configuration does not allow that.</summary>
    Volatile,

    /// <summary>Nothing was committed: no room, or a failed write. The caller rewinds the reader and waits for room.</summary>
    NotCommitted,
}

/// <summary>The spool did not do what was asked. The message is a sentence that names the directory and the remedy.</summary>
internal sealed class SpoolException(SpoolFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    public SpoolFault Fault { get; } = fault;
}
