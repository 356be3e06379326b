using System.Text;
using Sealtail.Buckets;
using Sealtail.Buckets.Evidence;
using Sealtail.Chaining;
using Sealtail.Format;
using Sealtail.Verifying;

namespace Sealtail.Proving;

/// <summary>
/// Writes what proving an interval of a bucket takes into one sealed file: verifies the bucket and remembers what was read for it, then copies just that, with
/// the metadata of everything that was listed.
/// </summary>
internal sealed class Exporter(IBucket bucket, TrustPolicy trust, VerifyOptions options, SigningKey key, TimeProvider time)
{
    private const string Readme = "README.txt";
    private const string Report = "report.json";
    private const string Keys = "keys.txt";
    private const string PolicyFile = "policy.json";

    private readonly List<string> leftOut = [];

    /// <summary>Called from any thread, often.</summary>
    public Action<VerifyProgress> Progressed { get; init; } = static _ => { };

    /// <summary>The bucket's settings and IAM policy as it states them, or why they are not here.</summary>
    public required byte[] Policy { get; init; }

    /// <summary>Objects that were listed, and could not be read when they were to be copied: the file does not have them, and verifying it says so.</summary>
    public IReadOnlyList<string> LeftOut => leftOut;

    /// <summary>The report of the bucket, which is in the file too. The file is sealed when this returns, and is not there after an exception.</summary>
    /// <exception cref="BucketException">The bucket cannot be listed.</exception>
    /// <exception cref="IOException">The file exists, or cannot be written.</exception>
    public async Task<VerifyReport> ExportAsync(string path, CancellationToken cancellationToken)
    {
        if (File.Exists(path)) throw new IOException($"{path} exists, and an export never overwrites anything.");
        var recording = new RecordingBucket(bucket);
        var report = await new Verifier(recording, trust, options, time) { Progressed = Progressed }.VerifyAsync(cancellationToken);
        var facts = new EvidenceFacts
        {
            Location = bucket.Location,
            HasStoreClock = bucket.HasStoreClock,
            Retention = await RetentionAsync(cancellationToken),
            Made = time.GetUtcNow(),
            From = options.From,
            To = options.To,
            AsOf = report.AsOf,
            Streams = options.Streams?.Text,
        };
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var writer = new EvidenceWriter(new FileStream(temporary, FileMode.CreateNew, FileAccess.Write)))
                await WriteAsync(writer, recording, facts, report, cancellationToken);
            File.Move(temporary, path, overwrite: false);
        }
        finally
        {
            File.Delete(temporary); // it is there only if something went wrong
        }

        return report;
    }

    // Unknown is an answer too: who demands a retention is told when verifying the file, as in the bucket.
    private async Task<BucketRetention> RetentionAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await bucket.GetRetentionAsync(cancellationToken);
        }
        catch (BucketException e)
        {
            return new BucketRetention(Known: false, Enforced: false, Locked: false, Period: null, Versioning: false, $"The bucket could not be asked for its retention when it was exported: {e.Message}");
        }
    }

    private async Task WriteAsync(EvidenceWriter writer, RecordingBucket recording, EvidenceFacts facts, VerifyReport report, CancellationToken cancellationToken)
    {
        var listed = new List<StoredObject>();
        var metadata = new MemoryStream();
        foreach (var prefix in Prefixes())
            await foreach (var stored in bucket.ListAsync(prefix, cancellationToken))
                listed.Add(stored);
        listed.Sort((left, right) => string.CompareOrdinal(left.Name, right.Name));
        foreach (var stored in listed) metadata.Write(EvidenceFacts.LineOf(stored));

        writer.Add(Readme, Encoding.UTF8.GetBytes(ReadmeText(facts)));
        writer.Add(EvidenceFile.Facts, facts.ToJson());
        writer.Add(PolicyFile, Policy);
        writer.Add(EvidenceFile.Metadata, metadata.ToArray());
        writer.Add(Report, Encoding.UTF8.GetBytes(JsonReport.Print(report, strict: false) + "\n"));
        writer.Add(Keys, Encoding.UTF8.GetBytes(string.Concat(trust.Anchors.Select(anchor => $"{anchor.Streams.Text} {Convert.ToBase64String(anchor.Key.Spki)} keyid={anchor.Key.KeyId}{Validity(anchor)}\n"))));

        var reader = new ObjectReader(bucket, BucketRetry.Build(
            new BucketRetryOptions { MaxAttempts = options.MaxAttempts, WaitsForAdministrator = false, AttemptTimeout = TimeSpan.FromMinutes(10) }, time, static (_, _) => { }));
        foreach (var stored in listed.Where(recording.WasOpened))
            if (stored.Name.All(c => c is >= ' ' and <= '~')) // others are no part of the record, and were not read for it
                await CopyAsync(writer, reader, stored, cancellationToken);
        writer.Seal(key);
    }

    private static string Validity(TrustAnchor anchor) => string.Concat(new[] { ("notBefore", anchor.NotBefore), ("notAfter", anchor.NotAfter), ("compromisedSince", anchor.CompromisedSince) }
        .Select(limit => limit.Item2 is { } time ? $" {limit.Item1}={Timestamp.Print(time)}" : ""));

    // By way of a temporary file: an entry's header is written once, and reading may have to begin anew.
    private async Task CopyAsync(EvidenceWriter writer, ObjectReader reader, StoredObject stored, CancellationToken cancellationToken)
    {
        using var copy = new FileStream(Path.Combine(Path.GetTempPath(), $"sealtail-{Guid.NewGuid():N}"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
        try
        {
            await reader.ReadAsync(stored, (stream, _) =>
            {
                copy.SetLength(0);
                copy.Position = 0;
                stream.CopyTo(copy);
                return true;
            }, cancellationToken);
        }
        catch (BucketException e)
        {
            leftOut.Add($"{stored.Name}: {e.Message}");
            return;
        }

        copy.Position = 0;
        if (copy.Length != stored.Bytes) throw new BucketException(BucketFault.Refused, $"{stored.Name} has {copy.Length} bytes; {stored.Bytes} were listed.");
        writer.Add(EvidenceFile.Objects + stored.Name, stored.Bytes, copy);
    }

    private string[] Prefixes() => options.Streams?.Literal is { } stream ? [ChunkName.Prefix(stream), ManifestName.Prefix(stream), CheckpointName.Prefix(stream)] : ["v1/"];

    private string ReadmeText(EvidenceFacts facts) =>
        $"""
        Exported from {Shown.Text(facts.Location)} at {Timestamp.Print(facts.Made)}.

        To verify it, with your own copy of the nodes' keys:

            sealtail verify evidence.tar --trust trust.txt

        objects/         the objects that proving the interval takes, under their names, byte for byte
        objects.ndjson   what the store said of every object that was listed
        bucket.json      the bucket, its retention, the interval, and the time at which silence was judged
        policy.json      the bucket's settings and IAM policy as the store stated them, or why they could not be read
        report.json      what verifying the bucket came to when the export was made
        keys.txt         the public keys that were believed then
        SHA256SUMS       of all files above; sealed by the key in seal.pub, keyid {key.Public.KeyId}:

            sha256sum --check --strict --quiet SHA256SUMS
            openssl dgst -sha256 -verify seal.pub -signature SHA256SUMS.sig SHA256SUMS

        The manifests and chunks prove themselves by the nodes' signatures. That the list of objects is complete and that the store's times are what the store
        said is the word of whoever made the seal: compare the keyid, or the file's own hash, with what was noted then.

        """;
}
