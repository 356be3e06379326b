using Sealtail.Format;

namespace Sealtail.Chaining;

/// <summary>Who signs which stream, and what each epoch promises (configuration <c>service</c>, <c>signing</c>, <c>chunk</c>, <c>output.retention</c>).</summary>
internal sealed record ChainOptions
{
    public required StreamName Stream { get; init; }

    /// <summary>PEM file of the PKCS#8 private key.</summary>
    public required string KeyPath { get; init; }

    /// <summary>Whether a missing key file is made.</summary>
    public bool GenerateKey { get; init; } = true;

    /// <summary>A heartbeat is due after half of this without a confirmed manifest.</summary>
    public TimeSpan MaxSilence { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>A checkpoint is due after so many manifests that none covers yet.</summary>
    public int CheckpointManifests { get; init; } = 256;

    /// <summary>A checkpoint is due after so long with a manifest that none covers yet.</summary>
    public TimeSpan CheckpointAge { get; init; } = TimeSpan.FromHours(1);

    /// <summary>What the epoch's start states of itself.</summary>
    public required EpochPolicy Policy { get; init; }
}
