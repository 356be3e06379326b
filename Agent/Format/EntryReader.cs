using System.Globalization;
using System.Text.Json;

namespace Sealtail.Format;

/// <summary>Reads what <see cref="EntryWriter"/> writes, trusting nothing. Every failure is a <see cref="FormatException"/> that names the member.</summary>
internal static class EntryReader
{
    private const int MaxRanges = 4096; // an envelope of 256 KiB holds fewer

    public static EntryFacts Read(JsonElement parent)
    {
        var facts = new EntryFacts
        {
            Sealed = parent.Time("sealed"),
            Reason = parent.OptionalText("reason") is { } reason ? EnumText.Parse<CutReason>(reason, EnumText.Text) : null,
            Object = parent.Optional("object") is null ? null : ReadObject(parent.Object("object")),
            Content = parent.Optional("content") is null ? null : ReadContent(parent.Object("content")),
            First = ReadSummary(parent, "first"),
            Last = ReadSummary(parent, "last"),
            Sources = Bounded(parent, "sources").Select(ReadRange).ToArray(),
            Gaps = Bounded(parent, "gaps").Select(ReadGap).ToArray(),
        };
        return (facts.Object is null) == (facts.Content is null) ? facts : throw new FormatException("Members 'object' and 'content' stand only together.");
    }

    public static SourceRange ReadRange(JsonElement element)
    {
        var range = new SourceRange
        {
            File = element.Integer("file"),
            Continues = element.OptionalInteger("continues"),
            Path = element.Text("path"),
            Device = ReadNumberText(element, "device"),
            Inode = ReadNumberText(element, "inode"),
            Fingerprint = ReadFingerprint(element.Object("fingerprint")),
            From = element.Integer("from"),
            To = element.Integer("to"),
            Final = element.Boolean("final"),
        };
        return range.From <= range.To ? range : throw StrictJson.Wrong("to", "is before 'from'");
    }

    public static Gap ReadGap(JsonElement element)
    {
        var gap = new Gap(
            element.OptionalInteger("file"),
            element.Optional("fingerprint") is null ? null : ReadFingerprint(element.Object("fingerprint")),
            EnumText.Parse<GapCause>(element.Text("cause"), EnumText.Text),
            element.Integer("from"),
            element.NullableInteger("to"),
            element.OptionalText("detail") ?? "");
        return gap.To is { } to && to < gap.From ? throw StrictJson.Wrong("to", "is before 'from'") : gap;
    }

    public static Receipt ReadReceipt(JsonElement element) => new(
        element.Integer("epoch"),
        element.Integer("sequence"),
        EnumText.Parse<ReceiptObject>(element.Text("object"), EnumText.Text),
        EnumText.Parse<PutResult>(element.Text("put"), EnumText.Text),
        element.OptionalText("generation"),
        element.OptionalTime("timeCreated"),
        element.OptionalTime("retentionExpirationTime"));

    public static Fingerprint ReadFingerprint(JsonElement element) =>
        element.Integer("bytes") is var bytes and <= Fingerprint.MaxBytes
            ? new Fingerprint((int)bytes, element.Digest("sha256"))
            : throw StrictJson.Wrong("bytes", $"is more than {Fingerprint.MaxBytes} in a fingerprint");

    public static IEnumerable<JsonElement> Bounded(JsonElement parent, string name)
    {
        var array = parent.Array(name);
        return array.Count() <= MaxRanges ? array : throw StrictJson.Wrong(name, $"has more than {MaxRanges} elements");
    }

    private static ChunkObject ReadObject(JsonElement element)
    {
        if (element.Text("mediaType") != ChunkObject.MediaType) throw StrictJson.Wrong("mediaType", $"is not {ChunkObject.MediaType}");
        if (!Crc32C.TryParse(element.Text("crc32c"), out var crc)) throw StrictJson.Wrong("crc32c", "is not base64 of four bytes");
        return new ChunkObject(element.Text("name"), element.Integer("bytes"), element.Digest("sha256"), crc);
    }

    private static ChunkContent ReadContent(JsonElement element) =>
        new(element.Integer("bytes"), element.Digest("sha256"), element.Integer("records"), element.Integer("malformed"), element.Digest("merkleRoot"));

    private static RecordSummary? ReadSummary(JsonElement parent, string name)
    {
        if (parent.Optional(name) is null) return null;
        var summary = parent.Object(name);
        return new RecordSummary(summary.OptionalText("auditID"), summary.OptionalText("stage"), summary.OptionalText("timestamp"));
    }

    private static ulong ReadNumberText(JsonElement element, string name) =>
        element.Text(name) is var text && ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
        && value.ToString(CultureInfo.InvariantCulture) == text // TryParse takes zeros in front and NULs at the end
            ? value
            : throw StrictJson.Wrong(name, "is not a decimal number as text");
}
