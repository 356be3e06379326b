using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>What one manifest must be in itself, whatever stands before it (docs/format.md, "Verifying").</summary>
internal static class ManifestRules
{
    private const string KeySubject = "key";
    private const string PreviousSubject = "previous";

    /// <summary>Its contradictions, as sentences without subject.</summary>
    public static IEnumerable<string> ContradictionsOf(Manifest manifest)
    {
        if (!IsSubjectRight(manifest)) yield return "its subject is not what its kind is about";
        if (manifest.Log.Size != manifest.Sequence) yield return $"its log has {manifest.Log.Size} leaves at sequence {manifest.Sequence}";
        foreach (var wrong in manifest.Kind == ManifestKind.Chunk ? ChunkContradictions(manifest) : PositionContradictions(manifest)) yield return wrong;
        if (manifest.Start is { } claim)
            foreach (var wrong in StartContradictions(manifest.Epoch, claim)) yield return wrong;
        foreach (var range in manifest.Entry.Sources)
            if (range.Fingerprint.Bytes < Math.Min(Fingerprint.MaxBytes, range.To))
                yield return $"the fingerprint of log file {range.File} covers {range.Fingerprint.Bytes} bytes, though {range.To} were read";
        foreach (var receipt in manifest.Receipts)
            if (receipt.Epoch > manifest.Epoch || (receipt.Epoch == manifest.Epoch && receipt.Sequence >= manifest.Sequence + (receipt.Object == ReceiptObject.Chunk ? 1 : 0)))
                yield return $"it has a receipt of epoch {receipt.Epoch} sequence {receipt.Sequence}, which did not exist yet";
        foreach (var checkpoint in manifest.Checkpoints)
            if (checkpoint.Epoch > manifest.Epoch || (checkpoint.Epoch == manifest.Epoch && checkpoint.Size > manifest.Sequence))
                yield return $"it names a checkpoint of {checkpoint.Size} manifests of epoch {checkpoint.Epoch}, which did not exist yet";
    }

    /// <summary>The name that the chunk's own facts give it.</summary>
    public static ChunkName ChunkNameOf(Manifest manifest, ChunkObject chunk) =>
        new(manifest.Stream, ChunkName.Date(manifest.Entry.First?.Timestamp, manifest.Entry.Sealed), chunk.Sha256);

    private static bool IsSubjectRight(Manifest manifest) => manifest switch
    {
        { Start: { } start } => manifest.Subject == new Subject(KeySubject, Digest.Of(start.PublicKey)),
        { Entry.Object: { } chunk } => manifest.Subject == new Subject(chunk.Name, chunk.Sha256),
        { Previous: { } previous } => manifest.Subject == new Subject(PreviousSubject, previous),
        _ => false,
    };

    // A restart without link had a claim before it of which it never learnt; all other causes begin a lineage, which has nothing to link to.
    private static IEnumerable<string> StartContradictions(long epoch, EpochStart start)
    {
        if (start.PreviousEpoch is { } link)
        {
            if (start.Cause != StartCause.Restart) yield return $"its cause {start.Cause.Text()} begins a lineage, and it links to epoch {link.Epoch}";
            if (start.Skipped.Any(range => range.From <= link.Epoch && link.Epoch <= range.To)) yield return $"it passes over epoch {link.Epoch}, to which it links";
        }
        else if (start.Cause == StartCause.Restart && !start.Skipped.Any(range => range.Why == SkipReason.Unconfirmed))
        {
            yield return "it is a restart, and neither links to a manifest nor passes over a claim of its own";
        }

        long last = 0;
        foreach (var range in start.Skipped.OrderBy(range => range.From))
        {
            if (range.From <= last) yield return $"it passes over epoch {range.From} twice";
            last = Math.Max(last, range.To);
        }

        if (last >= epoch) yield return $"it passes over epoch {last}, which is not before it";
    }

    private static IEnumerable<string> ChunkContradictions(Manifest manifest)
    {
        if (manifest.Entry.Content is not { } content) yield break;
        Int128 sum = 0; // ranges of a hostile signer may add up to more than 64 bits
        foreach (var range in manifest.Entry.Sources) sum += range.To - range.From;
        if (sum != content.Bytes) yield return $"its source ranges add up to {sum} bytes, its content has {content.Bytes}";
    }

    private static IEnumerable<string> PositionContradictions(Manifest manifest)
    {
        if (manifest.Entry.Sources.Count > 1) yield return $"it states {manifest.Entry.Sources.Count} positions";
        foreach (var range in manifest.Entry.Sources)
            if (range.From != range.To)
                yield return $"it has source bytes {range.From} to {range.To} and no chunk";
    }
}
