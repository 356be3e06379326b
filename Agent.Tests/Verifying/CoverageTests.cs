using NUnit.Framework;
using Sealtail.Format;
using Sealtail.Tests.Support;
using Sealtail.Verifying;

namespace Sealtail.Tests.Verifying;

/// <summary>Which time is proven, and what the end of a stream means (docs/format.md, "Coverage and results").</summary>
internal sealed class CoverageTests : IDisposable
{
    private readonly ChainBuilder chain = new();

    public void Dispose() => chain.Dispose();

    [Test]
    public async Task A_gap_leaves_the_time_between_its_neighbours_unproven()
    {
        chain.Start().Chunk().Lose(GapCause.ContinuityUnproven, null, 0, null, "no proof").Chunk().Chunk();

        var report = await Verification.RunAsync(chain);

        Assert.That(report.Weighing(), Is.EqualTo(new[] { "GAP 1/2" }));
        Assert.That(report.ExitCode(false), Is.EqualTo(3));
        Assert.That(report.Streams.Single().Gaps, Is.EqualTo(1));
        Assert.That(report.Streams.Single().Covered, Is.EqualTo(new[] { Between((1, 0), (1, 1)), Between((1, 2), (1, 3)) }));
    }

    [Test]
    public async Task A_gap_outside_the_requested_interval_does_not_weigh()
    {
        chain.Start().Chunk().Lose(GapCause.Unreadable, 1, 0, 0).Chunk().Chunk().Chunk();

        var report = await Verification.RunAsync(chain, new VerifyOptions { From = chain[1, 3].Created, To = chain[1, 4].Created });

        Assert.That(report.ExitCode(true), Is.Zero);
        Assert.That(report.Ids(Severity.Info), Does.Contain("GAP"));
        Assert.That(report.Streams.Single().Chunks, Is.EqualTo(2), "that end in or border on the interval");
    }

    [Test]
    public async Task An_interval_that_is_not_covered_is_inconclusive([Values("before", "after", "across", "around")] string where)
    {
        chain.Start().Chunk().Lose(GapCause.Unreadable, 1, 0, 0).Chunk().Stop();
        var (first, last) = (chain.Drafts[0].Created, chain.Last.Created);
        var options = where switch
        {
            "before" => new VerifyOptions { From = first.AddSeconds(-1), To = first.AddSeconds(1) },
            "after" => new VerifyOptions { From = first, To = last.AddSeconds(1) },
            "across" => new VerifyOptions { From = chain[1, 1].Created.AddSeconds(1), To = chain[1, 1].Created.AddSeconds(2) },
            _ => new VerifyOptions { From = last.AddDays(1), To = last.AddDays(2) },
        };

        var report = await Verification.RunAsync(chain, options);

        Assert.That(report.Ids(Severity.Inconclusive), Does.Contain("NOT_COVERED"));
        Assert.That(report.ExitCode(false), Is.EqualTo(3));
    }

    [Test]
    public async Task A_covered_interval_is_proven_however_stale_the_tail()
    {
        chain.Start().Chunk().Chunk();

        var report = await Verification.RunAsync(chain, new VerifyOptions { From = chain[1, 0].Created, To = chain[1, 2].Created, AsOf = chain.Now.AddDays(30) });

        Assert.That(report.Weighing(), Is.Empty);
    }

    [Test]
    public async Task A_silent_stream_is_stale_once_it_is_silent_for_longer_than_promised([Values(600, 601)] int seconds)
    {
        chain.Start().Chunk();

        var report = await Verification.RunAsync(chain, new VerifyOptions { AsOf = chain.Last.Created.AddSeconds(seconds) });

        Assert.That(report.Weighing(), Is.EqualTo(seconds > 600 ? ["TAIL_STALE 1/1"] : Array.Empty<string>()));
    }

    [Test]
    public async Task Beyond_the_latest_begin_a_stale_tail_still_weighs()
    {
        chain.Start().Chunk().Chunk();

        var report = await Verification.RunAsync(chain, new VerifyOptions { From = chain[1, 1].Created, AsOf = chain.Now.AddDays(1) });

        Assert.That(report.Weighing(), Is.EqualTo(new[] { "TAIL_STALE 1/2" }));
    }

    [Test]
    public async Task After_a_clean_stop_the_report_says_since_when_nothing_is_known()
    {
        chain.Start().Chunk().Stop();

        var report = await Verification.RunAsync(chain);

        Assert.That(report.Weighing(), Is.Empty);
        Assert.That(report.Findings.Single(finding => finding.Kind == FindingKind.Stopped).Message, Does.Contain(Timestamp.Print(chain.Last.Created)));
    }

    [Test]
    public async Task A_time_after_a_clean_stop_that_was_asked_about_is_inconclusive([Values(600, 601)] int seconds)
    {
        chain.Start().Chunk().Stop();

        var report = await Verification.RunAsync(chain, new VerifyOptions { AsOf = chain.Last.Created.AddSeconds(seconds) });

        Assert.That(report.Weighing(), Is.EqualTo(seconds > 600 ? ["STOPPED_BEFORE 1/2"] : Array.Empty<string>()));
    }

    [Test]
    public async Task Manifests_further_apart_than_promised_are_covered_and_delayed([Values("within", "across", "afterStop")] string where)
    {
        chain.Start().Chunk();
        if (where == "afterStop") chain.Stop();
        chain.Wait(TimeSpan.FromHours(1));
        if (where != "within") chain.Start();
        chain.Chunk();

        var report = await Verification.RunAsync(chain);

        Assert.That(report.Ids(Severity.Warning), Is.EqualTo(new[] { "DELAYED" }));
        Assert.That(report.ExitCode(false), Is.Zero);
        Assert.That(report.ExitCode(true), Is.EqualTo(4));
        Assert.That(report.Streams.Single().Covered, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task What_was_lost_after_an_outage_began_is_not_covered_by_the_manifest_that_waited_it_out()
    {
        chain.Start().Chunk().Wait(TimeSpan.FromHours(2)).Chunk().Lose(GapCause.RotatedAway, null, 0, null).Chunk().Chunk();
        var early = chain[1, 2].Created - TimeSpan.FromHours(1);
        chain[1, 2].Manifest = chain[1, 2].Manifest with { Entry = chain[1, 2].Manifest.Entry with { Sealed = early } };

        var report = await Verification.RunAsync(chain);

        Assert.That(report.Streams.Single().Covered, Is.EqualTo(new[] { new TimeRange(chain[1, 0].Created, early), Between((1, 3), (1, 4)) }));
    }

    [TestCase(SourceCondition.Missing, 0, 0)]
    [TestCase(SourceCondition.Unreadable, 0, 0)]
    [TestCase(SourceCondition.Blocked, 0, 0)]
    [TestCase(SourceCondition.Idle, 1, 0)]
    [TestCase(SourceCondition.Idle, 0, 1)]
    public async Task A_heartbeat_that_does_not_prove_idleness_proves_no_time(SourceCondition state, int more, int pending)
    {
        chain.Start().Chunk().Heartbeat(state, chain.File.Position + more, pending);

        var report = await Verification.RunAsync(chain);

        Assert.That(report.Weighing(), Is.EqualTo(new[] { "SOURCE_NOT_IDLE 1/2" }));
        Assert.That(report.Streams.Single().Covered.Single().To, Is.EqualTo(chain[1, 1].Created));
    }

    [Test]
    public async Task Neither_a_stop_nor_a_new_start_proves_what_a_heartbeat_did_not([Values] bool restarts)
    {
        chain.Start().Chunk().Heartbeat(SourceCondition.Missing).Stop();
        if (restarts) chain.Start().Stop();

        var report = await Verification.RunAsync(chain);

        Assert.That(report.Ids(Severity.Inconclusive), Is.EqualTo(new[] { "SOURCE_NOT_IDLE" }));
        Assert.That(report.ExitCode(false), Is.EqualTo(3));
        Assert.That(report.Streams.Single().Covered.Single().To, Is.EqualTo(chain[1, 1].Created));
    }

    [Test]
    public async Task Bytes_that_go_on_after_an_unproven_heartbeat_cover_its_time([Values] bool restarts)
    {
        chain.Start().Chunk().Heartbeat(SourceCondition.Missing);
        if (restarts) chain.Stop().Start();
        chain.Chunk();

        Assert.That((await Verification.RunAsync(chain)).Weighing(), Is.Empty);
    }

    [Test]
    public async Task A_partial_line_that_waits_is_idle()
    {
        chain.Start().Chunk().Heartbeat(pending: 17);

        Assert.That((await Verification.RunAsync(chain)).Weighing(), Is.Empty);
    }

    [Test]
    public async Task A_clock_that_steps_back_makes_no_hole()
    {
        using var bucket = chain.Start().Chunk().Wait(TimeSpan.FromMinutes(-5)).Chunk().Chunk().Build();
        bucket.HasStoreClock = false;

        Assert.That((await Verification.RunAsync(bucket, chain, new VerifyOptions { AsOf = chain.Now.AddMinutes(6) })).Weighing(), Is.Empty);
    }

    [Test]
    public async Task In_a_copy_the_nodes_own_times_count()
    {
        chain.Start().Chunk().Chunk().Start().Chunk();
        using var bucket = chain.Build();
        var copied = chain.Now.AddDays(1);
        foreach (var name in bucket.Names.Reverse()) bucket.Replace(name, bucket[name], copied = copied.AddSeconds(1));

        var report = await Verification.RunAsync(bucket, chain);

        Assert.That(report.Weighing(), Is.Empty);
        Assert.That(report.Ids(Severity.Info), Does.Contain("TIME_UNPROVEN"));
        Assert.That(report.Streams.Single().Covered.Single(), Is.EqualTo(new TimeRange(chain.Drafts[0].Manifest.Signed, chain.Last.Manifest.Signed)));
    }

    [Test]
    public async Task An_object_that_was_created_again_is_a_warning()
    {
        chain.Start().Chunk().Chunk().Heartbeat();
        using var bucket = chain.Build();
        bucket.Replace(chain[1, 2].Name, bucket[chain[1, 2].Name], chain[1, 2].Created.AddSeconds(1));

        Assert.That((await Verification.RunAsync(bucket, chain)).Weighing(), Is.EqualTo(new[] { "OBJECT_REPLACED 1/2" }));
    }

    [Test]
    public async Task A_chunk_that_was_created_again_is_a_warning()
    {
        chain.Start().Chunk().Chunk().Heartbeat();
        using var bucket = chain.Build();
        bucket.Replace(chain[1, 2].ChunkName, bucket[chain[1, 2].ChunkName], chain[1, 2].ChunkCreated.AddSeconds(-1));

        Assert.That((await Verification.RunAsync(bucket, chain)).Weighing(), Is.EqualTo(new[] { "OBJECT_REPLACED 1/2" }));
    }

    [Test]
    public async Task An_empty_bucket_proves_nothing()
    {
        using var bucket = new MemoryBucket();

        var report = await Verification.RunAsync(bucket, chain);

        Assert.That(report.Weighing(), Is.EqualTo(new[] { "NOTHING_FOUND /" }));
        Assert.That(report.ExitCode(false), Is.EqualTo(3));
    }

    [Test]
    public async Task A_stream_that_is_not_there_is_not_found()
    {
        chain.Start().Chunk();

        Assert.That((await Verification.RunAsync(chain, new VerifyOptions { Streams = StreamGlob.Parse("prod/cp-2/audit") })).Weighing(), Is.EqualTo(new[] { "NOTHING_FOUND /" }));
    }

    [Test]
    public async Task Only_the_streams_asked_for_are_verified()
    {
        using var other = new ChainBuilder("prod/cp-2/audit");
        other.Start().Chunk();
        chain.Start().Chunk();
        using var bucket = chain.Build();
        other.WriteTo(bucket);

        var report = await Verification.RunAsync(bucket, chain, new VerifyOptions { Streams = StreamGlob.Parse("*/cp-1/*") });

        Assert.That(report.Streams.Select(stream => stream.Stream), Is.EqualTo(new[] { "prod/cp-1/audit" }));
        Assert.That(report.Weighing(), Is.Empty);
    }

    [Test]
    public async Task Chunks_without_any_manifest_prove_nothing()
    {
        chain.Start().Chunk();
        foreach (var draft in chain.Drafts) draft.IsAbsent = true;

        var report = await Verification.RunAsync(chain);

        Assert.That(report.Ids(Severity.Inconclusive), Is.EqualTo(new[] { "NO_MANIFESTS" }));
        Assert.That(report.Ids(Severity.Warning), Is.EqualTo(new[] { "ORPHAN_CHUNK" }));
    }

    private TimeRange Between((long Epoch, long Sequence) from, (long Epoch, long Sequence) to) =>
        new(chain[from.Epoch, from.Sequence].Created, chain[to.Epoch, to.Sequence].Created);
}
