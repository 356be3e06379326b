using NUnit.Framework;
using Sealtail.Tests.Support;
using Sealtail.Verifying;

namespace Sealtail.Tests.Verifying;

/// <summary>Two runs of one stream that take turns: their readings are compared, whichever of them comes first in epoch order.</summary>
internal sealed class CloneRepeatTests : IDisposable
{
    private readonly ChainBuilder chain = new();

    public void Dispose() => chain.Dispose();

    [Test]
    public async Task Clones_that_ship_different_lines_are_a_conflict_though_the_clone_comes_first([Values] bool isLong)
    {
        Diverge(isLong, "{\"clone\":1}\n", "{\"original\":1}\n");

        var report = await Verification.RunAsync(chain);

        Assert.That(report.Weighing(), Is.EquivalentTo(new[] { "SOURCE_RANGE_CONFLICT 3/1", "STALE_LINK 2/0" }));
        Assert.That(report.ExitCode(false), Is.EqualTo(3));
        Assert.That(report.Streams.Single().Records, Is.EqualTo(3));
    }

    [Test]
    public async Task Clones_that_ship_equal_lines_count_once_and_the_later_epoch_repeats([Values] bool isLong)
    {
        Diverge(isLong, "{\"same\":1}\n", "{\"same\":1}\n");

        var report = await Verification.RunAsync(chain);

        Assert.That(report.Weighing(), Is.EquivalentTo(new[] { "SOURCE_RANGE_DUPLICATE 3/1", "STALE_LINK 2/0" }));
        Assert.That(report.ExitCode(false), Is.Zero);
        Assert.That((report.Streams.Single().Records, report.Streams.Single().Bytes), Is.EqualTo((2L, (long)chain.File.Bytes.Count)));
    }

    [Test]
    public async Task Two_clones_of_one_snapshot_are_compared_with_each_other_and_what_is_equal_counts_once([Values] bool isLong)
    {
        chain.Start().Chunk(First(isLong));
        var (snapshot, file) = (chain.Last, chain.File.As(1, chain.File.Position));
        chain.Chunk("{\"shared\":1}\n").Chunk("{\"original\":1}\n").Stop();
        chain.Switch(file.As(1, file.Position)).Start(link: snapshot).Chunk("{\"shared\":1}\n").Chunk("{\"of\":\"both\"}\n").Chunk("{\"clone\":1}\n");
        chain.Switch(file.As(1, file.Position)).Start(link: snapshot).Chunk("{\"shared\":1}\n").Chunk("{\"of\":\"both\"}\n").Chunk("{\"clone\":2}\n");

        var report = await Verification.RunAsync(chain);

        Assert.That(report.Ids(Severity.Inconclusive), Is.EqualTo(new[] { "SOURCE_RANGE_CONFLICT" }));
        Assert.That(report.Findings.Count(finding => finding.Kind == FindingKind.SourceRangeConflict), Is.EqualTo(3), "each with each");
        Assert.That(report.Streams.Single().Records, Is.EqualTo(6), "every different record once");
    }

    [Test]
    public async Task An_old_state_that_comes_back_and_ships_what_the_new_lineage_shipped_counts_once()
    {
        AShipsThenB();
        chain.ReadTo(chain.File.Bytes.Count).Seal();

        var report = await Verification.RunAsync(chain);

        Assert.That(report.Weighing(), Is.EqualTo(new[] { "SOURCE_RANGE_DUPLICATE 2/1" }));
        Assert.That(report.ExitCode(false), Is.Zero, "the new lineage joined where the old one ended then");
        Assert.That((report.Streams.Single().Records, report.Streams.Single().Bytes), Is.EqualTo((3L, (long)chain.File.Bytes.Count)));
    }

    [Test]
    public async Task An_old_state_that_comes_back_and_ships_other_lines_is_a_conflict()
    {
        AShipsThenB();
        chain.File.Bytes[^3] ^= 1;
        chain.ReadTo(chain.File.Bytes.Count).Seal();

        var report = await Verification.RunAsync(chain);

        Assert.That(report.Weighing(), Is.EqualTo(new[] { "SOURCE_RANGE_CONFLICT 3/1" }));
        Assert.That(report.ExitCode(false), Is.EqualTo(3));
        Assert.That(report.Streams.Single().Records, Is.EqualTo(4), "three, and the other third");
    }

    [Test]
    public async Task Of_a_file_that_one_clone_read_further_at_once_the_other_ones_beginning_is_compared()
    {
        chain.Start().Chunk();
        var (snapshot, file) = (chain.Last, chain.File.As(1, chain.File.Position));
        chain.Rotate().Seal().Read("{\"same\":1}\n").Read(First(isLong: true)).Seal().Stop();
        chain.Switch(file).Start(link: snapshot).Rotate().Seal();
        chain.Switch(new ChainBuilderFile(2)).Chunk("{\"same\":1}\n");

        var report = await Verification.RunAsync(chain);

        Assert.That(report.Ids(Severity.Warning), Does.Contain("SOURCE_RANGE_DUPLICATE"));
        Assert.That(report.Streams.Single().Records, Is.EqualTo(3));
    }

    [Test]
    public async Task Two_stretches_of_one_file_in_one_chunk_are_both_compared()
    {
        chain.Start().Read();
        var finished = chain.File;
        chain.Rotate().Read().Switch(chain.NextFile(continues: finished)).Read("{\"late\":1}\n").Seal();
        chain.LoseState().ReadTo(chain.File.Bytes.Count).Seal();

        var report = await Verification.RunAsync(chain);

        Assert.That(report.Weighing(), Is.EquivalentTo(new[] { "LATE_WRITE 1/1", "SOURCE_RANGE_DUPLICATE 2/1" }));
        Assert.That(report.Streams.Single().Records, Is.EqualTo(3));
    }

    // A snapshot at 1.1, the end at 1.2; the clone goes on from the snapshot, then the original from its end.
    private void Diverge(bool isLong, string clone, string original)
    {
        chain.Start().Chunk(First(isLong));
        var (snapshot, file) = (chain.Last, chain.File.As(1, chain.File.Position));
        var end = chain.Stop().Last;
        chain.Switch(file.As(1, file.Position)).Start(link: snapshot).Chunk(clone);
        chain.Switch(file).Start(link: end).Chunk(original);
    }

    // A ships two records; B, which knows nothing of it, all three; then A's state is back.
    private void AShipsThenB()
    {
        chain.Start().Chunk().Chunk();
        var (lineage, end, file) = (chain.Lineage, chain.Last, chain.File.As(1, chain.File.Position));
        chain.LoseState().Chunk();
        file.Bytes.AddRange(chain.File.Bytes.Skip((int)file.Position));
        chain.Lineage = lineage;
        chain.Switch(file).Start(link: end);
    }

    // Long: the fingerprint covers it and no more.
    private string First(bool isLong) => isLong ? $"{{\"x\":\"{new string('x', 1100)}\"}}\n" : chain.NextRecord();
}
