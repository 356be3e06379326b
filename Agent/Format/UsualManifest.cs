using System.Buffers.Text;
using System.Text;

namespace Sealtail.Format;

/// <summary>
/// The payload of a chunk's manifest, as <see cref="ManifestWriter"/> spells it, in a thirtieth of the time that <see cref="ManifestReader"/> takes. Everything
/// else, right or wrong, is that one's to read.
/// </summary>
internal static class UsualManifest
{
    private const int MaxElements = 4096; // an envelope of 256 KiB holds fewer

    private static readonly CutReason[] Reasons = [CutReason.Age, CutReason.Size, CutReason.Ranges, CutReason.Final, CutReason.Shutdown];

    /// <summary>Null says nothing about the payload but that it is not spelt as usual, or is not of that place.</summary>
    public static Manifest? TryRead(ReadOnlySpan<byte> payload, ManifestName place)
    {
        var json = new UsualJson(payload);
        json.Take("{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"name\":\""u8);
        var subject = json.Text();
        json.Take(",\"digest\":{\"sha256\":\""u8);
        var subjectSha256 = json.Digest();
        json.Take("}}],\"predicateType\":\"https://sealtail.dev/manifest/v1\",\"predicate\":{\"stream\":\""u8);
        if (!Ascii.Equals(json.Text(), place.Stream.ToString())) json.Refuse();
        json.Take(",\"lineage\":\""u8);
        var lineage = Lineage(ref json);
        json.Take(",\"epoch\":"u8);
        if (json.Integer() != place.Epoch) json.Refuse();
        json.Take(",\"sequence\":"u8);
        if (json.Integer() != place.Sequence || place.Sequence == 0) json.Refuse();
        json.Take(",\"kind\":\"chunk\",\"reason\":\""u8);
        var reason = Reason(ref json);
        json.Take(",\"previous\":\""u8);
        var previous = json.Digest();
        json.Take(",\"log\":{\"size\":"u8);
        var size = json.Integer();
        json.Take(",\"root\":\""u8);
        var log = new LogState(size, json.Digest());
        json.Take("},\"sealed\":\""u8);
        var sealedAt = json.Time();
        json.Take(",\"signed\":\""u8);
        var signed = json.Time();
        var entry = Entry(ref json, sealedAt, reason);
        json.Take("\"totals\":{\"chunks\":"u8);
        var chunks = json.Integer();
        json.Take(",\"records\":"u8);
        var records = json.Integer();
        json.Take(",\"bytes\":"u8);
        var totals = new Totals(chunks, records, json.Integer());
        json.Take("},\"receipts\":["u8);
        var receipts = Elements(ref json, Receipt);
        json.Take(",\"agent\":{\"name\":\""u8);
        var agent = Printed(json.Text());
        json.Take(",\"version\":\""u8);
        var version = Printed(json.Text());
        json.Take("}}}"u8);
        if (!json.IsRead || entry.Object is not { } stored) return null;
        return new Manifest
        {
            Subject = new Subject(Ascii.Equals(subject, stored.Name) ? stored.Name : Printed(subject), subjectSha256),
            Stream = place.Stream,
            Lineage = lineage,
            Epoch = place.Epoch,
            Sequence = place.Sequence,
            Kind = ManifestKind.Chunk,
            Previous = previous,
            Log = log,
            Signed = signed,
            Entry = entry,
            Totals = totals,
            Receipts = receipts,
            Agent = new AgentVersion(agent, version),
        };
    }

    private static EntryFacts Entry(ref UsualJson json, DateTimeOffset sealedAt, CutReason reason)
    {
        json.Take(",\"object\":{\"name\":\""u8);
        var name = Printed(json.Text());
        json.Take(",\"bytes\":"u8);
        var bytes = json.Integer();
        json.Take(",\"sha256\":\""u8);
        var sha256 = json.Digest();
        json.Take(",\"crc32c\":\""u8);
        if (!Crc32C.TryParse(Printed(json.Text()), out var crc)) json.Refuse();
        json.Take(",\"mediaType\":\"application/gzip\"},\"content\":{\"bytes\":"u8);
        var plain = json.Integer();
        json.Take(",\"sha256\":\""u8);
        var plainSha256 = json.Digest();
        json.Take(",\"records\":"u8);
        var records = json.Integer();
        json.Take(",\"malformed\":"u8);
        var malformed = json.Integer();
        json.Take(",\"merkleRoot\":\""u8);
        var root = json.Digest();
        json.Take("},"u8);
        var first = json.TryTake("\"first\":{"u8) ? Summary(ref json) : null;
        var last = json.TryTake("\"last\":{"u8) ? Summary(ref json) : null;
        json.Take("\"sources\":["u8);
        var sources = Elements(ref json, Source);
        json.Take(",\"gaps\":[],"u8);
        return new EntryFacts
        {
            Sealed = sealedAt,
            Reason = reason,
            Object = new ChunkObject(name, bytes, sha256, crc),
            Content = new ChunkContent(plain, plainSha256, records, malformed, root),
            First = first,
            Last = last,
            Sources = sources,
            Gaps = [],
        };
    }

    private static RecordSummary Summary(ref UsualJson json)
    {
        var isLater = false;
        var summary = new RecordSummary(
            OptionalText(ref json, "\"auditID\":\""u8, ref isLater),
            OptionalText(ref json, "\"stage\":\""u8, ref isLater),
            OptionalText(ref json, "\"timestamp\":\""u8, ref isLater));
        json.Take("},"u8);
        return summary;
    }

    private static string? OptionalText(ref UsualJson json, ReadOnlySpan<byte> name, ref bool isLater)
    {
        var before = json;
        if (isLater && !json.TryTake(","u8)) return null;
        if (json.TryTake(name))
        {
            isLater = true;
            return Printed(json.Text());
        }

        json = before;
        return null;
    }

    private delegate T Element<out T>(ref UsualJson json);

    private static T[] Elements<T>(ref UsualJson json, Element<T> element)
    {
        if (json.TryTake("]"u8)) return [];
        var elements = new List<T>(2);
        do elements.Add(element(ref json));
        while (!json.IsWrong && elements.Count < MaxElements && json.TryTake(","u8));
        json.Take("]"u8);
        return [.. elements];
    }

    private static SourceRange Source(ref UsualJson json)
    {
        json.Take("{\"file\":"u8);
        var file = json.Integer();
        long? continues = json.TryTake(",\"continues\":"u8) ? json.Integer() : null;
        json.Take(",\"path\":\""u8);
        var path = Printed(json.Text());
        json.Take(",\"device\":\""u8);
        var device = Number(ref json);
        json.Take(",\"inode\":\""u8);
        var inode = Number(ref json);
        json.Take(",\"fingerprint\":{\"bytes\":"u8);
        var bytes = json.Integer();
        json.Take(",\"sha256\":\""u8);
        var sha256 = json.Digest();
        json.Take("},\"from\":"u8);
        var from = json.Integer();
        json.Take(",\"to\":"u8);
        var to = json.Integer();
        if (bytes > Fingerprint.MaxBytes || from > to) json.Refuse();
        json.Take(",\"final\":"u8);
        var isFinal = json.TryTake("true}"u8);
        if (!isFinal) json.Take("false}"u8);
        return new SourceRange { File = file, Continues = continues, Path = path, Device = device, Inode = inode, Fingerprint = new Fingerprint((int)Math.Min(bytes, Fingerprint.MaxBytes), sha256), From = from, To = to, Final = isFinal };
    }

    private static Receipt Receipt(ref UsualJson json)
    {
        json.Take("{\"epoch\":"u8);
        var epoch = json.Integer();
        json.Take(",\"sequence\":"u8);
        var sequence = json.Integer();
        var isChunk = json.TryTake(",\"object\":\"chunk\""u8);
        if (!isChunk) json.Take(",\"object\":\"manifest\""u8);
        var isCreated = json.TryTake(",\"put\":\"created\""u8);
        if (!isCreated) json.Take(",\"put\":\"exists\""u8);
        var generation = json.TryTake(",\"generation\":\""u8) ? Printed(json.Text()) : null;
        DateTimeOffset? created = json.TryTake(",\"timeCreated\":\""u8) ? json.Time() : null;
        DateTimeOffset? expires = json.TryTake(",\"retentionExpirationTime\":\""u8) ? json.Time() : null;
        json.Take("}"u8);
        return new Receipt(epoch, sequence, isChunk ? ReceiptObject.Chunk : ReceiptObject.Manifest, isCreated ? PutResult.Created : PutResult.Exists, generation, created, expires);
    }

    private static CutReason Reason(ref UsualJson json)
    {
        var text = json.Text();
        foreach (var reason in Reasons)
            if (Ascii.Equals(text, reason.Text()))
                return reason;

        json.Refuse();
        return default;
    }

    private static Guid Lineage(ref UsualJson json)
    {
        var text = json.Text();
        // The parser takes capitals too.
        if (text.Length == 36 && !text.ContainsAnyInRange((byte)'A', (byte)'F') && Utf8Parser.TryParse(text, out Guid lineage, out var read, 'D') && read == text.Length) return lineage;
        json.Refuse();
        return default;
    }

    // A number as text, without zeros in front.
    private static ulong Number(ref UsualJson json)
    {
        var text = json.Text();
        if (!text.IsEmpty && !text.ContainsAnyExceptInRange((byte)'0', (byte)'9') && (text[0] != '0' || text.Length == 1) && Utf8Parser.TryParse(text, out ulong value, out var read) && read == text.Length) return value;
        json.Refuse();
        return 0;
    }

    private static string Printed(ReadOnlySpan<byte> text) => Encoding.ASCII.GetString(text);
}
