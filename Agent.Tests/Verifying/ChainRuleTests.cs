using System.Text;
using NUnit.Framework;
using Sealtail.Format;
using Sealtail.Tests.Support;
using Sealtail.Verifying;

namespace Sealtail.Tests.Verifying;

/// <summary>One test for each rule of an epoch's own chain: what breaks it, what it is called, how much it weighs.</summary>
internal sealed class ChainRuleTests : IDisposable
{
    private readonly ChainBuilder chain = new();

    public void Dispose() => chain.Dispose();

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
}
