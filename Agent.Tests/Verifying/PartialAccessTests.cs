using NUnit.Framework;
using Sealtail.Buckets;
using Sealtail.Tests.Support;
using Sealtail.Verifying;

namespace Sealtail.Tests.Verifying;

/// <summary>A store that gives only a part, throttles, or loses an object between listing and reading: nothing is concluded, whichever object it is.</summary>
internal sealed class PartialAccessTests : IDisposable
{
    private readonly ChainBuilder chain = new();

    public PartialAccessTests() => chain.Start().Chunk().Chunk().Heartbeat().Start().Chunk().Heartbeat();

    public void Dispose() => chain.Dispose();

    [Test]
    public async Task One_object_that_is_not_given_is_inconclusive_and_no_more(
        [Values(BucketFault.Denied, BucketFault.Transient, BucketFault.NotFound, BucketFault.Refused)] BucketFault fault, [Values] bool manifestsOnly)
    {
        using var good = chain.Build();
        good.HasChecksums = false; // so that chunks are read in both cases
        Checkpoints.Put(good, chain, 1, 3);
        foreach (var name in good.Names)
        {
            using var bucket = good.Copy();
            bucket.Fail(name, fault);

            var report = await Verification.RunAsync(bucket, chain, new VerifyOptions { MaxAttempts = 1, ManifestsOnly = manifestsOnly });

            Assert.That(report.ExitCode(strict: false), Is.EqualTo(3), $"{name}: {string.Join(", ", report.Weighing())}");
            Assert.That(report.Findings.Select(finding => finding.Kind), Does.Contain(FindingKind.ObjectUnreadable), name);
            Assert.That(report.Streams.Single().Manifests, Is.GreaterThanOrEqualTo(6), "what can be read is");
        }
    }

    [Test]
    public async Task No_object_given_at_all_is_inconclusive([Values(BucketFault.Denied, BucketFault.Transient)] BucketFault fault)
    {
        using var bucket = chain.Build();
        foreach (var name in bucket.Names) bucket.Fail(name, fault);

        Assert.That((await Verification.RunAsync(bucket, chain, new VerifyOptions { MaxAttempts = 1 })).ExitCode(strict: false), Is.EqualTo(3));
    }
}
