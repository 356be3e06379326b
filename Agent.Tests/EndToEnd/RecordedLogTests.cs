using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using NUnit.Framework;

namespace Sealtail.Tests.EndToEnd;

/// <summary>Recorded logs of a real kube-apiserver, as its rotator left them: in, and out again as exactly the same bytes.</summary>
internal sealed class RecordedLogTests
{
    private static readonly string Data = Path.Combine(Repository.Root, "Agent.Tests", "Data");

    [TestCase("rotated-gce-policy.tar.gz", false)]
    [TestCase("rotated-gce-policy.tar.gz", true)]
    [TestCase("rotated-requestresponse.tar.gz", false)]
    [TestCase("rotated-requestresponse.tar.gz", true)]
    public void A_recorded_rotated_set_is_in_the_chain_byte_for_byte(string set, bool compressed)
    {
        using var bed = new AgentBed();
        Extract(set, bed.LogFolder);
        var expected = Content(bed.LogFolder);
        if (compressed) CompressBackups(bed.LogFolder);

        var ran = bed.RunOnce();

        Assert.That(BucketReader.Content(bed.Bucket), Is.EqualTo(expected), ran.Error);
        AssertProven(bed, expected.Bytes);
        AssertSecondRunWritesNothing(bed);
    }

    [TestCase("diskfull-torn.log.gz")]
    [TestCase("long-lines.ndjson.gz")]
    public void A_recorded_single_log_is_in_the_chain_byte_for_byte(string file)
    {
        using var bed = new AgentBed();
        using (var gzip = new GZipStream(File.OpenRead(Path.Combine(Data, file)), CompressionMode.Decompress))
        using (var log = File.Create(bed.LogPath))
            gzip.CopyTo(log);
        var expected = Content(bed.LogFolder);

        bed.RunOnce();

        Assert.That(BucketReader.Content(bed.Bucket), Is.EqualTo(expected));
        AssertProven(bed, expected.Bytes);
        AssertSecondRunWritesNothing(bed);
    }

    [Test]
    public void Records_of_one_byte_and_of_64_MB_and_bytes_that_are_no_text_are_in_the_chain_byte_for_byte()
    {
        using var bed = new AgentBed(logName: "Prüfprotokoll/audit.log");
        using (var log = File.Create(bed.LogPath))
        {
            log.Write("x\n\r\n{\"crlf\":1}\r\n\n"u8);
            log.Write(new byte[5000]); // NULs, as a machine leaves them that lost its power
            log.Write([0xFF, 0xFE, 0xC0, (byte)'\n']);
            foreach (var length in new[] { 2_000_000, 64_000_000 })
            {
                log.Write("{\"x\":\""u8);
                log.Write(Enumerable.Repeat((byte)'x', length).ToArray());
                log.Write("\"}\n"u8);
            }

            log.Write("{\"\\ud800\":1,\"auditID\":\"a name that is no text\"}\n"u8);
        }

        var expected = Content(bed.LogFolder);

        bed.RunOnce();

        Assert.That(BucketReader.Content(bed.Bucket), Is.EqualTo(expected));
        AssertProven(bed, expected.Bytes);
        AssertSecondRunWritesNothing(bed);
    }

    private static void AssertProven(AgentBed bed, long bytes)
    {
        var verdict = bed.Verify();
        Assert.That(verdict.Problems, Is.Empty);
        Assert.That(verdict.ExitCode, Is.Zero);
        Assert.That(verdict.Bytes, Is.EqualTo(bytes));
    }

    private static void AssertSecondRunWritesNothing(AgentBed bed)
    {
        var before = BucketReader.Snapshot(bed.Bucket);
        bed.RunOnce();
        Assert.That(BucketReader.Snapshot(bed.Bucket), Is.EqualTo(before));
    }

    private static void Extract(string set, string folder)
    {
        using var tar = new TarReader(new GZipStream(File.OpenRead(Path.Combine(Data, set)), CompressionMode.Decompress));
        while (tar.GetNextEntry() is { } entry)
            if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile)
                entry.ExtractToFile(Path.Combine(folder, Path.GetFileName(entry.Name)), overwrite: false);
    }

    // Backups oldest first (their names are times), the live file last.
    private static (string Sha256, long Bytes) Content(string folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long bytes = 0;
        foreach (var path in Directory.EnumerateFiles(folder).OrderBy(path => Path.GetFileName(path) == "audit.log").ThenBy(path => path, StringComparer.Ordinal))
        {
            var content = File.ReadAllBytes(path);
            hash.AppendData(content);
            bytes += content.Length;
        }

        return (Convert.ToHexStringLower(hash.GetHashAndReset()), bytes);
    }

    private static void CompressBackups(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "audit-*.log").ToArray())
        {
            using (var gzip = new GZipStream(File.Create(path + ".gz"), CompressionLevel.Fastest))
            using (var plain = File.OpenRead(path))
                plain.CopyTo(gzip);
            File.Delete(path);
        }
    }
}
