using System.Security.Cryptography;
using NUnit.Framework;
using Sealtail.Buckets;
using Sealtail.Format;
using Sealtail.Tests.Support;
using Sealtail.Verifying;

namespace Sealtail.Tests.Verifying;

/// <summary>A checkpoint that a signed manifest names cannot be taken away or changed, as long as it must be kept.</summary>
internal sealed class NamedCheckpointTests : IDisposable
{
    private readonly ChainBuilder chain = new();

    public NamedCheckpointTests()
    {
        chain.Start().Chunk().Chunk().Checkpoint().Heartbeat().Stop();
        chain.Checkpoint().Start().Chunk().Heartbeat();
    }

    private string Name => chain[1, 3].CheckpointName;

    public void Dispose() => chain.Dispose();

    [Test]
    public async Task What_is_named_and_there_is_nothing_to_tell([Values] bool isOneStream)
    {
        var report = await Verification.RunAsync(chain, isOneStream ? new VerifyOptions { Streams = StreamGlob.Parse(chain.Stream.ToString()) } : null);

        Assert.That(report.Weighing(), Is.Empty);
    }

    [TestCase(1, 3, "CHECKPOINT_MISSING 1/2")]
    [TestCase(2, 0, "CHECKPOINT_MISSING 1/4")]
    public async Task What_is_named_and_gone_is_proven_missing(int epoch, int sequence, string finding)
    {
        using var bucket = chain.Build();
        bucket.Remove(chain[epoch, sequence].CheckpointName);

        var report = await Verification.RunAsync(bucket, chain);

        Assert.That(report.Weighing(), Is.EqualTo(new[] { finding }));
        Assert.That(report.ExitCode(strict: false), Is.EqualTo(1));
    }

    [Test]
    public async Task What_is_named_and_has_other_bytes_is_no_longer_there()
    {
        using var bucket = chain.Build();
        bucket.Replace(Name, [.. bucket[Name], (byte)'\n']);

        Assert.That((await Verification.RunAsync(bucket, chain)).Weighing(), Is.EqualTo(new[] { "CHECKPOINT_MISSING 1/2", "UNSIGNED_OBJECT 1/2" }));
    }

    [Test]
    public async Task What_is_named_and_cannot_be_read_is_not_missing()
    {
        using var bucket = chain.Build();
        bucket.Fail(Name, BucketFault.Denied);

        Assert.That((await Verification.RunAsync(bucket, chain)).Weighing(), Is.EqualTo(new[] { "OBJECT_UNREADABLE 1/2" }));
    }

    [Test]
    public async Task What_was_stored_after_the_checkpoints_were_listed_is_looked_for_by_itself()
    {
        using var bucket = new LateCheckpoints(chain.Build());

        Assert.That((await Verification.RunAsync(bucket, chain)).Weighing(), Is.Empty);
    }

    [Test]
    public async Task What_is_named_and_older_than_the_retention_may_be_gone([Values] bool isOlder)
    {
        using var bucket = chain.Build();
        bucket.Remove(Name);
        using var trust = new TrustPolicy([Anchor(chain.Key)]);
        var now = chain.Now.AddSeconds(isOlder ? chain.Policy.RetentionSeconds!.Value : 60); // the policy names one

        var report = await Verification.RunAsync(bucket, trust, now, new VerifyOptions { To = chain.Now });

        Assert.That(report.Ids(Severity.Error), Is.EqualTo(isOlder ? Array.Empty<string>() : ["CHECKPOINT_MISSING"]));
        Assert.That(report.Ids(Severity.Info).Contains("EXPIRED"), Is.EqualTo(isOlder));
        Assert.That(report.Streams.Single().Uncovered, Is.Empty, "no time is less covered");
    }

    [Test]
    public async Task A_thief_s_word_on_what_was_stored_is_worth_nothing()
    {
        chain[2, 0].Change = manifest => manifest with { Checkpoints = [new StoredCheckpoint(1, 5, Digest.Of("never stored"u8))] };
        using var bucket = chain.Build();
        using var trust = new TrustPolicy([Anchor(chain.Key) with { CompromisedSince = chain[2, 0].Created }]);

        Assert.That((await Verification.RunAsync(bucket, trust, chain.Now)).Ids(Severity.Error), Is.Empty);
    }

    [Test]
    public async Task A_thief_s_checkpoint_refutes_nothing()
    {
        using var bucket = chain.Build();
        Checkpoints.Put(bucket, chain, new Checkpoint(chain.Stream, 2, 9, Digest.Of("a lie"u8)));
        using var trust = new TrustPolicy([Anchor(chain.Key) with { CompromisedSince = chain.Now }]);

        var report = await Verification.RunAsync(bucket, trust, chain.Now);

        Assert.That(report.Ids(Severity.Error), Is.Empty);
        Assert.That(report.Findings.Where(finding => finding.Kind == FindingKind.UnsignedObject).Select(finding => finding.Message), Has.One.Contains("compromised"));
    }

    private static TrustAnchor Anchor(ECDsa key) => new(StreamGlob.Parse("*"), VerificationKey.FromSpki(key.ExportSubjectPublicKeyInfo()), "test");

    // A bucket whose checkpoints came while it was being read.
    private sealed class LateCheckpoints(MemoryBucket bucket) : IBucket
    {
        public string Location => bucket.Location;

        public bool HasStoreClock => true;

        public IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellationToken)
        {
            var listed = bucket.ListAsync(prefix, cancellationToken);
            return CheckpointName.TryParse(prefix, out _) ? listed : listed.Where(stored => !stored.Name.StartsWith(CheckpointName.Root, StringComparison.Ordinal));
        }

        public Task<Stream> OpenReadAsync(StoredObject stored, long offset, CancellationToken cancellationToken) => bucket.OpenReadAsync(stored, offset, cancellationToken);

        public Task<BucketRetention> GetRetentionAsync(CancellationToken cancellationToken) => bucket.GetRetentionAsync(cancellationToken);

        public Task<PutOutcome> CreateAsync(Upload upload, CancellationToken cancellationToken) => throw new NotSupportedException();

        public void Dispose() => bucket.Dispose();
    }
}
