using Sealtail.Format;
using Sealtail.Verifying;

namespace Sealtail.Proving;

/// <summary>What one proof proves. Members are null where its files do not tell.</summary>
internal sealed record ProofReport
{
    public required string Folder { get; init; }

    public StreamName? Stream { get; init; }

    public long? Epoch { get; init; }

    public long? Sequence { get; init; }

    public long? Index { get; init; }

    /// <summary>When the node signed, by its own clock.</summary>
    public DateTimeOffset? Signed { get; init; }

    public Digest? KeyId { get; init; }

    /// <summary>Manifests that the checkpoint names.</summary>
    public long? LogSize { get; init; }

    public required IReadOnlyList<(FindingKind Kind, string Message)> Findings { get; init; }

    public Severity Worst => Findings.Select(finding => finding.Kind.Severity).DefaultIfEmpty(Severity.Info).Max();
}
