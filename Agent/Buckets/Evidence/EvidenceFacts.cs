using System.Text.Json;
using Sealtail.Format;

namespace Sealtail.Buckets.Evidence;

/// <summary>What an export says of itself and of the bucket that it was made from: <c>bucket.json</c> in it.</summary>
internal sealed record EvidenceFacts
{
    /// <summary>The bucket, as a person names it.</summary>
    public required string Location { get; init; }

    public required bool HasStoreClock { get; init; }

    public required BucketRetention Retention { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Made { get; init; }

    /// <summary>The interval that was asked for; null: all there was.</summary>
    public required DateTimeOffset? From { get; init; }

    public required DateTimeOffset? To { get; init; }

    /// <summary>The time at which silence was judged.</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>The pattern of the streams that were asked for; null: all.</summary>
    public required string? Streams { get; init; }

    public byte[] ToJson()
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, StrictJson.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("bucket"u8, Location);
            json.WriteBoolean("storeClock"u8, HasStoreClock);
            json.WriteStartObject("retention"u8);
            json.WriteBoolean("known"u8, Retention.Known);
            json.WriteBoolean("enforced"u8, Retention.Enforced);
            json.WriteBoolean("locked"u8, Retention.Locked);
            if (Retention.Period is { } period) json.WriteNumber("seconds"u8, (long)period.TotalSeconds);
            json.WriteBoolean("versioning"u8, Retention.Versioning);
            json.WriteString("explanation"u8, Retention.Explanation);
            json.WriteEndObject();
            json.WriteString("made"u8, Timestamp.Print(Made));
            json.WriteString("asOf"u8, Timestamp.Print(AsOf));
            if (From is { } from) json.WriteString("from"u8, Timestamp.Print(from));
            if (To is { } to) json.WriteString("to"u8, Timestamp.Print(to));
            if (Streams is { } streams) json.WriteString("streams"u8, streams);
            json.WriteEndObject();
        }

        bytes.WriteByte((byte)'\n');
        return bytes.ToArray();
    }

    /// <exception cref="FormatException">The bytes are no such document; the message names the member.</exception>
    public static EvidenceFacts Parse(byte[] bytes)
    {
        using var document = StrictJson.Parse(bytes, "bucket.json");
        var root = document.RootElement;
        var retention = root.Object("retention");
        return new EvidenceFacts
        {
            Location = root.Text("bucket"),
            HasStoreClock = root.Boolean("storeClock"),
            Retention = new BucketRetention(
                retention.Boolean("known"), retention.Boolean("enforced"), retention.Boolean("locked"),
                retention.OptionalInteger("seconds") is { } seconds ? TimeSpan.FromSeconds(seconds) : null, retention.Boolean("versioning"), retention.Text("explanation")),
            Made = root.Time("made"),
            AsOf = root.Time("asOf"),
            From = root.OptionalTime("from"),
            To = root.OptionalTime("to"),
            Streams = root.OptionalText("streams"),
        };
    }

    /// <summary>An object's metadata as one line of <c>objects.ndjson</c>.</summary>
    public static byte[] LineOf(StoredObject stored)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, StrictJson.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("name"u8, stored.Name);
            json.WriteNumber("bytes"u8, stored.Bytes);
            if (stored.Crc32C is { } crc) json.WriteString("crc32c"u8, new Crc32C(crc).ToString());
            if (stored.Generation is { } generation) json.WriteString("generation"u8, generation);
            if (stored.TimeCreated is { } created) json.WriteString("timeCreated"u8, Timestamp.Print(created));
            if (stored.RetentionExpirationTime is { } expires) json.WriteString("retentionExpirationTime"u8, Timestamp.Print(expires));
            json.WriteEndObject();
        }

        bytes.WriteByte((byte)'\n');
        return bytes.ToArray();
    }

    /// <exception cref="FormatException">The line is no object's metadata.</exception>
    public static StoredObject ObjectOf(ReadOnlyMemory<byte> line)
    {
        using var document = StrictJson.Parse(line, "line of objects.ndjson");
        var root = document.RootElement;
        uint? crc = root.OptionalText("crc32c") is { } text ? Crc32C.TryParse(text, out var value) ? value.Value : throw StrictJson.Wrong("crc32c", "is no CRC-32C") : null;
        return new StoredObject(root.Text("name"), root.Integer("bytes"), crc, root.OptionalText("generation"), root.OptionalTime("timeCreated"), root.OptionalTime("retentionExpirationTime"));
    }
}
