using System.Globalization;
using System.Text.Json;
using Sealtail.Format;
using Sealtail.Verifying;

namespace Sealtail.Proving;

/// <summary>The files of one proof.</summary>
internal static class ProofFolder
{
    public const string Record = "record.json";
    public const string RecordPath = "record.path.json";
    public const string Manifest = "manifest.dsse.json";
    public const string ManifestKey = "manifest.pub";
    public const string Log = "manifest.tlog-proof";
    public const string LogKey = "checkpoint.pub";
    public const string Sigstore = "manifest.sigstore.json";
    public const string Readme = "README.md";

    /// <summary>The name of the n-th proof's folder: never taken from a record, whose words its client chose.</summary>
    public static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"proof-{number:D4}");

    /// <exception cref="IOException">The folder is there already, or cannot be written.</exception>
    public static void Write(Proof proof, string bucket, string folder)
    {
        if (Directory.Exists(folder)) throw new IOException($"{folder} exists.");
        Directory.CreateDirectory(folder);
        Put(Record, proof.Record.Bytes);
        Put(RecordPath, PathToJson(proof.Record));
        Put(Manifest, proof.Envelope);
        Put(ManifestKey, System.Text.Encoding.UTF8.GetBytes(PemOf(proof.Key)));
        Put(Sigstore, SigstoreBundle.Write(Envelope.Parse(proof.Envelope), proof.Key) ?? throw new InvalidOperationException("The proof's key signed nothing of it."));
        if (proof is { Log: { } log, LogKey: { } key })
        {
            Put(Log, log.ToBytes());
            Put(LogKey, System.Text.Encoding.UTF8.GetBytes(PemOf(key)));
        }

        Put(Readme, System.Text.Encoding.UTF8.GetBytes(ProofReadme.Text(proof, Shown.Text(bucket))));
        void Put(string name, byte[] bytes) => File.WriteAllBytes(Path.Combine(folder, name), bytes);
    }

    public static string PemOf(VerificationKey key) => System.Security.Cryptography.PemEncoding.WriteString("PUBLIC KEY", key.Spki) + "\n";

    /// <exception cref="FormatException">The bytes are no path; the message names the member.</exception>
    public static (long Index, IReadOnlyList<Digest> Path) PathFromJson(byte[] bytes)
    {
        using var document = StrictJson.Parse(bytes, RecordPath);
        return (document.RootElement.Integer("index"), [.. document.RootElement.Array("path").Select(hash => hash.ValueKind == JsonValueKind.String ? Digest.Parse(hash.GetString()!) : throw StrictJson.Wrong("path", "has an element that is no text"))]); // a JSON string, checked before
    }

    private static byte[] PathToJson(FoundRecord record)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, StrictJson.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteNumber("index"u8, record.Index);
            json.WriteStartArray("path"u8);
            foreach (var hash in record.Path) json.WriteStringValue(hash.ToString());
            json.WriteEndArray();
            json.WriteEndObject();
        }

        bytes.WriteByte((byte)'\n');
        return bytes.ToArray();
    }
}
