using Sealtail.Verifying;

namespace Sealtail.Proving;

/// <summary>What can be wrong with a proof: stable ids, as those of a bucket's findings.</summary>
internal static class ProofFinding
{
    private const string Discard = "The proof proves nothing. Ask for another one, made from the bucket, and find out who changed this one.";

    public static readonly FindingKind FileMissing = new("PROOF_FILE_MISSING", Severity.Inconclusive, "A file of the proof is not there or cannot be read.", "Ask for the whole folder.");
    public static readonly FindingKind Malformed = new("PROOF_MALFORMED", Severity.Error, "A file of the proof is not what it should be.", Discard);
    public static readonly FindingKind ManifestUnsigned = new("PROOF_MANIFEST_UNSIGNED", Severity.Error, "The key did not sign the manifest.", Discard);
    public static readonly FindingKind KeyUntrusted = new("PROOF_KEY_UNTRUSTED", Severity.Error, "None of the keys that are trusted for the stream signed the manifest.", "Compare the proof's keyid with the node's. " + Discard);
    public static readonly FindingKind KeyCompromised = new("PROOF_KEY_COMPROMISED", Severity.Inconclusive, "The key that signed the manifest counts as compromised: anybody may have signed, at any time, since a proof carries no store's clock.", "Verify the bucket, or an export of it: there the store's times show what was signed before the key was stolen.");
    public static readonly FindingKind KeyNotValid = new("PROOF_KEY_NOT_VALID", Severity.Inconclusive, "The manifest states a time outside the one for which its key is trusted.", "Correct the key's validity in the trust policy, if that is wrong. Otherwise find out who used the key.");
    public static readonly FindingKind RecordNotInChunk = new("PROOF_RECORD_NOT_IN_CHUNK", Severity.Error, "The record is not the one at that place of the signed chunk.", Discard);
    public static readonly FindingKind NotInLog = new("PROOF_NOT_IN_LOG", Severity.Error, "The manifest is not in the log that the checkpoint speaks of.", Discard);
    public static readonly FindingKind CheckpointUnsigned = new("PROOF_CHECKPOINT_UNSIGNED", Severity.Error, "The key did not sign the checkpoint.", Discard);
    public static readonly FindingKind BundleDiffers = new("PROOF_BUNDLE_DIFFERS", Severity.Error, "The Sigstore bundle holds another statement than the manifest.", Discard);
    public static readonly FindingKind KeyUnanchored = new("PROOF_KEY_UNANCHORED", Severity.Warning, "The key comes with the proof: whether it is the node's is not shown.", "Give your own copy with --key or --trust, or compare the keyid with the one that you know.");
    public static readonly FindingKind CheckpointByProver = new("PROOF_CHECKPOINT_BY_PROVER", Severity.Info, "The checkpoint is signed by another key than the manifest: it is the word of whoever made the proof.", "Nothing to do: the record and its manifest do not rest on it.");
    public static readonly FindingKind NoCheckpoint = new("PROOF_NO_CHECKPOINT", Severity.Info, "No checkpoint shows the manifest's place in its epoch.", "Nothing to do: the record and its manifest do not rest on it.");

    /// <summary>All kinds that verifying a proof knows.</summary>
    public static IReadOnlyList<FindingKind> All =>
        [FileMissing, Malformed, ManifestUnsigned, KeyUntrusted, KeyCompromised, KeyNotValid, RecordNotInChunk, NotInLog, CheckpointUnsigned, BundleDiffers, KeyUnanchored, CheckpointByProver, NoCheckpoint];
}
