using System.Text;
using NUnit.Framework;
using Sealtail.Format;
using Sealtail.Tests.Support;
using Sealtail.Verifying;

namespace Sealtail.Tests.Verifying;

/// <summary>The same source bytes shipped twice, after lost state: counted once, and what joins two lineages.</summary>
internal sealed class RepeatTests : IDisposable
{
    private readonly ChainBuilder chain = new();

    public void Dispose() => chain.Dispose();

    [Test]
    public async Task A_new_lineage_that_reads_to_where_the_old_one_ended_joins_it()
    {
        chain.Start().Chunk().Chunk().LoseState().Chunk().Chunk();

        var report = await Verification.RunAsync(chain);

        Assert.That(report.Weighing(), Is.EqualTo(new[] { "SOURCE_RANGE_DUPLICATE 2/1" }));
        Assert.That(report.ExitCode(false), Is.Zero);
        var stream = report.Streams.Single();
        Assert.That((stream.Records, stream.Bytes), Is.EqualTo((4L, (long)chain.File.Bytes.Count)));
        Assert.That(stream.Covered, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_lineage_that_begins_after_the_old_ones_end_is_not_joined()
    {
        chain.Start().Chunk().Chunk().LoseState();
        chain.Last.Manifest = chain.Last.Manifest with { Entry = chain.Last.Manifest.Entry with { Sources = [] } };
        chain.File.Bytes.AddRange(Encoding.UTF8.GetBytes(chain.NextRecord()));
        chain.File.Position = chain.File.Bytes.Count;
        chain.Chunk();

        var report = await Verification.RunAsync(chain);

        Assert.That(report.Weighing(), Is.EqualTo(new[] { "LINEAGE_NOT_JOINED 2/0" }));
        Assert.That(report.ExitCode(false), Is.EqualTo(3));
        Assert.That(report.Streams.Single().Covered, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task A_repeat_that_ends_before_the_old_ones_end_does_not_join()
    {
        chain.Start().Chunk().Chunk().Chunk();
        var half = chain[1, 1].Plain is null ? 0 : chain.File.Bytes.Count / 3;
        chain.LoseState().ReadTo(half).Seal();

        var report = await Verification.RunAsync(chain);

        Assert.That(report.Weighing(), Is.EqualTo(new[] { "LINEAGE_NOT_JOINED 2/0", "SOURCE_RANGE_DUPLICATE 2/1" }));
    }

    [Test]
    public async Task Different_bytes_at_the_same_place_are_a_conflict()
    {
        chain.Start().Chunk("{\"same\":\"" + new string('x', 1100) + "\"}\n").Chunk("{\"a\":1}\n").LoseState();
        var bytes = chain.File.Bytes;
        bytes[^3] = (byte)'2';
        chain.ReadTo(bytes.Count).Seal();

        var report = await Verification.RunAsync(chain);

        Assert.That(report.Weighing(), Is.EqualTo(new[] { "LINEAGE_NOT_JOINED 2/0", "SOURCE_RANGE_CONFLICT 2/1" }));
        Assert.That(report.Streams.Single().Records, Is.EqualTo(3), "both readings of the second record count, and the first once");
    }

    [Test]
    public async Task Another_file_of_another_beginning_is_no_repeat()
    {
        chain.Start().Chunk("{\"one\":1}\n").LoseState();
        chain.File.Bytes.Clear();
        chain.Chunk("{\"two\":2}\n");

        Assert.That((await Verification.RunAsync(chain)).Weighing(), Is.EqualTo(new[] { "LINEAGE_NOT_JOINED 2/0" }));
    }

    [Test]
    public async Task Of_two_files_with_equal_beginnings_the_equal_one_is_the_repeat()
    {
        var beginning = "{\"long\":\"" + new string('b', 1100) + "\"}\n";
        chain.Start().Read(beginning).Read("{\"file\":1}\n").Rotate().Seal().Read(beginning).Read("{\"file\":2}\n").Seal();
        var second = chain.File;
        chain.LoseState();
        chain.Switch(second.As(2)).ReadTo(second.Bytes.Count).Seal();

        var report = await Verification.RunAsync(chain);

        Assert.That(report.Weighing(), Is.EqualTo(new[] { "SOURCE_RANGE_DUPLICATE 2/1" }));
        Assert.That(report.Streams.Single().Records, Is.EqualTo(4));
    }

    [Test]
    public async Task Within_a_lineage_equal_files_are_no_repeat()
    {
        chain.Start().Read("{\"same\":1}\n").Rotate().Seal().Read("{\"same\":1}\n").Seal();

        var report = await Verification.RunAsync(chain);

        Assert.That(report.Weighing(), Is.Empty);
        Assert.That(report.Streams.Single().Records, Is.EqualTo(2));
    }

    [Test]
    public async Task A_repeat_over_rotations_counts_once_and_joins()
    {
        chain.Start().Read().Read().Rotate().Seal().Chunk();
        var (first, second) = (FileOf(1, 1), chain.File);
        chain.LoseState();
        chain.Switch(first.As(1)).ReadTo(first.Bytes.Count).Rotate();
        chain.Switch(second.As(2)).Seal().ReadTo(second.Bytes.Count).Seal().Chunk();

        var report = await Verification.RunAsync(chain);

        Assert.That(report.Ids(Severity.Inconclusive), Is.Empty);
        Assert.That(report.Ids(Severity.Error), Is.Empty);
        Assert.That(report.Streams.Single().Records, Is.EqualTo(4));
    }

    [Test]
    public async Task Only_what_lies_in_the_interval_counts()
    {
        chain.Start().Chunk().Chunk().Wait(TimeSpan.FromMinutes(5)).LoseState().Chunk().Chunk();

        var report = await Verification.RunAsync(chain, new VerifyOptions { From = chain[2, 0].Created, To = chain[2, 2].Created });

        Assert.That(report.ExitCode(false), Is.Zero, string.Join('\n', report.Findings));
        Assert.That((report.Streams.Single().Records, report.Streams.Single().Bytes), Is.EqualTo((4L, (long)chain.File.Bytes.Count)));
    }

    [Test]
    public async Task Three_readings_count_once()
    {
        chain.Start().Chunk().Chunk().LoseState().Chunk().LoseState(StartCause.StateCorrupt).Chunk();

        var report = await Verification.RunAsync(chain);

        Assert.That(report.ExitCode(false), Is.Zero, string.Join('\n', report.Findings));
        Assert.That((report.Streams.Single().Records, report.Streams.Single().Bytes), Is.EqualTo((4L, (long)chain.File.Bytes.Count)));
    }

    [Test]
    public async Task A_refuted_chunk_repeats_nothing([Values(1, 2)] int epoch)
    {
        chain.Start().Chunk("{\"same\":\"" + new string('x', 1100) + "\"}\n").LoseState().Chunk();
        using var bucket = chain.Build();
        bucket.Replace(chain[epoch, 1].ChunkName, new byte[bucket[chain[epoch, 1].ChunkName].Length]);

        var report = await Verification.RunAsync(bucket, chain);

        Assert.That(report.ExitCode(false), Is.EqualTo(1));
        Assert.That(report.Weighing(), Does.Contain($"CHUNK_DIGEST_MISMATCH {epoch}/1").And.Contain("LINEAGE_NOT_JOINED 2/0"));
    }

    [Test]
    public async Task Manifests_alone_do_not_prove_a_repeat()
    {
        chain.Start().Chunk("{\"same\":\"" + new string('x', 1100) + "\"}\n").LoseState().Chunk();

        var report = await Verification.RunAsync(chain, new VerifyOptions { ManifestsOnly = true });

        Assert.That(report.Weighing(), Is.EqualTo(new[] { "LINEAGE_NOT_JOINED 2/0", "SOURCE_RANGE_DUPLICATE 2/1" }));
    }

    // The file as it was shipped, from the chunk of one range that holds it.
    private ChainBuilderFile FileOf(long epoch, long sequence)
    {
        var draft = chain[epoch, sequence];
        return new ChainBuilderFile(1) { Inode = draft.Manifest.Entry.Sources[0].Inode, Bytes = [.. draft.Plain!] }; // a chunk
    }
}
