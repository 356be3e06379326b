namespace Sealtail.Verifying;

/// <summary>A kind of finding: its stable id, how much it weighs, what it means and what to do. All of them are listed here and nowhere else.</summary>
internal sealed class FindingKind
{
    private static readonly List<FindingKind> Known = []; // before the kinds, which are put in as they are made

    public FindingKind(string id, Severity severity, string meaning, string nextStep) => (Id, Severity, Meaning, NextStep) = (id, severity, meaning, nextStep);

    public string Id { get; }

    /// <summary>What it does to the verdict, unless the place makes it weigh more or less.</summary>
    public Severity Severity { get; }

    public string Meaning { get; }

    public string NextStep { get; }

    /// <summary>All kinds that verifying a bucket knows.</summary>
    public static IReadOnlyList<FindingKind> All => Known;

    public override string ToString() => Id;

    private const string Preserve = "Preserve the bucket as it is and treat it as an incident: compare with other copies, find out who could write there.";
    private const string Signer = "The node's own key signed it: suspect the node or its key, preserve both, and report it if the agent was sound.";
    private const string LookAtNode = "Look at the node and its agent: what happened then, and whether it is running now.";

    // The chain.
    public static readonly FindingKind ManifestMissing = Add("MANIFEST_MISSING", Severity.Error, "A signed statement that others prove to have existed is gone.", Preserve);
    public static readonly FindingKind ManifestMalformed = Add("MANIFEST_MALFORMED", Severity.Error, "A trusted key signed something that is no manifest of version 1.", "Verify with a newer sealtail, if there is one. Otherwise: " + Signer);
    public static readonly FindingKind ManifestContradictory = Add("MANIFEST_CONTRADICTORY", Severity.Error, "A signed manifest contradicts itself.", Signer);
    public static readonly FindingKind ChainBroken = Add("CHAIN_BROKEN", Severity.Error, "A manifest names another predecessor than the one that is there.", Preserve);
    public static readonly FindingKind LogRootMismatch = Add("LOG_ROOT_MISMATCH", Severity.Error, "The Merkle root over the epoch's manifests is not the one signed.", Preserve);
    public static readonly FindingKind CheckpointMismatch = Add("CHECKPOINT_MISMATCH", Severity.Error, "A signed checkpoint has another root than the epoch's manifests: the history that was vouched for is not the one that is there.", Preserve);
    public static readonly FindingKind CheckpointMissing = Add("CHECKPOINT_MISSING", Severity.Error, "A checkpoint that a signed manifest names is gone, or is not what it was.", Preserve);
    public static readonly FindingKind TotalsMismatch = Add("TOTALS_MISMATCH", Severity.Error, "The sums that a manifest states are not those of its epoch.", Signer);
    public static readonly FindingKind Fork = Add("FORK", Severity.Error, "Two different signed statements exist for one place in the chain.", Preserve);
    public static readonly FindingKind EpochKeyMismatch = Add("EPOCH_KEY_MISMATCH", Severity.Error, "A trusted key other than the epoch's own signed a manifest of it.", "Find out who used that key. " + Preserve);
    public static readonly FindingKind LineageMismatch = Add("LINEAGE_MISMATCH", Severity.Error, "A manifest names another lineage than the chain it stands in.", Signer);
    public static readonly FindingKind AfterStop = Add("AFTER_STOP", Severity.Error, "A manifest follows the clean end of its run.", Signer);
    public static readonly FindingKind RangesNotTiled = Add("RANGES_NOT_TILED", Severity.Error, "Source ranges leave a hole or overlap, and no gap declares it.", Signer);
    public static readonly FindingKind EnvelopeAltered = Add("ENVELOPE_ALTERED", Severity.Inconclusive, "An epoch's start is signed as it should be, but its envelope is not the one that its signer wrote.", Preserve);
    public static readonly FindingKind UnsignedObject = Add("UNSIGNED_OBJECT", Severity.Warning, "An object that no trusted key signed: it proves nothing.", "Find out who could write it. If a key is missing, add it with --key or to the trust file.");
    public static readonly FindingKind StaleLink = Add("STALE_LINK", Severity.Warning, "A run began from an older state than the bucket shows: a snapshot was restored.", "Check that the restore was meant; both branches were verified.");
    public static readonly FindingKind ConcurrentEpochs = Add("CONCURRENT_EPOCHS", Severity.Inconclusive, "An older run went on after a newer one had begun: two agents ship one stream.", "Stop the clone; give every node its own name.");
    public static readonly FindingKind EpochSkipped = Add("EPOCH_SKIPPED", Severity.Info, "A run claimed this epoch, never learnt so, and took the next number.", "Nothing to do.");
    public static readonly FindingKind Expired = Add("EXPIRED", Severity.Info, "The beginning is older than the retention and gone: that time is not covered.", "Nothing to do, unless it should have been kept: then lengthen the retention.");

    // Whom the auditor trusts.
    public static readonly FindingKind KeyUnknown = Add("KEY_UNKNOWN", Severity.Inconclusive, "A stream, or an epoch of it, is signed by a key that is not trusted.", "If the key was changed on purpose, take the new one from the node (not from the bucket) into the trust file. Otherwise: " + Preserve);
    public static readonly FindingKind KeyCompromised = Add("KEY_COMPROMISED", Severity.Inconclusive, "A key signed after the time since when it counts as compromised: anybody may have.", "Nothing signed by it since then proves anything. Give the node a new key.");
    public static readonly FindingKind KeyNotValid = Add("KEY_NOT_VALID", Severity.Inconclusive, "A key signed outside the time for which it is trusted.", "Correct the key's validity in the trust policy, if that is wrong. Otherwise find out who used the key.");
    public static readonly FindingKind KeyChanged = Add("KEY_CHANGED", Severity.Warning, "A run goes on with a chain under another trusted key, and the key before did not sign the change.", "Check that the change was meant. With signing.previous_key both keys sign it.");
    public static readonly FindingKind KeyRotated = Add("KEY_ROTATED", Severity.Info, "A run goes on under a new key, and both keys signed the change.", "Nothing to do.");
    public static readonly FindingKind StreamMissing = Add("STREAM_MISSING", Severity.Inconclusive, "A stream that should be there is not in the bucket at all.", "Look at the node: did it ever ship? If it did, the stream was removed as a whole. " + Preserve);
    public static readonly FindingKind StreamUnexpected = Add("STREAM_UNEXPECTED", Severity.Warning, "The bucket holds a stream that the inventory does not name.", "Add it to the trust policy's inventory, or find out who writes it.");
    public static readonly FindingKind StreamSilent = Add("STREAM_SILENT", Severity.Inconclusive, "A stream has been silent for longer than the trust policy allows.", LookAtNode);
    public static readonly FindingKind RetentionTooShort = Add("RETENTION_TOO_SHORT", Severity.Inconclusive, "Objects were kept for a shorter time than the trust policy demands, or not at all.", "Lengthen the bucket's retention policy and lock it: 'sealtail bucket check' shows how it stands. What could be deleted early is not proven to be complete.");
    public static readonly FindingKind RetentionNotLocked = Add("RETENTION_NOT_LOCKED", Severity.Inconclusive, "The bucket's retention policy can be removed by an administrator.", "Lock it: 'sealtail bucket lock'.");
    public static readonly FindingKind RetentionUnverified = Add("RETENTION_UNVERIFIED", Severity.Inconclusive, "The trust policy demands a retention that cannot be looked at from here.", "Verify in the original bucket, as an identity that has storage.buckets.get.");
    public static readonly FindingKind ClockSkew = Add("CLOCK_SKEW", Severity.Warning, "The node's clock and the store's disagree: a manifest states a time outside the bracket that the store proves.", "Set the node's clock. The store's times count, the node's do not.");
    public static readonly FindingKind Backdated = Add("BACKDATED", Severity.Warning, "A manifest states a time long before the store can have taken the one before it.", "Look at the node's clock. If it was right, the statement was made up later: " + Preserve);

    // The chunks.
    public static readonly FindingKind ChunkMissing = Add("CHUNK_MISSING", Severity.Error, "A chunk that a signed manifest names is gone.", Preserve);
    public static readonly FindingKind ChunkSizeMismatch = Add("CHUNK_SIZE_MISMATCH", Severity.Error, "A chunk has another size than the one signed.", Preserve);
    public static readonly FindingKind ChunkCrcMismatch = Add("CHUNK_CRC_MISMATCH", Severity.Error, "A chunk has another CRC-32C than the one signed.", Preserve);
    public static readonly FindingKind ChunkDigestMismatch = Add("CHUNK_DIGEST_MISMATCH", Severity.Error, "A chunk's bytes are not the ones signed.", Preserve);
    public static readonly FindingKind ChunkNameMismatch = Add("CHUNK_NAME_MISMATCH", Severity.Error, "A manifest names its chunk other than its own facts do.", Signer);
    public static readonly FindingKind ChunkFraming = Add("CHUNK_FRAMING", Severity.Error, "A chunk is not one plain gzip member from its first byte to its last.", Signer);
    public static readonly FindingKind ContentSizeMismatch = Add("CONTENT_SIZE_MISMATCH", Severity.Error, "A chunk holds more or fewer plain bytes than signed.", Signer);
    public static readonly FindingKind ContentDigestMismatch = Add("CONTENT_DIGEST_MISMATCH", Severity.Error, "A chunk's plain bytes are not the ones signed.", Signer);
    public static readonly FindingKind RecordCountMismatch = Add("RECORD_COUNT_MISMATCH", Severity.Error, "A chunk holds another number of records than signed.", Signer);
    public static readonly FindingKind MalformedCountMismatch = Add("MALFORMED_COUNT_MISMATCH", Severity.Error, "A chunk holds another number of malformed records than signed.", Signer);
    public static readonly FindingKind MerkleRootMismatch = Add("MERKLE_ROOT_MISMATCH", Severity.Error, "The Merkle root over a chunk's records is not the one signed.", Signer);
    public static readonly FindingKind RecordSummaryMismatch = Add("RECORD_SUMMARY_MISMATCH", Severity.Error, "What a manifest says of its first or last record is not what the record says.", Signer);
    public static readonly FindingKind FingerprintMismatch = Add("FINGERPRINT_MISMATCH", Severity.Error, "A log file's fingerprint is not that of the bytes that were shipped.", Signer);
    public static readonly FindingKind OrphanChunk = Add("ORPHAN_CHUNK", Severity.Warning, "No manifest names this chunk: it is not part of the record.", "If it is new, its manifest may still come. Otherwise find out who wrote it, and whether manifests are gone.");

    // What the node tells.
    public static readonly FindingKind SignedGap = Add("GAP", Severity.Inconclusive, "The agent itself declared that bytes are lost, or may be.", LookAtNode);
    public static readonly FindingKind LateWrite = Add("LATE_WRITE", Severity.Warning, "A finished log file grew again, or reading returned to an interrupted one.", "Look for a second apiserver or another program that writes the log.");
    public static readonly FindingKind SourceRangeDuplicate = Add("SOURCE_RANGE_DUPLICATE", Severity.Warning, "The same source bytes were shipped twice; they count once.", "Find out why the state directory was lost or rolled back.");
    public static readonly FindingKind SourceRangeConflict = Add("SOURCE_RANGE_CONFLICT", Severity.Inconclusive, "Two runs read different bytes at the same place of one log file.", "Compare both chunks: the log was rewritten between the two readings.");
    public static readonly FindingKind LineageNotJoined = Add("LINEAGE_NOT_JOINED", Severity.Inconclusive, "The state directory was lost, and nothing proves that no byte was lost with it.", LookAtNode);
    public static readonly FindingKind SourceNotIdle = Add("SOURCE_NOT_IDLE", Severity.Inconclusive, "The newest heartbeats do not prove that everything was read, nor does what came after them.", LookAtNode);
    public static readonly FindingKind Delayed = Add("DELAYED", Severity.Warning, "What happened reached the store later than the agent promises; until then it lay only on the node.", "Look for an outage then. Nothing is missing.");
    public static readonly FindingKind TailStale = Add("TAIL_STALE", Severity.Inconclusive, "The stream ends without a clean stop, and it has been silent for longer than its agent promises.", LookAtNode);
    public static readonly FindingKind Stopped = Add("STOPPED", Severity.Info, "The last run ended cleanly; nothing is known of the time since.", "Nothing to do, if the stop was meant.");
    public static readonly FindingKind StoppedBefore = Add("STOPPED_BEFORE", Severity.Inconclusive, "The last run ended cleanly before the time asked about.", LookAtNode);

    // The verification itself.
    public static readonly FindingKind NotCovered = Add("NOT_COVERED", Severity.Inconclusive, "Part of the requested interval is not proven.", "See the other findings for why, or ask for the covered time.");
    public static readonly FindingKind NothingFound = Add("NOTHING_FOUND", Severity.Inconclusive, "The bucket shows no stream that was asked for.", "Check the bucket, its prefix, --stream, and that this identity may list.");
    public static readonly FindingKind NoManifests = Add("NO_MANIFESTS", Severity.Inconclusive, "There are chunks of a stream and not one manifest.", Preserve);
    public static readonly FindingKind ObjectUnreadable = Add("OBJECT_UNREADABLE", Severity.Inconclusive, "An object could not be read.", "Check the permission to read and the store's state, then verify again.");
    public static readonly FindingKind BucketUnreadable = Add("BUCKET_UNREADABLE", Severity.Inconclusive, "The bucket could not be read to the end.", "Check the permissions to list and read, then verify again.");
    public static readonly FindingKind ObjectReplaced = Add("OBJECT_REPLACED", Severity.Warning, "The store shows another object than the one that a receipt was given for: it was deleted and created again.", "Find out how that was possible under the bucket's retention. The bytes are the signed ones.");
    public static readonly FindingKind Exported = Add("EXPORTED", Severity.Info, "This is an export: the objects are proven as in the bucket, but which objects there were, and their times, are the word of whoever made it.", "Compare its seal's key, or the file's hash, with what was noted when it was made.");
    public static readonly FindingKind ExportAltered = Add("EXPORT_ALTERED", Severity.Error, "The export is not as it was sealed.", "Use another copy, and find out who changed this one.");
    public static readonly FindingKind TimeUnproven = Add("TIME_UNPROVEN", Severity.Info, "No store's clock stands behind these objects: times are the node's own.", "Verify in the original bucket to prove times.");
    public static readonly FindingKind NoInventory = Add("NO_INVENTORY", Severity.Info, "There is no inventory of streams: one that is missing altogether cannot be seen.", "Compare the list of streams with your nodes.");
    public static readonly FindingKind MoreFindings = Add("MORE_FINDINGS", Severity.Info, "More findings of one kind than are listed.", "Mend those listed, then verify again.");

    private static FindingKind Add(string id, Severity severity, string meaning, string nextStep)
    {
        var kind = new FindingKind(id, severity, meaning, nextStep);
        Known.Add(kind);
        return kind;
    }
}
