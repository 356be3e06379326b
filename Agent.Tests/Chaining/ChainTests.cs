using NUnit.Framework;
using Sealtail.Chaining;
using Sealtail.Format;
using Sealtail.Spooling;
using Sealtail.Tests.Spooling;

namespace Sealtail.Tests.Chaining;

internal sealed class ChainTests : IDisposable
{
    private readonly World world = World.InMemory();

    public void Dispose() => world.Dispose();

    [Test]
    public void A_claim_is_the_same_bytes_until_it_is_missed()
    {
        using var run = world.Start();
        var claim = run.Chain.PrepareClaim();
        Assert.That(run.Chain.PrepareClaim().Envelope, Is.EqualTo(claim.Envelope));
        Assert.That(claim.Name.ToString(), Is.EqualTo("v1/manifests/prod-eu1/cp-1/audit/e00000001/000000000000.dsse.json"));

        run.Chain.ClaimMissed(anyAttemptIndefinite: false);

        Assert.That(run.Chain.PrepareClaim().Manifest.Epoch, Is.EqualTo(2));
        Assert.That(run.Chain.Misses, Is.EqualTo(1));
    }

    [TestCase(false, SkipReason.Taken)]
    [TestCase(true, SkipReason.Unconfirmed)]
    public void A_first_start_that_misses_says_that_state_was_lost_and_begins_another_lineage(bool indefinite, SkipReason why)
    {
        using var run = world.Start();
        var first = run.Chain.PrepareClaim().Manifest;
        run.Chain.ClaimMissed(indefinite);

        var second = run.Chain.PrepareClaim().Manifest;

        Assert.That(first.Start!.Cause, Is.EqualTo(StartCause.FirstStart)); // claims are starts
        Assert.That(second.Start!.Cause, Is.EqualTo(StartCause.StateLost));
        Assert.That(second.Lineage, Is.Not.EqualTo(first.Lineage));
        Assert.That(second.Start.Skipped, Is.EqualTo(new[] { new SkippedEpochs(1, 1, why) }));
    }

    [Test]
    public void Skipped_numbers_are_listed_in_ranges_with_their_reasons_also_over_restarts()
    {
        using (var run = world.Start()) run.Heartbeat();
        using (var run = world.Start())
        {
            run.Chain.PrepareClaim();
            run.Chain.ClaimMissed(false);
            run.Chain.PrepareClaim();
            run.Chain.ClaimMissed(false);
            run.Chain.PrepareClaim();
            run.Chain.ClaimMissed(true);
            run.Chain.PrepareClaim(); // 5: left in flight by what follows
        }

        using var next = world.Start();
        var claim = next.Chain.PrepareClaim().Manifest;
        Assert.That(next.Chain.InFlight, Is.Null, "a left-over start is not resent");
        Assert.That(claim.Epoch, Is.EqualTo(6));
        Assert.That(claim.Start!.Cause, Is.EqualTo(StartCause.Restart)); // a start
        Assert.That(claim.Start.Skipped, Is.EqualTo(new[] { new SkippedEpochs(2, 3, SkipReason.Taken), new SkippedEpochs(4, 5, SkipReason.Unconfirmed) }));
        Assert.That(claim.Start.PreviousEpoch, Is.EqualTo(new ManifestLink(1, 1, next.Spool.Head.Newest!.Value.PayloadSha256))); // confirmed above
    }

    [Test]
    public void A_manifest_left_in_flight_is_sent_again_before_the_claim_and_is_what_the_claim_links_to()
    {
        world.Write(5);
        SignedManifest left;
        using (var run = world.Start())
        {
            run.Ingest();
            run.Claim();
            left = Bind(run);
        }

        using var next = world.Start();
        Assert.That(next.Chain.InFlight!.Envelope, Is.EqualTo(left.Envelope)); // left by the run before
        Assert.That(next.Chain.InFlight.Name, Is.EqualTo(left.Name));
        Assert.That(() => next.Chain.PrepareClaim(), Throws.InvalidOperationException);
        next.SendInFlight();

        Assert.That(next.Chain.PrepareClaim().Manifest.Start!.PreviousEpoch, Is.EqualTo(new ManifestLink(1, 1, left.PayloadSha256))); // a start
        Assert.That(next.Spool.Next(0), Is.Null, "the entry that it binds has left the spool");
    }

    [Test]
    public void A_damaged_manifest_in_flight_ends_its_epoch_and_its_entry_is_bound_anew()
    {
        world.Write(5);
        using (var run = world.Start())
        {
            run.Ingest();
            run.Claim();
            Bind(run);
        }

        var chain = Path.Combine(world.State, ChainFile.Name);
        var bytes = File.ReadAllBytes(chain);
        bytes[ChainFile.OffsetOfInFlight(0) + 500] ^= 1; // the second manifest's slot
        File.WriteAllBytes(chain, bytes);

        using (var run = world.Start())
        {
            Assert.That(run.Chain.InFlight, Is.Null);
            run.Drain();
        }

        var auditor = new Auditor(world);
        auditor.AssertComplete("bound anew");
        var start = auditor.Branch.Last(manifest => manifest.Start is not null);
        Assert.That((start.Epoch, start.Start!.PreviousEpoch!.Value.Sequence), Is.EqualTo((2, 0L))); // a restart
    }

    [Test]
    public void A_receipt_stands_in_the_next_manifest_and_a_chunks_in_its_own()
    {
        world.Write(5);
        using var run = world.Start();
        run.Ingest();
        run.Claim();
        var bound = Bind(run, new Receipt(9, 9, ReceiptObject.Manifest, PutResult.Created, "77", world.Time.GetUtcNow(), null));

        Assert.That(bound.Manifest.Receipts.Select(receipt => (receipt.Epoch, receipt.Sequence, receipt.Object, receipt.Generation)),
            Is.EqualTo(new[] { (1L, 0L, ReceiptObject.Manifest, "17"), (1L, 1L, ReceiptObject.Chunk, "77") }));

        run.SendInFlight();
        var next = run.Chain.BindHeartbeat(new SourceStatus(SourceCondition.Idle, 0, 0));
        Assert.That(next.Manifest.Receipts.Select(receipt => (receipt.Sequence, receipt.Object)), Is.EqualTo(new[] { (1L, ReceiptObject.Manifest) }), "each once");
    }

    [Test]
    public void A_manifest_with_256_ranges_and_256_gaps_of_the_longest_paths_fits_the_envelope()
    {
        world.Write(1);
        using var run = world.Start();
        run.Claim();
        var path = new string('\u0001', 256); // each becomes six bytes
        var gaps = Enumerable.Range(0, Spool.MaxRanges).Select(i => new Gap(long.MaxValue >> 12, world.Range(1, 0, 0).Fingerprint, GapCause.ContinuityUnproven, i, null, path)).ToArray();
        var ranges = Enumerable.Range(0, Spool.MaxRanges - 1).Select(_ => world.Range(1, 0, 0) with { Path = path, Continues = 1, Device = ulong.MaxValue, Inode = ulong.MaxValue }).Append(world.Range(1, 0, world.Log[0].Length)).ToArray();
        run.Append(ranges, world.Log[0], gaps, 1, world.Log[0].Length);

        run.Ship();

        var manifest = new Auditor(world).Branch[^1];
        Assert.That((manifest.Entry.Sources.Count, manifest.Entry.Gaps.Count), Is.EqualTo((256, 256)));
        Assert.That(manifest.Receipts, Has.Count.EqualTo(2));
    }

    [Test]
    public void An_entry_of_more_ranges_than_a_manifest_can_hold_is_not_admitted()
    {
        using var run = world.Start();
        var gaps = Enumerable.Range(0, Spool.MaxRanges + 1).Select(i => new Gap(1, null, GapCause.Unreadable, i, null, "")).ToArray();
        Assert.That(() => run.Ingest(0, gaps), Throws.ArgumentException);
    }

    [Test]
    public void A_gap_moves_the_position_that_later_manifests_state()
    {
        world.Write(5);
        using var run = world.Start();
        run.Drain();
        var end = run.Offset;
        run.Ingest(0, new Gap(1, null, GapCause.Truncated, end, end + 100, "gone"));
        run.Drain();
        run.Heartbeat();
        run.Stop();

        var stated = new Auditor(world).Branch.TakeLast(3).ToArray();
        Assert.That(stated.Select(manifest => manifest.Kind), Is.EqualTo(new[] { ManifestKind.Gap, ManifestKind.Heartbeat, ManifestKind.Stop }));
        Assert.That(stated.Select(manifest => (manifest.Entry.Sources[0].From, manifest.Entry.Sources[0].To)), Is.All.EqualTo((end + 100L, end + 100L)));
    }

    [Test]
    public void A_heartbeat_is_due_half_of_the_silence_after_the_last_confirmation_also_over_a_restart()
    {
        using (var run = world.Start())
        {
            Assert.That(run.Chain.HeartbeatDueIn, Is.EqualTo(TimeSpan.FromMinutes(5)).Within(TimeSpan.FromSeconds(1)), "never confirmed: from the run's start");
            run.Heartbeat();
            world.Time.Advance(TimeSpan.FromMinutes(2));
            Assert.That(run.Chain.HeartbeatDueIn, Is.EqualTo(TimeSpan.FromMinutes(3)).Within(TimeSpan.FromSeconds(1)));
        }

        using var next = world.Start();
        Assert.That(next.Chain.HeartbeatDueIn, Is.EqualTo(TimeSpan.FromMinutes(3)).Within(TimeSpan.FromSeconds(1)));
        world.Time.Advance(TimeSpan.FromMinutes(4));
        Assert.That(next.Chain.HeartbeatDueIn, Is.EqualTo(TimeSpan.Zero));
    }

    [Test]
    public void Nothing_is_bound_before_an_epoch_or_out_of_turn()
    {
        world.Write(10);
        using var run = world.Start();
        run.Ingest(100);
        var second = run.Ingest(100)!; // there is more
        Assert.That(() => run.Chain.Bind(run.Spool.Next(0)!, null), Throws.InvalidOperationException.With.Message.Contains("epoch"));
        run.Claim();
        Assert.That(() => run.Chain.Bind(second, null), Throws.InvalidOperationException.With.Message.Contains("next to bind"));
        Bind(run);
        Assert.That(() => run.Chain.BindStop(), Throws.InvalidOperationException.With.Message.Contains("in flight"));
    }

    [Test]
    public void A_failed_write_of_the_head_or_of_a_manifest_is_made_good_by_the_next_attempt([Values(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)] int at)
    {
        world.Write(10);
        var countdown = int.MaxValue;
        using (var run = world.Start((step, after, path) =>
        {
            if (!after && path.EndsWith(ChainFile.Name, StringComparison.Ordinal) && --countdown == 0) throw new IOException("bad sector", 5);
        }))
        {
            while (run.Ingest(100) is not null)
            {
            }

            countdown = at;
            for (var shipped = true; shipped;)
                try
                {
                    shipped = run.Ship();
                }
                catch (IOException)
                {
                    countdown = int.MaxValue;
                }
        }

        var auditor = new Auditor(world);
        auditor.AssertComplete($"write {at} failed");
        Assert.That(auditor.Astray, Is.Empty);
    }

    private SignedManifest Bind(Run run, Receipt? receipt = null)
    {
        var entry = run.Spool.Next(0)!; // the caller spooled one
        using var bytes = new MemoryStream();
        using (var stream = entry.OpenChunk()) stream.CopyTo(bytes);
        world.Put(entry.Facts.Object!.Name, bytes.ToArray()); // a chunk
        return run.Chain.Bind(entry, receipt);
    }
}
