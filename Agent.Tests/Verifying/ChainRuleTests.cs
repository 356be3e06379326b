using System.Security.Cryptography;
using System.Text;
using NUnit.Framework;
using Sealtail.Format;
using Sealtail.Tests.Support;
using Sealtail.Verifying;

namespace Sealtail.Tests.Verifying;

/// <summary>One test for each rule of the chain itself: what breaks it, what it is called, how much it weighs.</summary>
internal sealed class ChainRuleTests : IDisposable
{
    private readonly ChainBuilder chain = new();
    private readonly ECDsa otherKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public void Dispose()
    {
        chain.Dispose();
        otherKey.Dispose();
    }

    [Test]
    public async Task A_manifest_missing_in_the_middle_is_proven_missing([Values(1, 2)] int sequence)
    {
        chain.Start().Chunk().Chunk().Heartbeat();
        chain[1, sequence].IsAbsent = true;

        var report = await Verification.RunAsync(chain);

        Assert.That(report.Weighing(), Is.EquivalentTo(new[] { $"MANIFEST_MISSING 1/{sequence}", "ORPHAN_CHUNK /" }));
        Assert.That(report.ExitCode(false), Is.EqualTo(1));
        Assert.That(report.Streams.Single().Covered, Has.Count.EqualTo(2), "before the hole and after it");
    }

    [Test]
    public async Task An_epochs_missing_start_is_proven_missing()
    {
        chain.Start().Chunk().Stop().Start().Chunk();
        chain[2, 0].IsAbsent = true;

        var report = await Verification.RunAsync(chain);

        Assert.That(report.Weighing(), Is.EqualTo(new[] { "MANIFEST_MISSING 2/0" }));
    }

    [Test]
    public async Task A_missing_end_of_an_epoch_is_proven_by_the_next_start()
    {
        chain.Start().Chunk().Chunk().Stop().Start().Chunk();
        chain[1, 3].IsAbsent = true;

        var report = await Verification.RunAsync(chain);

        Assert.That(report.Weighing(), Is.EqualTo(new[] { "MANIFEST_MISSING 1/3" }));
    }

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
        Assert.That(report.Streams.Single().Epochs, Is.EqualTo(2));
    }

    [Test]
    public async Task Another_predecessor_breaks_the_chain()
    {
        chain.Start().Chunk().Heartbeat().Chunk();
        chain[1, 3].Change = manifest => manifest with { Previous = Digest.Of("other"u8) };

        var report = await Verification.RunAsync(chain);

        Assert.That(report.Weighing(), Is.EqualTo(new[] { "CHAIN_BROKEN 1/3" }));
        Assert.That(report.ExitCode(false), Is.EqualTo(1));
    }

    [Test]
    public async Task Another_log_root_is_refuted()
    {
        chain.Start().Chunk().Heartbeat();
        chain[1, 2].Change = manifest => manifest with { Log = manifest.Log with { Root = Digest.Of("other"u8) } };

        Assert.That((await Verification.RunAsync(chain)).Weighing(), Is.EqualTo(new[] { "LOG_ROOT_MISMATCH 1/2" }));
    }

    [Test]
    public async Task Another_log_size_is_a_contradiction()
    {
        chain.Start().Chunk().Heartbeat();
        chain[1, 2].Change = manifest => manifest with { Log = manifest.Log with { Size = 7 } };

        Assert.That((await Verification.RunAsync(chain)).Weighing(), Is.EqualTo(new[] { "MANIFEST_CONTRADICTORY 1/2" }));
    }

    [TestCase(1, 0, 0)]
    [TestCase(0, -1, 0)]
    [TestCase(0, 0, 1)]
    public async Task Other_totals_are_refuted(int chunks, int records, int bytes)
    {
        chain.Start().Chunk().Heartbeat();
        chain[1, 2].Change = manifest => manifest with { Totals = new Totals(manifest.Totals.Chunks + chunks, manifest.Totals.Records + records, manifest.Totals.Bytes + bytes) };

        Assert.That((await Verification.RunAsync(chain)).Weighing(), Is.EqualTo(new[] { "TOTALS_MISMATCH 1/2" }));
    }

    [Test]
    public async Task Another_subject_is_a_contradiction([Values(0, 1, 2, 3)] int sequence)
    {
        chain.Start().Chunk().Heartbeat().Stop();
        chain[1, sequence].Change = manifest => manifest with { Subject = manifest.Subject with { Sha256 = Digest.Of("other"u8) } };

        Assert.That((await Verification.RunAsync(chain)).Weighing(), Is.EqualTo(new[] { $"MANIFEST_CONTRADICTORY 1/{sequence}" }));
    }

    [Test]
    public async Task A_second_signed_payload_for_one_place_is_a_fork_and_the_chain_goes_on_where_it_went()
    {
        chain.Start().Chunk().Chunk().Heartbeat();
        using var bucket = chain.Build();
        var forged = ChainBuilderWriter.Sign(ManifestWriter.ToPayload(chain[1, 2].Manifest with { Agent = new AgentVersion("other", "1") }), chain.Key);
        bucket.Replace(new ManifestName(chain.Stream, 1, 2, Digest.Of(forged)).ToString(), forged);

        var report = await Verification.RunAsync(bucket, chain);

        Assert.That(report.Weighing(), Is.EqualTo(new[] { "FORK 1/2" }));
        Assert.That(report.ExitCode(false), Is.EqualTo(1));
    }

    [Test]
    public async Task The_same_payload_signed_again_is_the_same_manifest()
    {
        chain.Start().Chunk().Chunk().Heartbeat();
        using var bucket = chain.Build();
        var again = ChainBuilderWriter.Sign(chain[1, 2].Payload, chain.Key);
        bucket.Replace(new ManifestName(chain.Stream, 1, 2, Digest.Of(again)).ToString(), again);

        var report = await Verification.RunAsync(bucket, chain);

        Assert.That(report.Weighing(), Is.Empty);
        Assert.That(report.Streams.Single().Manifests, Is.EqualTo(4));
    }

    [Test]
    public async Task A_trusted_key_other_than_the_epochs_own_is_refuted()
    {
        chain.Start().Chunk().Heartbeat();
        chain[1, 2].Key = otherKey;
        using var bucket = chain.Build();
        using var trust = new TrustPolicy([Anchor("*", chain.Key), Anchor("*", otherKey)]);

        var report = await Verification.RunAsync(bucket, trust, chain.Now);

        Assert.That(report.Weighing(), Is.EqualTo(new[] { "EPOCH_KEY_MISMATCH 1/2" }));
    }

    [Test]
    public async Task A_start_that_names_another_key_than_signed_it_is_refuted()
    {
        chain.Start().Chunk();
        chain[1, 0].Key = chain[1, 1].Key = otherKey;
        using var bucket = chain.Build();
        using var trust = new TrustPolicy([Anchor("*", chain.Key), Anchor("*", otherKey)]);

        var report = await Verification.RunAsync(bucket, trust, chain.Now);

        Assert.That(report.Ids(Severity.Error), Is.EqualTo(new[] { "EPOCH_KEY_MISMATCH" }));
    }

    [Test]
    public async Task A_new_key_may_sign_a_new_epoch()
    {
        chain.Start().Chunk().Stop();
        using var first = chain.Key;
        chain.Key = otherKey;
        chain.Start().Chunk();
        using var bucket = chain.Build();
        using var trust = new TrustPolicy([Anchor("*", first), Anchor("prod/cp-1/*", otherKey)]);

        var report = await Verification.RunAsync(bucket, trust, chain.Now);

        Assert.That(report.Weighing(), Is.EqualTo(new[] { "KEY_CHANGED 2/0" }));
        Assert.That(report.ExitCode(false), Is.Zero);
        chain.Key = ECDsa.Create();
    }

    [Test]
    public async Task A_key_trusted_for_another_stream_proves_nothing()
    {
        chain.Start().Chunk();
        using var bucket = chain.Build();
        using var trust = new TrustPolicy([Anchor("prod/cp-2/audit", chain.Key)]);

        var report = await Verification.RunAsync(bucket, trust, chain.Now);

        Assert.That(report.Weighing(), Is.EqualTo(new[] { "KEY_UNKNOWN /", "UNSIGNED_OBJECT /", "STREAM_MISSING /" }));
        Assert.That(report.ExitCode(false), Is.EqualTo(3));
    }

    [Test]
    public async Task A_manifest_of_another_lineage_is_refuted()
    {
        chain.Start().Chunk().Heartbeat();
        chain[1, 2].Change = manifest => manifest with { Lineage = Guid.NewGuid() };

        Assert.That((await Verification.RunAsync(chain)).Ids(Severity.Error), Is.EqualTo(new[] { "LINEAGE_MISMATCH" }));
    }

    [Test]
    public async Task Nothing_follows_a_stop()
    {
        chain.Start().Chunk().Stop().Heartbeat();

        Assert.That((await Verification.RunAsync(chain)).Weighing(), Is.EqualTo(new[] { "AFTER_STOP 1/3" }));
    }

    [Test]
    public async Task Signed_rubbish_for_a_place_is_an_error_of_its_own()
    {
        chain.Start().Chunk().Heartbeat();
        chain[1, 1].ChangePayload = payload => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(payload).Replace("\"kind\":\"chunk\"", "\"kind\":\"chunky\"", StringComparison.Ordinal));

        var report = await Verification.RunAsync(chain);

        Assert.That(report.Ids(Severity.Error), Is.EqualTo(new[] { "MANIFEST_MALFORMED" }));
    }

    [Test]
    public async Task A_manifest_under_another_name_counts_as_unsigned()
    {
        chain.Start().Chunk().Chunk().Heartbeat();
        using var bucket = chain.Build();
        var bytes = bucket[chain[1, 1].Name];
        bucket.Replace(new ManifestName(chain.Stream, 1, 2, Digest.Of(bytes)).ToString(), bytes);

        var report = await Verification.RunAsync(bucket, chain);

        Assert.That(report.Weighing(), Is.EqualTo(new[] { "UNSIGNED_OBJECT 1/2" }));
        Assert.That(report.ExitCode(false), Is.Zero);
        Assert.That(report.ExitCode(true), Is.EqualTo(4));
    }

    [Test]
    public async Task A_damaged_last_manifest_leaves_the_tail_unproven()
    {
        chain.Start().Chunk().Chunk();
        using var bucket = chain.Build();
        var bytes = bucket[chain.Last.Name];
        bytes[100] ^= 1;
        bucket.Replace(chain.Last.Name, bytes);

        var report = await Verification.RunAsync(bucket, chain);

        Assert.That(report.Findings.Where(finding => finding.Kind == FindingKind.UnsignedObject).Select(finding => finding.Severity), Is.EqualTo(new[] { Severity.Inconclusive }));
        Assert.That(report.ExitCode(false), Is.EqualTo(3));
    }

    [Test]
    public async Task A_damaged_manifest_in_the_middle_is_missing()
    {
        chain.Start().Chunk().Chunk();
        using var bucket = chain.Build();
        bucket.Replace(chain[1, 1].Name, "{}"u8.ToArray());

        var report = await Verification.RunAsync(bucket, chain);

        Assert.That(report.Ids(Severity.Error), Is.EqualTo(new[] { "MANIFEST_MISSING" }));
        Assert.That(report.ExitCode(false), Is.EqualTo(1));
    }

    [Test]
    public async Task An_unsigned_object_in_the_next_slot_leaves_the_tail_unproven()
    {
        chain.Start().Chunk();
        using var bucket = chain.Build();
        bucket.Replace(ManifestName.Slot(chain.Stream, 2).ToString(), "{}"u8.ToArray());

        Assert.That((await Verification.RunAsync(bucket, chain)).ExitCode(false), Is.EqualTo(3));
    }

    [Test]
    public async Task A_link_to_another_payload_breaks_the_chain()
    {
        chain.Start().Chunk().Start().Chunk();
        chain[2, 0].Change = manifest => manifest with { Start = manifest.Start! with { PreviousEpoch = new ManifestLink(1, 1, Digest.Of("other"u8)) } };

        Assert.That((await Verification.RunAsync(chain)).Ids(Severity.Error), Is.EqualTo(new[] { "CHAIN_BROKEN" }));
    }

    [Test]
    public async Task A_link_forward_breaks_the_chain()
    {
        chain.Start().Chunk();
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

    private static TrustAnchor Anchor(string glob, ECDsa key) => new(StreamGlob.Parse(glob), VerificationKey.FromSpki(key.ExportSubjectPublicKeyInfo()), "test");
}
