using System.Text;
using NUnit.Framework;
using Sealtail.Format;
using Sealtail.Tests.Support;
using Sealtail.Verifying;

namespace Sealtail.Tests.Verifying;

/// <summary>How one epoch follows another: numbers that are skipped, links, restored snapshots, clones.</summary>
internal sealed class EpochLinkTests : IDisposable
{
    private readonly ChainBuilder chain = new();

    public void Dispose() => chain.Dispose();

    [Test]
    public async Task A_missing_epoch_is_proven_missing_unless_a_later_start_skips_it_as_unconfirmed([Values] bool isSkipped)
    {
        chain.Start().Chunk().Start(epoch: 4, skipped: isSkipped ? [new SkippedEpochs(2, 3, SkipReason.Unconfirmed)] : [new SkippedEpochs(2, 3, SkipReason.Taken)]).Chunk();

        var report = await Verification.RunAsync(chain);

        Assert.That(report.Weighing(), Is.EqualTo(isSkipped ? Array.Empty<string>() : ["MANIFEST_MISSING 2/"]));
    }

    [Test]
    public async Task A_taken_slot_needs_an_object_in_it_and_that_is_only_a_warning()
    {
        chain.Start().Chunk().Start(epoch: 3, skipped: [new SkippedEpochs(2, 2, SkipReason.Taken)]).Chunk();
        using var bucket = chain.Build();
        bucket.Replace(ManifestName.Slot(chain.Stream, 2).ToString(), "squatter"u8.ToArray());

        var report = await Verification.RunAsync(bucket, chain);

        Assert.That(report.Findings.Where(finding => finding.Severity > Severity.Info).Select(finding => (finding.Kind.Id, finding.Severity)), Is.EqualTo(new[] { ("UNSIGNED_OBJECT", Severity.Warning) }));
    }

    [Test]
    public async Task A_skipped_epoch_that_holds_only_its_start_is_information()
    {
        chain.Start().Chunk();
        var last = chain.Last;
        chain.Start().Start(link: last, skipped: [new SkippedEpochs(2, 2, SkipReason.Unconfirmed)]).Chunk();

        var report = await Verification.RunAsync(chain);

        Assert.That(report.Weighing(), Is.Empty);
        Assert.That(report.Ids(Severity.Info), Does.Contain("EPOCH_SKIPPED"));
        Assert.That((report.Streams.Single().Epochs, report.Streams.Single().Manifests), Is.EqualTo((2L, 4L)), "what was skipped counts as neither");
    }

    [Test]
    public async Task A_link_to_another_payload_breaks_the_chain()
    {
        chain.Start().Chunk().Start().Chunk();
        chain[2, 0].Change = manifest => manifest with { Start = manifest.Start! with { PreviousEpoch = new ManifestLink(1, 1, Digest.Of("other"u8)) } };

        Assert.That((await Verification.RunAsync(chain)).Ids(Severity.Error), Is.EqualTo(new[] { "CHAIN_BROKEN" }));
    }

    [Test]
    public async Task After_a_last_manifest_that_cannot_be_read_the_next_epoch_is_of_no_other_lineage()
    {
        chain.Start().Chunk().Heartbeat().Start().Chunk();
        chain[1, 2].ChangePayload = payload => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(payload).Replace("\"kind\":\"heartbeat\"", "\"kind\":\"pulse\"", StringComparison.Ordinal));

        Assert.That((await Verification.RunAsync(chain)).Ids(Severity.Error), Is.EqualTo(new[] { "MANIFEST_MALFORMED" }));
    }

    [Test]
    public async Task A_restart_of_a_lineage_whose_first_claim_was_never_answered_is_fine()
    {
        chain.Start(StartCause.Restart, epoch: 2, skipped: new SkippedEpochs(1, 1, SkipReason.Unconfirmed)).Chunk();

        Assert.That((await Verification.RunAsync(chain)).Weighing(), Is.Empty);
    }

    [Test]
    public async Task A_link_forward_breaks_the_chain()
    {
        chain.Start(StartCause.Restart).Chunk();
        chain[1, 0].Change = manifest => manifest with { Start = manifest.Start! with { PreviousEpoch = new ManifestLink(1, 1, Digest.Of("other"u8)) } };

        Assert.That((await Verification.RunAsync(chain)).Ids(Severity.Error), Is.EqualTo(new[] { "CHAIN_BROKEN" }));
    }

    [Test]
    public async Task A_run_from_an_older_state_is_a_stale_link_and_each_branch_tiles()
    {
        chain.Start().Chunk();
        var (snapshot, file) = (chain.Last, chain.File.As(1, chain.File.Position));
        chain.Chunk().Chunk();
        file.Bytes.AddRange(chain.File.Bytes.Skip((int)file.Position));
        chain.File = file;
        chain.Start(link: snapshot).Chunk();

        var report = await Verification.RunAsync(chain);

        Assert.That(report.Ids(Severity.Warning), Is.EqualTo(new[] { "STALE_LINK", "SOURCE_RANGE_DUPLICATE" }));
        Assert.That(report.ExitCode(false), Is.Zero);
        Assert.That((report.Streams.Single().Records, report.Streams.Single().Bytes), Is.EqualTo((4L, (long)file.Bytes.Count)));
    }

    [Test]
    public async Task Two_starts_from_one_manifest_make_the_later_link_stale()
    {
        chain.Start().Chunk();
        var (last, position, bytes) = (chain.Last, chain.File.Position, chain.File.Bytes.ToArray());
        chain.Start().Stop();
        chain.File = new ChainBuilderFile(1) { Inode = chain.File.Inode, Bytes = [.. bytes], Position = position };
        chain.Start(link: last).Chunk();

        var report = await Verification.RunAsync(chain);

        Assert.That(report.Weighing(), Is.EqualTo(new[] { "STALE_LINK 3/0" }));
    }

    [Test]
    public async Task A_manifest_stored_after_a_later_claim_is_inconclusive_where_the_store_has_a_clock([Values] bool hasClock)
    {
        chain.Start().Chunk().Chunk().Start().Chunk();
        chain[1, 2].Created = chain[2, 0].Created.AddSeconds(1);
        using var bucket = chain.Build();
        bucket.HasStoreClock = hasClock;

        var report = await Verification.RunAsync(bucket, chain);

        Assert.That(report.Weighing(), Is.EqualTo(hasClock ? ["CONCURRENT_EPOCHS 1/2"] : Array.Empty<string>()));
    }
}
