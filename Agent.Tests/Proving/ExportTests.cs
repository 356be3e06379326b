using NUnit.Framework;
using Sealtail.Buckets;
using Sealtail.Buckets.Evidence;
using Sealtail.Chaining;
using Sealtail.Proving;
using Sealtail.Tests.Support;
using Sealtail.Tests.Verifying;
using Sealtail.Verifying;

namespace Sealtail.Tests.Proving;

/// <summary>An export stands in for its bucket, and for no other.</summary>
internal sealed class ExportTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly ChainBuilder chain = new();
    private readonly SigningKey seal = SigningKey.ForOnce();

    public ExportTests()
    {
        chain.Start().Chunk().Chunk().Rotate().Chunk().Heartbeat().Stop();
        chain.Start().Chunk().Heartbeat();
    }

    private string Tar => folder["evidence.tar"];

    public void Dispose()
    {
        chain.Dispose();
        seal.Dispose();
        folder.Dispose();
    }

    [Test]
    public async Task An_export_is_verified_as_its_bucket_is()
    {
        using var bucket = chain.Build();
        Checkpoints.Put(bucket, chain, 1, 5);
        var original = await ExportAsync(bucket);

        var report = await VerifyAsync();

        Assert.That(original.Weighing(), Is.Empty);
        Assert.That(report.Findings.Where(finding => finding.Kind != FindingKind.Exported), Is.EqualTo(original.Findings));
        Assert.That(report.Findings, Has.One.Matches<Finding>(finding => finding?.Kind == FindingKind.Exported), "and not TIME_UNPROVEN: the store's times came along");
        Assert.That(report.Streams.Select(stream => (stream.Stream, stream.Records, stream.Bytes)), Is.EqualTo(original.Streams.Select(stream => (stream.Stream, stream.Records, stream.Bytes))));
    }

    [Test]
    public async Task An_interval_takes_its_own_chunks_only_and_is_proven_without_the_others()
    {
        using var bucket = chain.Build();
        var options = new VerifyOptions { From = chain[1, 2].Created, To = chain[1, 2].Created };
        var original = await ExportAsync(bucket, options);

        var report = await VerifyAsync(options);

        Assert.That((original.Weighing().Length, report.Weighing().Length), Is.EqualTo((0, 0)), string.Join(' ', report.Weighing()));
        using var evidence = EvidenceBucket.Open(Tar);
        Assert.That((evidence.Facts.From, evidence.Facts.To), Is.EqualTo((options.From, options.To)));
        Assert.That(EvidenceFile.Open(Tar).Has(EvidenceFile.Objects + chain[1, 2].ChunkName), Is.True);
        Assert.That(EvidenceFile.Open(Tar).Has(EvidenceFile.Objects + chain[2, 1].ChunkName), Is.False);
    }

    [Test]
    public async Task What_is_wrong_with_the_bucket_is_wrong_with_its_export()
    {
        using var bucket = chain.Build();
        bucket.Replace(chain[1, 1].ChunkName, [.. bucket[chain[1, 1].ChunkName].Reverse()]);
        bucket.Remove(chain[1, 3].Name);
        var original = await ExportAsync(bucket);

        var report = await VerifyAsync();

        Assert.That(report.Weighing(), Is.EqualTo(original.Weighing()).And.Not.Empty);
    }

    [Test]
    public async Task Stock_tools_unpack_it_and_check_its_seal()
    {
        using var bucket = chain.Build();
        await ExportAsync(bucket);

        var shell = RunShell("tar -xf evidence.tar && sha256sum --check --strict --quiet SHA256SUMS && openssl dgst -sha256 -verify seal.pub -signature SHA256SUMS.sig SHA256SUMS && cat bucket.json policy.json report.json keys.txt objects.ndjson");

        Assert.That(shell.ExitCode, Is.Zero, shell.Output);
        Assert.That(shell.Output, Does.Contain("Verified OK").And.Contain("\"storeClock\":true").And.Contain("\"result\": \"ok\"").And.Contain(Convert.ToBase64String(chain.Spki)));
        foreach (var name in bucket.Names) Assert.That(File.ReadAllBytes(folder[$"objects/{name}"]), Is.EqualTo(bucket[name]));
    }

    [Test]
    public async Task A_name_that_is_too_long_for_a_plain_header_gets_through_tar()
    {
        using var far = new ChainBuilder($"prod/{new string('n', 200)}/audit");
        far.Start().Chunk();
        using var bucket = far.Build();
        await ExportAsync(bucket, key: far);

        Assert.That(RunShell("tar -xf evidence.tar && sha256sum --check --strict --quiet SHA256SUMS").ExitCode, Is.Zero);
        Assert.That((await VerifyAsync(key: far)).Weighing(), Is.Empty);
    }

    [Test]
    public async Task One_changed_bit_anywhere_is_noticed()
    {
        using var bucket = chain.Build();
        await ExportAsync(bucket);
        var seed = TestContext.CurrentContext.Random.Next();
        var random = new Random(seed);
        var bytes = File.ReadAllBytes(Tar);
        for (var i = 0; i < 700; i++)
        {
            // Some anywhere, some in each header, some at the end.
            var at = i % 3 == 0 ? random.Next(bytes.Length) : i % 3 == 1 ? (random.Next(bytes.Length / 512) * 512) + random.Next(160) : bytes.Length - 1 - random.Next(3000);
            var bit = (byte)(1 << random.Next(8));
            bytes[at] ^= bit;
            File.WriteAllBytes(Tar, bytes);
            bytes[at] ^= bit;
            Assert.That(await ExitCodeAsync(), Is.Not.Zero, $"byte {at} ^ {bit}, seed {seed}");
        }
    }

    [Test]
    public async Task An_end_that_is_cut_off_or_added_to_is_noticed()
    {
        using var bucket = chain.Build();
        await ExportAsync(bucket);
        var bytes = File.ReadAllBytes(Tar);
        foreach (var length in new[] { 0, 1, 512, 1024, bytes.Length / 2, bytes.Length - 1024, bytes.Length - 512, bytes.Length - 1 })
        {
            File.WriteAllBytes(Tar, bytes[..length]);
            Assert.That(await ExitCodeAsync(), Is.Not.Zero, $"cut to {length}");
        }

        foreach (var more in new[] { 1, 512, 1024 })
        {
            File.WriteAllBytes(Tar, [.. bytes, .. new byte[more]]);
            Assert.That(await ExitCodeAsync(), Is.Not.Zero, $"{more} added");
        }
    }

    [Test]
    public async Task An_object_that_is_gone_before_it_was_copied_is_told_and_missed_by_whoever_verifies()
    {
        using var bucket = chain.Build();
        using var vanishing = new VanishingBucket(bucket, chain[1, 1].ChunkName);
        using var trust = TrustIn(chain);
        var exporter = new Exporter(vanishing, trust, new VerifyOptions(), seal, new FixedTime(chain.Now.AddSeconds(1))) { Policy = "{}\n"u8.ToArray() };

        var original = await exporter.ExportAsync(Tar, CancellationToken.None);

        Assert.That(original.Weighing(), Is.Empty, "it could be read then");
        Assert.That(exporter.LeftOut.Single(), Does.StartWith(chain[1, 1].ChunkName));
        Assert.That((await VerifyAsync()).Weighing(), Is.EqualTo(new[] { "OBJECT_UNREADABLE 1/1" }));
    }

    [Test]
    public async Task A_bucket_that_cannot_be_listed_again_leaves_no_file()
    {
        using var bucket = chain.Build();
        bucket.Fail("v1/", BucketFault.Denied);

        await Assert.ThatAsync(() => ExportAsync(bucket), Throws.TypeOf<BucketException>());
        Assert.That(Directory.GetFiles(folder.Path), Is.Empty);
    }

    private Task<VerifyReport> ExportAsync(IBucket bucket, VerifyOptions? options = null, ChainBuilder? key = null)
    {
        var trust = TrustIn(key ?? chain);
        return new Exporter(bucket, trust, options ?? new VerifyOptions(), seal, new FixedTime((key ?? chain).Now.AddSeconds(1))) { Policy = "{}\n"u8.ToArray() }.ExportAsync(Tar, CancellationToken.None);
    }

    private async Task<VerifyReport> VerifyAsync(VerifyOptions? options = null, ChainBuilder? key = null)
    {
        using var evidence = BucketFactory.Open(Tar, new Sealtail.Files.DurableFiles());
        using var trust = TrustIn(key ?? chain);
        return await Verification.RunAsync(evidence, trust, (key ?? chain).Now.AddSeconds(1), options);
    }

    private async Task<int> ExitCodeAsync()
    {
        try
        {
            return (await VerifyAsync()).ExitCode(strict: false);
        }
        catch (BucketException)
        {
            return 3;
        }
    }

    private static TrustPolicy TrustIn(ChainBuilder chain) => new([new TrustAnchor(StreamGlob.Parse("*"), Sealtail.Format.VerificationKey.FromSpki(chain.Spki), "test")]);

    private (int ExitCode, string Output) RunShell(string lines) => ShellTools.Bash(lines, folder.Path);

    // One object can be read once, and is gone then.
    private sealed class VanishingBucket(MemoryBucket bucket, string name) : IBucket
    {
        private int reads;

        public string Location => bucket.Location;

        public bool HasStoreClock => true;

        public Task<Stream> OpenReadAsync(StoredObject stored, long offset, CancellationToken cancellationToken) =>
            stored.Name == name && Interlocked.Increment(ref reads) > 1 ? throw new BucketException(BucketFault.NotFound, "Gone.") : bucket.OpenReadAsync(stored, offset, cancellationToken);

        public IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellationToken) => bucket.ListAsync(prefix, cancellationToken);

        public Task<PutOutcome> CreateAsync(Upload upload, CancellationToken cancellationToken) => bucket.CreateAsync(upload, cancellationToken);

        public Task<BucketRetention> GetRetentionAsync(CancellationToken cancellationToken) => bucket.GetRetentionAsync(cancellationToken);

        public void Dispose()
        {
        }
    }
}
