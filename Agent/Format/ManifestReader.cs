using System.Text.Json;

namespace Sealtail.Format;

/// <summary>
/// Payload bytes as a <see cref="Manifest"/>. Checks types, spelling and which members a kind has; what the values claim is for
/// the verifier to judge. Unknown members are ignored.
/// </summary>
internal static class ManifestReader
{
    /// <exception cref="FormatException">The payload is not a manifest of version 1; the message says which member is wrong.</exception>
    public static Manifest Parse(ReadOnlyMemory<byte> payload)
    {
        using var document = StrictJson.Parse(payload, "payload");
        var root = document.RootElement;
        if (root.Text("_type") != ManifestWriter.StatementType) throw StrictJson.Wrong("_type", $"is not {ManifestWriter.StatementType}");
        if (root.Text("predicateType") != ManifestWriter.PredicateType) throw StrictJson.Wrong("predicateType", $"is not {ManifestWriter.PredicateType}");
        return ReadPredicate(ReadSubject(root), root.Object("predicate"));
    }

    private static Manifest ReadPredicate(Subject subject, JsonElement predicate)
    {
        var kind = EnumText.Parse<ManifestKind>(predicate.Text("kind"), EnumText.Text);
        var manifest = new Manifest
        {
            Subject = subject,
            Stream = StreamName.TryParse(predicate.Text("stream"), out var stream) ? stream : throw StrictJson.Wrong("stream", "is no stream name"),
            Lineage = ReadLineage(predicate.Text("lineage")),
            Epoch = Bounded(predicate, "epoch", 1, ManifestName.MaxEpoch),
            Sequence = Bounded(predicate, "sequence", 0, ManifestName.MaxSequence),
            Kind = kind,
            Previous = predicate.Optional("previous") is null ? null : predicate.Digest("previous"),
            Log = ReadLog(predicate.Object("log")),
            Signed = predicate.Time("signed"),
            Entry = EntryReader.Read(predicate),
            Totals = ReadTotals(predicate.Object("totals")),
            Receipts = EntryReader.Bounded(predicate, "receipts").Select(EntryReader.ReadReceipt).ToArray(),
            Checkpoints = predicate.Optional("checkpoints") is null ? [] : EntryReader.Bounded(predicate, "checkpoints").Select(ReadCheckpoint).ToArray(),
            Agent = ReadAgent(predicate.Object("agent")),
            Start = kind == ManifestKind.EpochStart ? ReadStart(predicate) : null,
            Source = kind == ManifestKind.Heartbeat ? ReadSource(predicate.Object("source")) : null,
        };
        CheckKind(manifest);
        return manifest;
    }

    // Which members stand together: a manifest that breaks this says two things at once.
    private static void CheckKind(Manifest manifest)
    {
        if ((manifest.Kind == ManifestKind.EpochStart) != (manifest.Sequence == 0)) throw new FormatException("Kind 'epoch-start' and sequence 0 stand only together.");
        if ((manifest.Previous is null) != (manifest.Sequence == 0)) throw new FormatException("Member 'previous' is absent at sequence 0, and only there.");
        if ((manifest.Entry.Object is null) != (manifest.Kind != ManifestKind.Chunk)) throw new FormatException("Members 'object' and 'content' belong to kind 'chunk', and only there.");
        if ((manifest.Entry.Reason is null) != (manifest.Kind != ManifestKind.Chunk)) throw new FormatException("Member 'reason' belongs to kind 'chunk', and only there.");
    }

    // TryParseExact also takes white space around and signs and 0x within.
    private static Guid ReadLineage(string text) =>
        Guid.TryParseExact(text, "D", out var lineage) && lineage.ToString() == text ? lineage : throw StrictJson.Wrong("lineage", "is no UUID in lower case");

    private static Subject ReadSubject(JsonElement root)
    {
        var subjects = root.Array("subject");
        if (subjects.Count() != 1) throw StrictJson.Wrong("subject", "does not have exactly one element");
        var subject = subjects.First();
        return new Subject(subject.Text("name"), subject.Object("digest").Digest("sha256"));
    }

    private static EpochStart ReadStart(JsonElement predicate) => new()
    {
        Cause = EnumText.Parse<StartCause>(predicate.Text("cause"), EnumText.Text),
        PreviousEpoch = predicate.Required("previousEpoch").ValueKind == JsonValueKind.Null ? null : ReadLink(predicate.Object("previousEpoch")),
        Skipped = EntryReader.Bounded(predicate, "skipped").Select(ReadSkipped).ToArray(),
        PublicKey = predicate.Base64("publicKey"),
        Policy = ReadPolicy(predicate.Object("policy")),
        Host = predicate.Object("host") is var host ? new HostIdentity(host.Text("machineIdSha256"), host.Text("bootId")) : default,
    };

    private static ManifestLink ReadLink(JsonElement link) =>
        new(Bounded(link, "epoch", 1, ManifestName.MaxEpoch), Bounded(link, "sequence", 0, ManifestName.MaxSequence), link.Digest("payloadSha256"));

    private static SkippedEpochs ReadSkipped(JsonElement element)
    {
        var skipped = new SkippedEpochs(
            Bounded(element, "from", 1, ManifestName.MaxEpoch),
            Bounded(element, "to", 1, ManifestName.MaxEpoch),
            EnumText.Parse<SkipReason>(element.Text("why"), EnumText.Text));
        return skipped.From <= skipped.To ? skipped : throw StrictJson.Wrong("to", "is before 'from'");
    }

    private static EpochPolicy ReadPolicy(JsonElement policy) => new(
        policy.Integer("maxSilenceSeconds"),
        policy.Integer("maxChunkSeconds"),
        policy.Integer("maxChunkBytes"),
        policy.NullableInteger("retentionSeconds"));

    private static SourceStatus ReadSource(JsonElement source) =>
        new(EnumText.Parse<SourceCondition>(source.Text("state"), EnumText.Text), source.Integer("size"), source.Integer("pending"));

    private static LogState ReadLog(JsonElement log) => new(log.Integer("size"), log.Digest("root"));

    private static Totals ReadTotals(JsonElement totals) => new(totals.Integer("chunks"), totals.Integer("records"), totals.Integer("bytes"));

    private static StoredCheckpoint ReadCheckpoint(JsonElement element) =>
        new(Bounded(element, "epoch", 1, ManifestName.MaxEpoch), Bounded(element, "size", 1, ManifestName.MaxSequence), element.Digest("sha256"));

    private static AgentVersion ReadAgent(JsonElement agent) => new(agent.Text("name"), agent.Text("version"));

    private static long Bounded(JsonElement parent, string name, long min, long max) =>
        parent.Integer(name) is var value && value >= min && value <= max ? value : throw StrictJson.Wrong(name, $"is not from {min} to {max}");
}
