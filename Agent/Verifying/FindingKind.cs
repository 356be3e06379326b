namespace Sealtail.Verifying;

/// <summary>A kind of finding: its stable id, how much it weighs, what it means and what to do. All of them are listed here and nowhere else.</summary>
internal sealed record FindingKind(string Id, Severity Severity, string Meaning, string NextStep)
{
    private const string Preserve = "Preserve the bucket as it is and treat it as an incident: compare with other copies, find out who could write there.";
    private const string Signer = "The node's own key signed it: suspect the node or its key, preserve both, and report it if the agent was sound.";
    private const string LookAtNode = "Look at the node and its agent: what happened then, and whether it is running now.";

    // The chain.
    public static readonly FindingKind ManifestMissing = new("MANIFEST_MISSING", Severity.Error, "A signed statement that others prove to have existed is gone.", Preserve);
    public static readonly FindingKind ManifestMalformed = new("MANIFEST_MALFORMED", Severity.Error, "A trusted key signed something that is no manifest of version 1.", "Verify with a newer sealtail, if there is one. Otherwise: " + Signer);
    public static readonly FindingKind ManifestContradictory = new("MANIFEST_CONTRADICTORY", Severity.Error, "A signed manifest contradicts itself.", Signer);
    public static readonly FindingKind ChainBroken = new("CHAIN_BROKEN", Severity.Error, "A manifest names another predecessor than the one that is there.", Preserve);
    public static readonly FindingKind LogRootMismatch = new("LOG_ROOT_MISMATCH", Severity.Error, "The Merkle root over the epoch's manifests is not the one signed.", Preserve);
    public static readonly FindingKind CheckpointMismatch = new("CHECKPOINT_MISMATCH", Severity.Error, "A signed checkpoint has another root than the epoch's manifests: the history that was vouched for is not the one that is there.", Preserve);
    public static readonly FindingKind TotalsMismatch = new("TOTALS_MISMATCH", Severity.Error, "The sums that a manifest states are not those of its epoch.", Signer);
    public static readonly FindingKind Fork = new("FORK", Severity.Error, "Two different signed statements exist for one place in the chain.", Preserve);
    public static readonly FindingKind EpochKeyMismatch = new("EPOCH_KEY_MISMATCH", Severity.Error, "A trusted key other than the epoch's own signed a manifest of it.", "Find out who used that key. " + Preserve);
    public static readonly FindingKind LineageMismatch = new("LINEAGE_MISMATCH", Severity.Error, "A manifest names another lineage than the chain it stands in.", Signer);
    public static readonly FindingKind AfterStop = new("AFTER_STOP", Severity.Error, "A manifest follows the clean end of its run.", Signer);
    public static readonly FindingKind RangesNotTiled = new("RANGES_NOT_TILED", Severity.Error, "Source ranges leave a hole or overlap, and no gap declares it.", Signer);
    public static readonly FindingKind UnsignedObject = new("UNSIGNED_OBJECT", Severity.Warning, "An object that no trusted key signed: it proves nothing.", "Find out who could write it. If a key is missing, add it with --key or to the trust file.");
    public static readonly FindingKind StaleLink = new("STALE_LINK", Severity.Warning, "A run began from an older state than the bucket shows: a snapshot was restored.", "Check that the restore was meant; both branches were verified.");
    public static readonly FindingKind ConcurrentEpochs = new("CONCURRENT_EPOCHS", Severity.Inconclusive, "An older run went on after a newer one had begun: two agents ship one stream.", "Stop the clone; give every node its own name.");
    public static readonly FindingKind EpochSkipped = new("EPOCH_SKIPPED", Severity.Info, "A run claimed this epoch, never learnt so, and took the next number.", "Nothing to do.");
    public static readonly FindingKind Expired = new("EXPIRED", Severity.Info, "The beginning is older than the retention and gone: that time is not covered.", "Nothing to do, unless it should have been kept: then lengthen the retention.");

    // The chunks.
    public static readonly FindingKind ChunkMissing = new("CHUNK_MISSING", Severity.Error, "A chunk that a signed manifest names is gone.", Preserve);
    public static readonly FindingKind ChunkSizeMismatch = new("CHUNK_SIZE_MISMATCH", Severity.Error, "A chunk has another size than the one signed.", Preserve);
    public static readonly FindingKind ChunkCrcMismatch = new("CHUNK_CRC_MISMATCH", Severity.Error, "A chunk has another CRC-32C than the one signed.", Preserve);
    public static readonly FindingKind ChunkDigestMismatch = new("CHUNK_DIGEST_MISMATCH", Severity.Error, "A chunk's bytes are not the ones signed.", Preserve);
    public static readonly FindingKind ChunkNameMismatch = new("CHUNK_NAME_MISMATCH", Severity.Error, "A manifest names its chunk other than its own facts do.", Signer);
    public static readonly FindingKind ChunkFraming = new("CHUNK_FRAMING", Severity.Error, "A chunk is not one plain gzip member from its first byte to its last.", Signer);
    public static readonly FindingKind ContentSizeMismatch = new("CONTENT_SIZE_MISMATCH", Severity.Error, "A chunk holds more or fewer plain bytes than signed.", Signer);
    public static readonly FindingKind ContentDigestMismatch = new("CONTENT_DIGEST_MISMATCH", Severity.Error, "A chunk's plain bytes are not the ones signed.", Signer);
    public static readonly FindingKind RecordCountMismatch = new("RECORD_COUNT_MISMATCH", Severity.Error, "A chunk holds another number of records than signed.", Signer);
    public static readonly FindingKind MalformedCountMismatch = new("MALFORMED_COUNT_MISMATCH", Severity.Error, "A chunk holds another number of malformed records than signed.", Signer);
    public static readonly FindingKind MerkleRootMismatch = new("MERKLE_ROOT_MISMATCH", Severity.Error, "The Merkle root over a chunk's records is not the one signed.", Signer);
    public static readonly FindingKind RecordSummaryMismatch = new("RECORD_SUMMARY_MISMATCH", Severity.Error, "What a manifest says of its first or last record is not what the record says.", Signer);
    public static readonly FindingKind FingerprintMismatch = new("FINGERPRINT_MISMATCH", Severity.Error, "A log file's fingerprint is not that of the bytes that were shipped.", Signer);
    public static readonly FindingKind OrphanChunk = new("ORPHAN_CHUNK", Severity.Warning, "No manifest names this chunk: it is not part of the record.", "If it is new, its manifest may still come. Otherwise find out who wrote it, and whether manifests are gone.");

    // What the node tells.
    public static readonly FindingKind SignedGap = new("GAP", Severity.Inconclusive, "The agent itself declared that bytes are lost, or may be.", LookAtNode);
    public static readonly FindingKind LateWrite = new("LATE_WRITE", Severity.Warning, "A finished log file grew again, or reading returned to an interrupted one.", "Look for a second apiserver or another program that writes the log.");
    public static readonly FindingKind SourceRangeDuplicate = new("SOURCE_RANGE_DUPLICATE", Severity.Warning, "The same source bytes were shipped twice; they count once.", "Find out why the state directory was lost or rolled back.");
    public static readonly FindingKind SourceRangeConflict = new("SOURCE_RANGE_CONFLICT", Severity.Inconclusive, "Two runs read different bytes at the same place of one log file.", "Compare both chunks: the log was rewritten between the two readings.");
    public static readonly FindingKind LineageNotJoined = new("LINEAGE_NOT_JOINED", Severity.Inconclusive, "The state directory was lost, and nothing proves that no byte was lost with it.", LookAtNode);
    public static readonly FindingKind SourceNotIdle = new("SOURCE_NOT_IDLE", Severity.Inconclusive, "The newest heartbeats do not prove that everything was read.", LookAtNode);
    public static readonly FindingKind Delayed = new("DELAYED", Severity.Warning, "Bytes reached the store later than the agent promises; until then they lay only on the node.", "Look for an outage then. Nothing is missing.");
    public static readonly FindingKind TailStale = new("TAIL_STALE", Severity.Inconclusive, "The stream ends without a clean stop, and it has been silent for longer than its agent promises.", LookAtNode);
    public static readonly FindingKind Stopped = new("STOPPED", Severity.Info, "The last run ended cleanly; nothing is known of the time since.", "Nothing to do, if the stop was meant.");
    public static readonly FindingKind StoppedBefore = new("STOPPED_BEFORE", Severity.Inconclusive, "The last run ended cleanly before the time asked about.", LookAtNode);

    // The verification itself.
    public static readonly FindingKind NotCovered = new("NOT_COVERED", Severity.Inconclusive, "Part of the requested interval is not proven.", "See the other findings for why, or ask for the covered time.");
    public static readonly FindingKind NothingFound = new("NOTHING_FOUND", Severity.Inconclusive, "The bucket shows no stream that was asked for.", "Check the bucket, its prefix, --stream, and that this identity may list.");
    public static readonly FindingKind NoManifests = new("NO_MANIFESTS", Severity.Inconclusive, "There are chunks of a stream and not one manifest.", Preserve);
    public static readonly FindingKind ObjectUnreadable = new("OBJECT_UNREADABLE", Severity.Inconclusive, "An object could not be read.", "Check the permission to read and the store's state, then verify again.");
    public static readonly FindingKind BucketUnreadable = new("BUCKET_UNREADABLE", Severity.Inconclusive, "The bucket could not be read to the end.", "Check the permissions to list and read, then verify again.");
    public static readonly FindingKind ObjectReplaced = new("OBJECT_REPLACED", Severity.Warning, "The store shows another object than the one that a receipt was given for: it was deleted and created again.", "Find out how that was possible under the bucket's retention. The bytes are the signed ones.");
    public static readonly FindingKind Exported = new("EXPORTED", Severity.Info, "This is an export: the objects are proven as in the bucket, but which objects there were, and their times, are the word of whoever made it.", "Compare its seal's key, or the file's hash, with what was noted when it was made.");
    public static readonly FindingKind ExportAltered = new("EXPORT_ALTERED", Severity.Error, "The export is not as it was sealed.", "Use another copy, and find out who changed this one.");
    public static readonly FindingKind TimeUnproven = new("TIME_UNPROVEN", Severity.Info, "No store's clock stands behind these objects: times are the node's own.", "Verify in the original bucket to prove times.");
    public static readonly FindingKind NoInventory = new("NO_INVENTORY", Severity.Info, "There is no inventory of streams: one that is missing altogether cannot be seen.", "Compare the list of streams with your nodes.");
    public static readonly FindingKind MoreFindings = new("MORE_FINDINGS", Severity.Info, "More findings of one kind than are listed.", "Mend those listed, then verify again.");
}
