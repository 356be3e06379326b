using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Sealtail.Files;
using Sealtail.Format;

namespace Sealtail.Tailing;

/// <summary>The reader's state as a spool entry carries it: one JSON object, versioned.</summary>
internal static class TailState
{
    private const int Version = 1;

    public static byte[] Write(IEnumerable<LogFile> files, long lastNumber)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer, StrictJson.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteNumber("version"u8, Version);
            json.WriteNumber("lastNumber"u8, lastNumber);
            json.WriteStartArray("files"u8);
            foreach (var file in files)
            {
                if (file.Captured.Number is { } number) WriteFile(json, file, file.Captured, number);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <exception cref="FormatException">The state makes no sense.</exception>
    /// <exception cref="NewerStateException">A newer program wrote it.</exception>
    public static long Read(ReadOnlyMemory<byte> state, Action<LogFile> add)
    {
        using var document = StrictJson.Parse(state, "reader's state");
        var root = document.RootElement;
        var version = root.Integer("version");
        if (version > Version) throw new NewerStateException(version, Version);
        if (version < 1) throw StrictJson.Wrong("version", "is not one that was ever written");
        var last = root.Integer("lastNumber");
        foreach (var element in root.Array("files")) add(ReadFile(element, last));
        return last;
    }

    private static void WriteFile(Utf8JsonWriter json, LogFile file, Progress progress, NumberedFile number)
    {
        json.WriteStartObject();
        json.WriteNumber("number"u8, number.Number);
        if (number.Continues is { } continues) json.WriteNumber("continues"u8, continues);
        json.WriteString("path"u8, file.Path);
        if (file.Stem is { } stem) json.WriteString("stem"u8, stem);
        json.WriteString("device"u8, file.Identity.Device.ToString(CultureInfo.InvariantCulture));
        json.WriteString("inode"u8, file.Identity.Inode.ToString(CultureInfo.InvariantCulture));
        json.WriteString("born"u8, file.Identity.Born.ToString(CultureInfo.InvariantCulture));
        var fingerprint = number.TakeFingerprint();
        json.WriteNumber("fingerprintBytes"u8, fingerprint.Bytes);
        json.WriteString("fingerprint"u8, fingerprint.Sha256.ToString());
        json.WriteNumber("position"u8, progress.Position);
        json.WriteString("guard"u8, progress.Guard.ToString());
        json.WriteBoolean("ended"u8, progress.Ended);
        json.WriteBoolean("renumber"u8, progress.Renumber);
        json.WriteBoolean("broken"u8, progress.IsBroken);
        json.WriteStartArray("boundaries"u8);
        foreach (var boundary in progress.Boundaries)
        {
            json.WriteStartObject();
            json.WriteNumber("position"u8, boundary.Position);
            json.WriteString("guard"u8, boundary.Guard.ToString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static LogFile ReadFile(JsonElement element, long last)
    {
        var number = element.Integer("number");
        if (number > last) throw StrictJson.Wrong("number", "is above the last one");
        var bytes = element.Integer("fingerprintBytes");
        if (bytes > Fingerprint.MaxBytes) throw StrictJson.Wrong("fingerprintBytes", $"is more than {Fingerprint.MaxBytes}");
        var file = new LogFile(new FileIdentity(Unsigned(element, "device"), Unsigned(element, "inode"), Unsigned(element, "born")), element.Text("path"), element.OptionalText("stem"), false);
        file.Establish(new Progress
        {
            Number = new NumberedFile(number, element.OptionalInteger("continues"), file, new Fingerprint((int)bytes, element.Digest("fingerprint"))),
            Position = element.Integer("position"),
            Guard = element.Digest("guard"),
            Ended = element.Boolean("ended"),
            Renumber = element.Boolean("renumber"),
            IsBroken = element.Boolean("broken"),
            Boundaries = element.Array("boundaries").Select(boundary => new Boundary(boundary.Integer("position"), boundary.Digest("guard"))).ToArray(),
        });
        return file;
    }

    private static ulong Unsigned(JsonElement element, string name) =>
        ulong.TryParse(element.Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : throw StrictJson.Wrong(name, "is not a decimal number as text");
}
