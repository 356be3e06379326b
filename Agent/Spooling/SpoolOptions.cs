namespace Sealtail.Spooling;

/// <summary>Where entries survive and how much room they may take (configuration <c>service.state</c> and <c>spool</c>).</summary>
internal sealed record SpoolOptions
{
    /// <summary>The input's own state directory: <c>&lt;state&gt;/&lt;input&gt;</c>.</summary>
    public required string Directory { get; init; }

    /// <summary>Bytes of entries at which reading waits.</summary>
    public long MaxSize { get; init; } = 4L << 30;

    /// <summary>Free bytes that are left to the node; null: the larger of 10 % of the file system and 2 GiB.</summary>
    public long? MinFree { get; init; }

    /// <summary>Whether a file system that forgets (tmpfs, overlay) is accepted.</summary>
    public bool AllowVolatile { get; init; }
}
