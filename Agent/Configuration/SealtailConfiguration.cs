using System.Net;
using Sealtail.Buckets;
using Sealtail.Chaining;
using Sealtail.Format;
using Sealtail.Sealing;
using Sealtail.Spooling;
using Sealtail.Tailing;

namespace Sealtail.Configuration;

/// <summary>One checked configuration file as the stages take it. Every path is absolute, every default filled in.</summary>
internal sealed record SealtailConfiguration
{
    /// <summary>The file as it was named on the command line.</summary>
    public required string File { get; init; }

    /// <summary>The directory that holds one state directory per input.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>At least one; names and paths are distinct.</summary>
    public required IReadOnlyList<InputConfiguration> Inputs { get; init; }

    public required SealOptions Seal { get; init; }

    public required BucketOptions Bucket { get; init; }

    /// <summary>Where health, metrics and status are served; null: nowhere.</summary>
    public required IPEndPoint? Http { get; init; }

    public required LogOptions Log { get; init; }

    /// <summary>What is allowed but weakens a promise, as sentences for the operator.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Every key's effective value and where it came from, in the order of the reference.</summary>
    public required IReadOnlyList<EffectiveValue> Values { get; init; }
}

/// <summary>One log and its stream: its own reader, spool and chain.</summary>
internal sealed record InputConfiguration
{
    public required StreamName Stream { get; init; }

    public required TailOptions Tail { get; init; }

    public required SpoolOptions Spool { get; init; }

    public required ChainOptions Chain { get; init; }
}
