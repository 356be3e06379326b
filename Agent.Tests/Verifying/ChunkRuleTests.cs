using NUnit.Framework;
using Sealtail.Buckets;
using Sealtail.Files;
using Sealtail.Format;
using Sealtail.Tests.Support;
using Sealtail.Verifying;

namespace Sealtail.Tests.Verifying;

/// <summary>One test for each rule of chunks: objects changed after signing, and signers who lie.</summary>
internal sealed class ChunkRuleTests : IDisposable
{
    private readonly ChainBuilder chain = new();

    public void Dispose() => chain.Dispose();

    [Test]
    public async Task Any_changed_byte_of_a_chunk_is_refuted()
    {
        chain.Start().Chunk().Chunk().Heartbeat();
        using var bucket = chain.Build();
        var name = chain[1, 1].ChunkName;
        var bytes = bucket[name];
        for (var i = 0; i < bytes.Length; i += 7)
        {
            var changed = bytes.ToArray();
            changed[i] ^= 0x10;
            bucket.Replace(name, changed);

            var report = await Verification.RunAsync(bucket, chain);

            Assert.That(report.Weighing(), Is.EqualTo(new[] { "CHUNK_DIGEST_MISMATCH 1/1" }), $"byte {i}");
            Assert.That(report.ExitCode(false), Is.EqualTo(1));
            Assert.That(report.Streams.Single().Covered, Has.Count.EqualTo(2).Or.Count.EqualTo(1));
            Assert.That(report.Streams.Single().Records, Is.EqualTo(1), "only what is proven counts");
        }
    }

    [Test]
    public async Task A_cut_or_extended_chunk_is_refuted([Values(-1, 1)] int change)
    {
        chain.Start().Chunk().Heartbeat();
        using var bucket = chain.Build();
        var bytes = bucket[chain[1, 1].ChunkName];
        bucket.Replace(chain[1, 1].ChunkName, change < 0 ? bytes[..^1] : [.. bytes, 0]);

        Assert.That((await Verification.RunAsync(bucket, chain)).Weighing(), Is.EqualTo(new[] { "CHUNK_DIGEST_MISMATCH 1/1", "CHUNK_SIZE_MISMATCH 1/1" }));
        Assert.That((await Verification.RunAsync(bucket, chain, new VerifyOptions { ManifestsOnly = true })).Weighing(), Is.EqualTo(new[] { "CHUNK_SIZE_MISMATCH 1/1" }));
    }

    [Test]
    public async Task A_missing_chunk_is_refuted([Values] bool manifestsOnly)
    {
        chain.Start().Chunk().Chunk().Heartbeat();
        chain[1, 1].ChunkIsAbsent = true;

        Assert.That((await Verification.RunAsync(chain, new VerifyOptions { ManifestsOnly = manifestsOnly })).Weighing(), Is.EqualTo(new[] { "CHUNK_MISSING 1/1" }));
    }

    [Test]
    public async Task Manifests_alone_show_another_checksum_listed_or_computed([Values] bool listed)
    {
        chain.Start().Chunk().Heartbeat();
        using var bucket = chain.Build();
        bucket.HasChecksums = listed;
        var bytes = bucket[chain[1, 1].ChunkName];
        bytes[^1] ^= 1;
        bucket.Replace(chain[1, 1].ChunkName, bytes);

        var report = await Verification.RunAsync(bucket, chain, new VerifyOptions { ManifestsOnly = true });

        Assert.That(report.Weighing(), Is.EqualTo(new[] { "CHUNK_CRC_MISMATCH 1/1" }));
        Assert.That(JsonReport.Print(report, false), Does.Contain("\"scope\": \"manifests\""));
    }

    [Test]
    public async Task Manifests_alone_prove_a_good_directory()
    {
        using var folder = new TempFolder();
        chain.Start().Chunk().Chunk().Stop();
        using (var memory = chain.Build()) memory.SaveTo(folder.Path);
        using var bucket = new DirectoryBucket(folder.Path, new DurableFiles());

        Assert.That((await Verification.RunAsync(bucket, chain, new VerifyOptions { ManifestsOnly = true })).Weighing(), Is.Empty);
    }

    [Test]
    public async Task A_signer_who_misstates_the_content_is_refuted([Values("bytes", "sha256", "records", "malformed", "root", "first", "last", "noFirst")] string member)
    {
        chain.Start().Read().Read().Seal().Heartbeat();
        chain[1, 1].Change = manifest =>
        {
            var (facts, content) = (manifest.Entry, manifest.Entry.Content!.Value);
            return manifest with
            {
                Entry = member switch
                {
                    "bytes" => facts with { Content = content with { Bytes = content.Bytes + 1 } },
                    "sha256" => facts with { Content = content with { Sha256 = Digest.Of("x"u8) } },
                    "records" => facts with { Content = content with { Records = 3 } },
                    "malformed" => facts with { Content = content with { Malformed = 1 } },
                    "root" => facts with { Content = content with { MerkleRoot = Digest.Of("x"u8) } },
                    "first" => facts with { First = facts.First! with { AuditId = "x" } },
                    "last" => facts with { Last = facts.Last! with { Stage = null } },
                    _ => facts with { Last = null },
                },
            };
        };

        var report = await Verification.RunAsync(chain);

        Assert.That(report.Ids(Severity.Error), Does.Contain(member switch
        {
            "bytes" => "CONTENT_SIZE_MISMATCH",
            "sha256" => "CONTENT_DIGEST_MISMATCH",
            "records" => "RECORD_COUNT_MISMATCH",
            "malformed" => "MALFORMED_COUNT_MISMATCH",
            "root" => "MERKLE_ROOT_MISMATCH",
            _ => "RECORD_SUMMARY_MISMATCH",
        }));
        Assert.That(report.Streams.Single().Records, Is.Zero);
    }

    [Test]
    public async Task A_signed_chunk_must_be_one_plain_gzip_member([Values("second", "trailing", "cut", "flags", "time", "crc", "size", "plain", "empty", "garbage")] string what)
    {
        chain.Start().Read().Seal().Heartbeat();
        var draft = chain[1, 1];
        var gzip = ChainBuilderChunk.Gzip(draft.Plain!);
        draft.Stored = what switch
        {
            "second" => [.. gzip, .. ChainBuilderChunk.Gzip([])],
            "trailing" => [.. gzip, 0],
            "cut" => gzip[..^9],
            "flags" => With(gzip, 3, 16),
            "time" => With(gzip, 4, 1),
            "crc" => With(gzip, gzip.Length - 8, (byte)(gzip[^8] ^ 1)),
            "size" => With(gzip, gzip.Length - 1, 1),
            "plain" => draft.Plain!,
            "empty" => [],
            _ => [.. gzip[..10], .. Enumerable.Repeat((byte)0xFF, gzip.Length - 10)],
        };

        Assert.That((await Verification.RunAsync(chain)).Weighing(), Is.EqualTo(new[] { "CHUNK_FRAMING 1/1" }));
    }

    [Test]
    public async Task A_gzip_bomb_ends_at_the_signed_size()
    {
        chain.Start().Read("{}\n").Seal();
        chain[1, 1].Stored = ChainBuilderChunk.Gzip(new byte[256 << 20]);

        var report = await Verification.RunAsync(chain);

        Assert.That(report.Weighing(), Is.EqualTo(new[] { "CONTENT_SIZE_MISMATCH 1/1" }));
        Assert.That(report.Findings.Single(finding => finding.Kind == FindingKind.ContentSizeMismatch).Message, Does.Contain("reading stopped there"));
    }

    [Test]
    public async Task A_chunk_named_otherwise_than_its_facts_is_refuted_and_the_name_not_followed()
    {
        chain.Start().Chunk().Heartbeat();
        chain[1, 1].Change = manifest => manifest with
        {
            Entry = manifest.Entry with { Object = manifest.Entry.Object! with { Name = "v1/chunks/../../etc/passwd" } },
            Subject = manifest.Subject with { Name = "v1/chunks/../../etc/passwd" },
        };

        var report = await Verification.RunAsync(chain);

        Assert.That(report.Ids(Severity.Error), Is.EqualTo(new[] { "CHUNK_MISSING", "CHUNK_NAME_MISMATCH" }));
    }

    [Test]
    public async Task A_false_fingerprint_is_refuted()
    {
        chain.Start().Read().Seal().Heartbeat();
        chain[1, 1].Change = manifest => manifest with
        {
            Entry = manifest.Entry with { Sources = [manifest.Entry.Sources[0] with { Fingerprint = manifest.Entry.Sources[0].Fingerprint with { Sha256 = Digest.Of("x"u8) } }] },
        };

        Assert.That((await Verification.RunAsync(chain)).Weighing(), Is.EquivalentTo(new[] { "FINGERPRINT_MISMATCH 1/1", "MANIFEST_CONTRADICTORY 1/2" }), "the heartbeat states the true one");
    }

    [Test]
    public async Task A_fingerprint_shorter_than_what_was_read_is_a_contradiction()
    {
        chain.Start().Read().Seal();
        chain[1, 1].Change = manifest => manifest with { Entry = manifest.Entry with { Sources = [manifest.Entry.Sources[0] with { Fingerprint = Fingerprint.None }] } };

        Assert.That((await Verification.RunAsync(chain)).Weighing(), Is.EqualTo(new[] { "MANIFEST_CONTRADICTORY 1/1" }));
    }

    [Test]
    public async Task Ranges_that_do_not_add_up_to_the_content_are_a_contradiction()
    {
        chain.Start().Read().Seal();
        chain[1, 1].Change = manifest => manifest with { Entry = manifest.Entry with { Sources = [manifest.Entry.Sources[0] with { To = manifest.Entry.Sources[0].To - 1 }] } };

        Assert.That((await Verification.RunAsync(chain)).Ids(Severity.Error), Does.Contain("MANIFEST_CONTRADICTORY"));
    }

    [Test]
    public async Task A_chunk_without_manifest_is_a_warning_or_if_new_information([Values] bool isNew)
    {
        chain.Start().Chunk().Heartbeat();
        using var bucket = chain.Build();
        var orphan = ChainBuilderChunk.Gzip("{}\n"u8.ToArray());
        bucket.Replace(new ChunkName(chain.Stream, chain.Now.UtcDateTime, Digest.Of(orphan)).ToString(), orphan, chain.Now.AddSeconds(isNew ? 1 : -100));

        var report = await Verification.RunAsync(bucket, chain);

        Assert.That(report.Findings.Where(finding => finding.Kind == FindingKind.OrphanChunk).Select(finding => finding.Severity), Is.EqualTo(new[] { isNew ? Severity.Info : Severity.Warning }));
    }

    [Test]
    public async Task A_chunk_that_cannot_be_read_leaves_its_time_unproven([Values(BucketFault.NotFound, BucketFault.Denied, BucketFault.Transient)] BucketFault fault)
    {
        chain.Start().Chunk().Chunk().Heartbeat();
        using var bucket = chain.Build();
        bucket.Fail(chain[1, 2].ChunkName, fault);

        var report = await Verification.RunAsync(bucket, chain, new VerifyOptions { MaxAttempts = 1 }).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.That(report.Weighing(), Is.EqualTo(new[] { "OBJECT_UNREADABLE 1/2" }));
        Assert.That(report.ExitCode(false), Is.EqualTo(3));
        Assert.That(report.Streams.Single().Covered.Any(range => range.From <= chain[1, 1].Created && chain[1, 2].Created <= range.To), Is.False);
    }

    private static byte[] With(byte[] bytes, int at, byte value)
    {
        var changed = bytes.ToArray();
        changed[at] = value;
        return changed;
    }
}
