using Sealtail.Format;

namespace Sealtail.Proving;

/// <summary>Everything that proves one record, and nothing of any other.</summary>
/// <param name="Record">The record, and its path to the chunk's Merkle root.</param>
/// <param name="Envelope">The manifest's object, byte for byte.</param>
/// <param name="Manifest">What it says.</param>
/// <param name="Key">The key that signed it.</param>
/// <param name="Log">The manifest's way to a checkpoint; null: manifests before it are missing.</param>
/// <param name="LogKey">The key that signed the checkpoint; null where there is none.</param>
internal sealed record Proof(FoundRecord Record, byte[] Envelope, Manifest Manifest, VerificationKey Key, TlogProof? Log, VerificationKey? LogKey);

/// <summary>What a search came to.</summary>
/// <param name="Proofs">How many were written.</param>
/// <param name="Problems">Why more may be found elsewhere, each a sentence.</param>
internal sealed record ProveResult(int Proofs, IReadOnlyList<string> Problems);

/// <summary>More records match than were asked for.</summary>
internal sealed class TooManyMatchesException(int limit)
    : Exception($"More than {limit} records match. Ask for fewer, with more --match, --stream, --from and --to, or raise --limit.");
