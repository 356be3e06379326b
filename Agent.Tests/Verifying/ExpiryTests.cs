using NUnit.Framework;
using Sealtail.Format;
using Sealtail.Tests.Support;
using Sealtail.Verifying;

namespace Sealtail.Tests.Verifying;

/// <summary>A beginning that is gone because its retention ended is not covered, and no failure.</summary>
internal sealed class ExpiryTests : IDisposable
{
    private static readonly TimeSpan Retention = TimeSpan.FromDays(30);
    private readonly ChainBuilder chain = new() { Policy = new EpochPolicy(600, 30, 16 << 20, 30 * 86_400) };

    public void Dispose() => chain.Dispose();

    [Test]
    public async Task An_old_beginning_that_is_gone_is_expired([Values(1, 2, 3, 4)] int manifests)
    {
        chain.Start().Chunk().Chunk().Stop().Start().Chunk().Chunk().Stop();
        foreach (var draft in chain.Drafts.Take(manifests)) draft.IsAbsent = draft.ChunkIsAbsent = true;

        var report = await Verification.RunAsync(chain, AsOf(chain.Drafts[manifests].Created + Retention));

        Assert.That(report.Weighing(), Is.EqualTo(new[] { "STOPPED_BEFORE 2/3" }), "as asked about a month later, and nothing else");
        Assert.That(report.Ids(Severity.Info), Does.Contain("EXPIRED"));
        Assert.That(report.Streams.Single().Covered.Single().From, Is.EqualTo(chain.Drafts[manifests].Created));
    }

    [Test]
    public async Task A_beginning_that_should_be_there_is_missing()
    {
        chain.Start().Chunk().Stop().Start().Chunk().Stop();
        foreach (var draft in chain.Drafts.Take(2)) draft.IsAbsent = draft.ChunkIsAbsent = true;

        var report = await Verification.RunAsync(chain, AsOf(chain.Drafts[2].Created + Retention - TimeSpan.FromHours(1)));

        Assert.That(report.Ids(Severity.Error), Is.EqualTo(new[] { "MANIFEST_MISSING" }));
    }

    [Test]
    public async Task Without_a_retention_nothing_expires()
    {
        chain.Policy = chain.Policy with { RetentionSeconds = null };
        chain.Start().Chunk().Stop().Start().Chunk().Stop();
        foreach (var draft in chain.Drafts.Take(2)) draft.IsAbsent = draft.ChunkIsAbsent = true;

        Assert.That((await Verification.RunAsync(chain, AsOf(chain.Now.AddYears(5)))).Ids(Severity.Error), Is.EqualTo(new[] { "MANIFEST_MISSING" }));
    }

    [Test]
    public async Task A_receipt_says_until_when_the_missing_one_had_to_stay([Values] bool isOver)
    {
        chain.Start().Chunk().Stop().Start().Chunk().Stop();
        chain.Drafts[0].IsAbsent = true;
        var expires = chain.Drafts[0].Created + Retention;
        chain.Drafts[1].Change = manifest => manifest with { Receipts = [manifest.Receipts[0] with { RetentionExpirationTime = expires }] };

        var report = await Verification.RunAsync(chain, AsOf(expires.AddSeconds(isOver ? 0 : -1)));

        Assert.That(report.Ids(Severity.Error), Is.EqualTo(isOver ? Array.Empty<string>() : ["MANIFEST_MISSING"]));
    }

    [Test]
    public async Task An_expired_chunk_may_go_before_its_manifest()
    {
        chain.Start().Chunk().Chunk().Chunk().Stop();
        chain[1, 1].ChunkIsAbsent = chain[1, 2].ChunkIsAbsent = true;

        var report = await Verification.RunAsync(chain, AsOf(chain[1, 2].Created + Retention));

        Assert.That(report.Weighing(), Is.EqualTo(new[] { "STOPPED_BEFORE 1/4" }));
        Assert.That(report.Streams.Single().Covered[^1].From, Is.EqualTo(chain[1, 2].Created));
    }

    [Test]
    public async Task A_hole_is_missing_however_old_it_is_once_the_store_evidently_keeps_more()
    {
        chain.Start().Chunk().Chunk().Chunk().Stop();
        chain[1, 2].IsAbsent = true;

        Assert.That((await Verification.RunAsync(chain, AsOf(chain.Now.AddYears(1)))).Ids(Severity.Error), Is.EqualTo(new[] { "MANIFEST_MISSING" }));
    }

    private static VerifyOptions AsOf(DateTimeOffset time) => new() { AsOf = time };
}
