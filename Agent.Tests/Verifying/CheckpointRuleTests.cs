using System.Security.Cryptography;
using NUnit.Framework;
using Sealtail.Buckets;
using Sealtail.Format;
using Sealtail.Tests.Support;
using Sealtail.Verifying;

namespace Sealtail.Tests.Verifying;

/// <summary>What checkpoints vouch for, and what they cannot hide.</summary>
internal sealed class CheckpointRuleTests : IDisposable
{
    private readonly ChainBuilder chain = new();

    public CheckpointRuleTests()
    {
        chain.Start().Chunk().Chunk().Heartbeat().Chunk();
        chain.Start().Chunk().Heartbeat();
    }

    public void Dispose() => chain.Dispose();

    [Test]
    public async Task True_checkpoints_of_every_size_change_nothing()
    {
        using var bucket = chain.Build();
        for (var size = 1; size <= 5; size++) Checkpoints.Put(bucket, chain, 1, size);
        for (var size = 1; size <= 3; size++) Checkpoints.Put(bucket, chain, 2, size);
        Checkpoints.Put(bucket, chain, 2, 2); // the same once more, under another signature

        var report = await Verification.RunAsync(bucket, chain);

        Assert.That(report.Weighing(), Is.Empty);
        Assert.That(report.ExitCode(strict: true), Is.Zero);
    }

    [TestCase(1, 1)]
    [TestCase(1, 3)]
    [TestCase(1, 5)]
    [TestCase(2, 2)]
    [TestCase(2, 3)]
    public async Task A_root_that_is_not_that_of_the_manifests_is_an_error(int epoch, int size)
    {
        using var bucket = chain.Build();
        Checkpoints.Put(bucket, chain, new Checkpoint(chain.Stream, epoch, size, Digest.Of("another history"u8)));

        var report = await Verification.RunAsync(bucket, chain);

        Assert.That(report.Weighing(), Is.EqualTo(new[] { $"CHECKPOINT_MISMATCH {epoch}/{size - 1}" }));
        Assert.That(report.ExitCode(strict: false), Is.EqualTo(1));
    }

    [TestCase(1, 6, "MANIFEST_MISSING 1/5")]
    [TestCase(2, 4, "MANIFEST_MISSING 2/3")]
    [TestCase(3, 1, "MANIFEST_MISSING 3/0")]
    public async Task Fewer_manifests_than_a_checkpoint_names_is_an_error(int epoch, int size, string finding)
    {
        using var bucket = chain.Build();
        Checkpoints.Put(bucket, chain, new Checkpoint(chain.Stream, epoch, size, Digest.Of("what they were"u8)));

        var report = await Verification.RunAsync(bucket, chain);

        Assert.That(report.Weighing(), Is.EqualTo(new[] { finding }));
        Assert.That(report.ExitCode(strict: false), Is.EqualTo(1));
    }

    [Test]
    public async Task The_newest_manifest_cannot_be_taken_away_behind_a_checkpoint()
    {
        using var bucket = chain.Build();
        Checkpoints.Put(bucket, chain, 2, 3);
        bucket.Remove(chain[2, 2].Name);

        Assert.That((await Verification.RunAsync(bucket, chain)).Ids(Severity.Error), Is.EqualTo(new[] { "MANIFEST_MISSING" }));
    }

    [Test]
    public async Task A_whole_stream_cannot_be_taken_away_behind_a_checkpoint()
    {
        using var bucket = chain.Build();
        Checkpoints.Put(bucket, chain, 2, 3);
        foreach (var name in bucket.Names.Where(name => !name.StartsWith(CheckpointName.Root, StringComparison.Ordinal))) bucket.Remove(name);

        Assert.That((await Verification.RunAsync(bucket, chain)).Ids(Severity.Error), Is.EqualTo(new[] { "MANIFEST_MISSING" }));
    }

    [Test]
    public async Task Behind_a_hole_a_checkpoint_is_held_against_the_root_that_the_next_manifest_signed()
    {
        using var bucket = chain.Build();
        Checkpoints.Put(bucket, chain, 1, 4);
        Checkpoints.Put(bucket, chain, new Checkpoint(chain.Stream, 1, 4, Digest.Of("another history"u8)));
        bucket.Remove(chain[1, 1].Name);

        Assert.That((await Verification.RunAsync(bucket, chain)).Weighing(), Does.Contain("MANIFEST_MISSING 1/1").And.Contain("CHECKPOINT_MISMATCH 1/3"));
    }

    [Test]
    public async Task A_manifest_that_cannot_be_read_is_not_one_that_is_missing()
    {
        using var bucket = chain.Build();
        Checkpoints.Put(bucket, chain, 2, 3);
        bucket.Fail(chain[2, 2].Name, BucketFault.Denied);

        var report = await Verification.RunAsync(bucket, chain);

        Assert.That(report.Ids(Severity.Error), Is.Empty);
        Assert.That(report.ExitCode(strict: false), Is.EqualTo(3));
    }

    [Test]
    public async Task A_checkpoint_that_no_trusted_key_signed_proves_nothing()
    {
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var bucket = chain.Build();
        Checkpoints.Put(bucket, chain, new Checkpoint(chain.Stream, 2, 9, Digest.Of("a lie"u8)), stranger);

        var report = await Verification.RunAsync(bucket, chain);

        Assert.That(report.Weighing(), Is.EqualTo(new[] { "UNSIGNED_OBJECT 2/8" }));
        Assert.That(report.ExitCode(strict: false), Is.Zero);
    }

    [Test]
    public async Task A_checkpoint_under_another_s_name_proves_nothing()
    {
        using var bucket = chain.Build();
        var bytes = Checkpoints.Sign(new Checkpoint(chain.Stream, 1, 9, Digest.Of("a lie"u8)), chain.Key);
        bucket.Replace(new CheckpointName(chain.Stream, 2, 9, Digest.Of(bytes)).ToString(), bytes);
        bucket.Replace(new CheckpointName(chain.Stream, 2, 2, Digest.Of("other bytes"u8)).ToString(), bytes);

        Assert.That((await Verification.RunAsync(bucket, chain)).Weighing(), Is.EqualTo(new[] { "UNSIGNED_OBJECT 2/1", "UNSIGNED_OBJECT 2/8" }));
    }

    [Test]
    public async Task A_checkpoint_that_cannot_be_read_concludes_nothing()
    {
        using var bucket = chain.Build();
        bucket.Fail(Checkpoints.Put(bucket, chain, 1, 3), BucketFault.Denied);

        Assert.That((await Verification.RunAsync(bucket, chain)).ExitCode(strict: false), Is.EqualTo(3));
    }

    [Test]
    public async Task A_checkpoint_whose_manifests_expired_is_no_error()
    {
        using var bucket = chain.Build();
        Checkpoints.Put(bucket, chain, 1, 5);
        for (var sequence = 0; sequence < 5; sequence++)
        {
            bucket.Remove(chain[1, sequence].Name);
            if (chain[1, sequence].Plain is not null) bucket.Remove(chain[1, sequence].ChunkName);
        }

        using var trust = new TrustPolicy([new TrustAnchor(StreamGlob.Parse("*"), VerificationKey.FromSpki(chain.Spki), "test")]);
        var report = await Verification.RunAsync(bucket, trust, chain[2, 0].Created.AddSeconds(chain.Policy.RetentionSeconds!.Value + 1)); // the policy names one

        Assert.That(report.Ids(Severity.Error), Is.Empty);
    }

    [Test]
    public async Task One_stream_asked_for_by_name_has_its_checkpoints_checked()
    {
        using var bucket = chain.Build();
        Checkpoints.Put(bucket, chain, 2, 3);
        bucket.Remove(chain[2, 2].Name);

        Assert.That((await Verification.RunAsync(bucket, chain, new VerifyOptions { Streams = StreamGlob.Parse(chain.Stream.ToString()) })).Ids(Severity.Error), Is.EqualTo(new[] { "MANIFEST_MISSING" }));
    }
}
