namespace Sealtail.Tailing;

internal enum StartAt { Oldest, Live }

/// <summary>Which log to read and how (configuration <c>inputs[]</c>).</summary>
internal sealed record TailOptions
{
    /// <summary>The live log's path, as kube-apiserver's <c>--audit-log-path</c> has it.</summary>
    public required string Path { get; init; }

    /// <summary>Where a first start begins: at the oldest backup, or at the beginning of the live file.</summary>
    public StartAt Start { get; init; } = StartAt.Oldest;

    /// <summary>How often the log is looked at where no file system event wakes the reader sooner.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Bytes of unlinked, not yet read files that may be kept on disk by holding them open.</summary>
    public long MaxHeld { get; init; } = 1L << 30;

    /// <summary>Share of the disk that must be free for any such bytes to be held.</summary>
    public double MinFreeShare { get; init; } = 0.1;
}
