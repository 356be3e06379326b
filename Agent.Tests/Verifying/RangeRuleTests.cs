using NUnit.Framework;
using Sealtail.Format;
using Sealtail.Tests.Support;
using Sealtail.Verifying;

namespace Sealtail.Tests.Verifying;

/// <summary>Tiling of source ranges (docs/format.md, "Source ranges"): what follows what, and what must be declared.</summary>
internal sealed class RangeRuleTests : IDisposable
{
    private const string Line = "{\"n\":1}\n"; // 8 bytes
    private readonly ChainBuilder chain = new();

    public void Dispose() => chain.Dispose();

    [Test]
    public async Task A_hole_within_a_file_must_be_declared([Values] bool isDeclared)
    {
        chain.Start().Chunk(Line);
        chain.File.Bytes.AddRange(new byte[100]);
        chain.File.Position += 100;
        if (isDeclared) chain.Lose(GapCause.Unreadable, 1, 8, 108);
        chain.Chunk(Line).Chunk(Line);

        await ExpectAsync(isDeclared ? "GAP 1/2" : "RANGES_NOT_TILED 1/2");
    }

    [Test]
    public async Task A_gap_that_names_less_than_the_hole_does_not_declare_it([Values(7, 9, 107)] int wrong)
    {
        chain.Start().Chunk(Line);
        chain.File.Bytes.AddRange(new byte[100]);
        chain.File.Position += 100;
        chain.Lose(GapCause.Unreadable, wrong == 7 ? 2 : 1, wrong == 9 ? 9 : 8, wrong == 107 ? 107 : 108).Chunk(Line);

        await ExpectAsync("GAP 1/2", "RANGES_NOT_TILED 1/2");
    }

    [Test]
    public async Task Gaps_one_after_the_other_declare_one_hole()
    {
        chain.Start().Chunk(Line);
        chain.File.Bytes.AddRange(new byte[100]);
        chain.File.Position += 100;
        chain.Lose(GapCause.Unreadable, 1, 50, 108).Lose(GapCause.SpoolDamaged, 1, 8, 50).Chunk(Line);

        await ExpectAsync("GAP 1/2", "GAP 1/2");
    }

    [Test]
    public async Task Reading_a_range_twice_is_not_tiled()
    {
        chain.Start().Chunk(Line);
        chain.File.Position = 0;
        chain.ReadTo(8).Seal();

        await ExpectAsync("RANGES_NOT_TILED 1/2");
    }

    [Test]
    public async Task A_new_file_needs_the_end_of_the_one_before([Values] bool isDeclared)
    {
        chain.Start().Chunk(Line);
        if (isDeclared) chain.Lose(GapCause.RotatedAway, 1, 8, null);
        chain.Switch(chain.NextFile()).Chunk(Line);

        await ExpectAsync(isDeclared ? "GAP 1/2" : "RANGES_NOT_TILED 1/2");
    }

    [Test]
    public async Task A_new_file_begins_at_zero_unless_declared([Values] bool isDeclared)
    {
        chain.Start().Read(Line).Rotate();
        chain.File.Bytes.AddRange(new byte[50]);
        chain.File.Position = 50;
        if (isDeclared) chain.Lose(GapCause.SpoolDamaged, 2, 0, 50);
        chain.Read(Line).Seal();

        await ExpectAsync(isDeclared ? "GAP 1/1" : "RANGES_NOT_TILED 1/1");
    }

    [Test]
    public async Task A_file_number_left_out_must_be_declared_lost([Values("not", "named", "unknown")] string how)
    {
        chain.Start().Read(Line).Rotate();
        var lost = chain.File.Number;
        if (how != "not") chain.Lose(GapCause.RotatedAway, how == "named" ? lost : null, 0, null);
        chain.Switch(chain.NextFile()).Read(Line).Seal();

        await ExpectAsync(how == "not" ? "RANGES_NOT_TILED 1/1" : "GAP 1/1");
    }

    [Test]
    public async Task Nothing_follows_the_final_range_of_a_file()
    {
        chain.Start().Read(Line);
        var file = chain.File;
        chain.Rotate().Seal().Switch(file).Chunk(Line);

        await ExpectAsync("RANGES_NOT_TILED 1/2");
    }

    [Test]
    public async Task A_finished_file_that_grew_is_a_late_write_and_reading_may_return()
    {
        chain.Start().Read(Line);
        var finished = chain.File;
        chain.Rotate().Seal().Chunk(Line);
        var interrupted = chain.File;
        var late = chain.NextFile(continues: finished);
        chain.Switch(late).Chunk(Line);
        chain.Switch(chain.NextFile(continues: interrupted)).Chunk(Line).Rotate().Chunk(Line);

        // The file that continued the finished one has no end of its own yet.
        await ExpectAsync("LATE_WRITE 1/3", "LATE_WRITE 1/4", "RANGES_NOT_TILED 1/5");
    }

    [Test]
    public async Task A_late_write_that_ended_and_a_return_tile()
    {
        chain.Start().Read(Line);
        var finished = chain.File;
        chain.Rotate().Seal().Chunk(Line);
        var interrupted = chain.File;
        chain.Switch(chain.NextFile(continues: finished)).Read(Line).Rotate();
        chain.Switch(chain.File.As(chain.File.Number, interrupted.Position, interrupted.Number));
        chain.File.Bytes.Clear();
        chain.File.Bytes.AddRange(interrupted.Bytes);
        chain.Read(Line).Seal().Rotate().Chunk(Line);

        await ExpectAsync("LATE_WRITE 1/3", "LATE_WRITE 1/3");
    }

    [Test]
    public async Task A_file_may_continue_only_a_known_one_from_its_end([Values("unknown", "later")] string how)
    {
        chain.Start().Chunk(Line);
        var file = chain.NextFile(continues: chain.File);
        if (how == "later") file = new ChainBuilderFile(file.Number) { Continues = 1, Bytes = [.. file.Bytes, .. new byte[5]], Position = 13 };
        else file = new ChainBuilderFile(file.Number) { Continues = 7, Bytes = file.Bytes, Position = 8 };
        chain.Switch(file).Chunk(Line);

        await ExpectAsync("RANGES_NOT_TILED 1/2");
    }

    [Test]
    public async Task A_rolled_back_source_is_read_again_and_equal_records_count_once([Values] bool isDeclared)
    {
        chain.Start().Chunk(Line).Chunk(Line).Chunk(Line);
        if (isDeclared) chain.Lose(GapCause.SourceRolledBack, 1, 8, 24);
        var again = chain.NextFile(continues: chain.File, position: 8);
        again.Bytes.RemoveRange(16, 8);
        chain.Switch(again).Read("{\"new\":2}\n").Seal();

        var report = await Verification.RunAsync(chain);

        Assert.That(report.Weighing(), Is.EquivalentTo(isDeclared ? ["GAP 1/4", "SOURCE_RANGE_DUPLICATE 1/4"] : new[] { "RANGES_NOT_TILED 1/4" }));
        if (isDeclared) Assert.That((report.Streams.Single().Records, report.Streams.Single().Bytes), Is.EqualTo((4L, 31L)), "one record and the equal beginning of the next again, the rest new");
    }

    [Test]
    public async Task A_stated_position_is_the_chains()
    {
        chain.Start().Chunk(Line).Heartbeat().Stop();
        chain[1, 2].Change = manifest => Position(manifest, 7);
        chain[1, 3].Change = manifest => Position(manifest, 9);

        await ExpectAsync("RANGES_NOT_TILED 1/2", "RANGES_NOT_TILED 1/3", "SOURCE_NOT_IDLE 1/3"); // the heartbeat's size is another now
    }

    [Test]
    public async Task A_position_must_be_stated_once_something_was_read()
    {
        chain.Start().Chunk(Line).Stop();
        chain[1, 2].Change = manifest => manifest with { Entry = manifest.Entry with { Sources = [] } };

        await ExpectAsync("RANGES_NOT_TILED 1/2");
    }

    [Test]
    public async Task A_manifest_without_chunk_states_one_empty_range()
    {
        chain.Start().Chunk(Line).Heartbeat();
        chain[1, 2].Change = manifest => manifest with { Entry = manifest.Entry with { Sources = [manifest.Entry.Sources[0], manifest.Entry.Sources[0]] } };

        await ExpectAsync("MANIFEST_CONTRADICTORY 1/2");
    }

    [Test]
    public async Task A_position_moves_past_the_gaps_of_its_own_manifest([Values] bool hasMoved)
    {
        chain.Start().Chunk(Line).Lose(GapCause.Unreadable, 1, 8, 108);
        chain.File.Bytes.AddRange(new byte[100]);
        if (hasMoved) chain.File.Position = 108;
        chain.TellGaps();
        chain.File.Position = 108;
        chain.Chunk(Line);

        await ExpectAsync(hasMoved ? ["GAP 1/2"] : ["GAP 1/2", "RANGES_NOT_TILED 1/2"]);
    }

    [Test]
    public async Task A_gap_told_before_declares_the_step_after_it()
    {
        chain.Start().Chunk(Line).Lose(GapCause.RotatedAway, 1, 8, null).TellGaps().Heartbeat();
        chain.Switch(chain.NextFile()).Chunk(Line);

        await ExpectAsync("GAP 1/2");
    }

    [Test]
    public async Task Ranges_tile_across_epochs([Values] bool isTorn)
    {
        chain.Start().Chunk(Line).Stop();
        if (isTorn)
        {
            chain.File.Bytes.AddRange(new byte[4]);
            chain.File.Position += 4;
        }

        chain.Start().Chunk(Line);

        await ExpectAsync(isTorn ? ["RANGES_NOT_TILED 2/0"] : []);
    }

    [Test]
    public async Task A_lineages_first_range_may_be_anywhere()
    {
        chain.File = new ChainBuilderFile(17) { Bytes = [.. new byte[5000]], Position = 5000 };
        chain.Start();
        chain[1, 0].Change = manifest => manifest with { Entry = manifest.Entry with { Sources = [] } };
        chain.Chunk(Line).Chunk(Line);

        await ExpectAsync();
    }

    [Test]
    public async Task Ranges_that_add_up_beyond_any_number_do_no_harm()
    {
        chain.Start().Chunk(Line);
        chain[1, 1].Change = manifest => manifest with
        {
            Entry = manifest.Entry with { Sources = [.. Enumerable.Range(1, 300).Select(n => manifest.Entry.Sources[0] with { File = n, From = 0, To = StrictJson.MaxInteger, Fingerprint = new Fingerprint(1024, default) })] },
        };

        Assert.That((await Verification.RunAsync(chain)).ExitCode(false), Is.EqualTo(1));
    }

    private static Manifest Position(Manifest manifest, long at) =>
        manifest with { Entry = manifest.Entry with { Sources = [manifest.Entry.Sources[0] with { From = at, To = at, Fingerprint = Fingerprint.Of(new byte[at]) }] } };

    private async Task ExpectAsync(params string[] findings) => Assert.That((await Verification.RunAsync(chain)).Weighing(), Is.EqualTo(findings));
}
