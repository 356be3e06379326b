using NUnit.Framework;
using Sealtail.Format;
using Sealtail.Verifying;

namespace Sealtail.Tests.Faults;

/// <summary>
/// Random schedules of everything a store can do wrong, with agents that are killed, cloned, put back or robbed of their state: never a fork, never a
/// silent hole, each byte counted once, and what happened is named.
/// </summary>
internal sealed class StoreFaultTests
{
    [Test]
    public async Task A_store_that_goes_wrong_costs_nothing_and_is_told_from_what_was_done_to_the_agent() => await ScheduleAsync(Campaign.Seed(), 16);

    /// <summary>The tests' copy of the store gave other generations than the receipts name, so that its times proved nothing and this was never told.</summary>
    [Test]
    public async Task A_number_left_behind_and_claimed_later_by_an_agent_without_its_state_is_told_as_a_second_agent()
    {
        await using var schedule = await StoreSchedule.StartAsync(Campaign.Seed());
        var record = await schedule.RunAsync(schedule.ClaimBehindAsync);

        var ids = record.Report.Findings.Select(finding => finding.Kind.Id).ToList();
        Assert.That(record.Manifests.Where(manifest => manifest.Start is not null).Select(manifest => (manifest.Epoch, manifest.Start!.Cause)), Is.EqualTo(new[] { (1L, StartCause.FirstStart), (2L, StartCause.Restart) }), $"{record}");
        Assert.That(ids, Does.Contain("CONCURRENT_EPOCHS").And.Contain("SOURCE_RANGE_DUPLICATE").And.Not.Contain("TIME_UNPROVEN"), $"{record}");
        Assert.That(record.Report.Streams.Single().Bytes, Is.EqualTo(schedule.Node.Written.Length), $"{record}");
    }

    [Test]
    [Explicit]
    [Category(Campaign.Category)]
    public async Task A_thousand_schedules_of_a_store_that_goes_wrong_cost_nothing()
    {
        const int schedules = 1000;
        var (cloned, putBack, deleted) = await ScheduleAsync(Campaign.Seed(), schedules);
        Campaign.Tell($"{schedules} schedules of store faults ({cloned} with a clone, {putBack} with a state put back, {deleted} with a state deleted): no fork, no hole, every byte counted once, what happened named");
    }

    private static async Task<(int Cloned, int PutBack, int Deleted)> ScheduleAsync(int first, int count)
    {
        var (cloned, putBack, deleted) = (0, 0, 0);
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (i, _) =>
        {
            var seed = unchecked(first + (i * 7919));
            await using var schedule = await StoreSchedule.StartAsync(seed);
            NodeRecord record;
            try
            {
                record = await schedule.RunAsync();
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}: {schedule.Story}", e);
            }

            Judge(schedule, record, $"seed {seed}: {schedule.Story}\n{record}");
            Interlocked.Add(ref cloned, schedule.WasCloned ? 1 : 0);
            Interlocked.Add(ref putBack, schedule.WasPutBack ? 1 : 0);
            Interlocked.Add(ref deleted, schedule.WasDeleted ? 1 : 0);
        });
        return (cloned, putBack, deleted);
    }

    private static void Judge(StoreSchedule schedule, NodeRecord record, string context)
    {
        var findings = record.Report.Findings;
        Assert.That(findings.Where(finding => finding.Severity == Severity.Error), Is.Empty, context);
        // A chunk that seems younger than its manifest looks recreated: the one thing that only the store's clock can be blamed for (docs, "Limits").
        Assert.That(schedule.ByJumpedClock?.Report.Findings.Where(finding => finding.Severity == Severity.Error).Select(finding => finding.Kind.Id) ?? [], Is.All.EqualTo("OBJECT_REPLACED"), $"{context}\n{schedule.ByJumpedClock}");
        Assert.That(record.Gaps, Is.Empty, context); // the log is all there: nothing has to be lost
        Assert.That(record.Report.Streams.Single().Bytes, Is.EqualTo(schedule.Node.Written.Length), context);
        var ids = findings.Select(finding => finding.Kind.Id).ToHashSet();
        if (!schedule.WasCloned && !schedule.WasPutBack && !schedule.WasDeleted)
        {
            Assert.That(record.Report.ExitCode(strict: false), Is.Zero, context);
            Assert.That(ids, Does.Not.Contain("SOURCE_RANGE_DUPLICATE"), context);
            // The reply to the very first claim may be lost, and then nobody can say whose the number is: the agent assumes the worse.
            Assert.That(
                record.Manifests.Select(manifest => manifest.Start).OfType<EpochStart>().Where(start => start is not { PreviousEpoch: null, Skipped: [{ Why: SkipReason.Unconfirmed }, ..] }).Select(start => start.Cause),
                Is.All.AnyOf(StartCause.FirstStart, StartCause.Restart), context);
        }

        // A repeat is in the record only where somebody meddled, and then something else says so too; not where a state was put back that knew of no epoch.
        if (ids.Contains("SOURCE_RANGE_DUPLICATE"))
            Assert.That(schedule.WasPutBack || ids.Contains("STALE_LINK") || ids.Contains("CONCURRENT_EPOCHS") || record.Manifests.Any(manifest => manifest.Start?.Cause is StartCause.StateLost), Is.True, context);
    }
}
