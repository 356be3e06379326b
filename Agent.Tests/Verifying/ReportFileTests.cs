using System.Text.Json;
using NJsonSchema;
using NUnit.Framework;
using Sealtail.Format;
using Sealtail.Verifying;

namespace Sealtail.Tests.Verifying;

/// <summary>Reports as files: JSON by its published schema, HTML that stands alone and lets nothing from the bucket act.</summary>
internal sealed class ReportFileTests
{
    [Test]
    public async Task Every_report_of_the_catalogue_keeps_the_published_schema()
    {
        var schema = await JsonSchema.FromJsonAsync(File.ReadAllText(Path.Combine(Repository.Root, "docs", "verify-report.schema.json")));
        foreach (var item in TamperCatalogue.All.Where((_, index) => index % 5 == 0))
        {
            VerifyReport? report = null;
            var json = "";
            await item.RunAsync(null, CancellationToken.None, result => (report, json) = (result, JsonReport.Print(result, strict: true)));

            Assert.That(schema.Validate(json), Is.Empty, $"{item.Id}: {json}");
            Assert.That(report!.Streams.All(stream => stream.Requested is null || stream.Timeline.Count > 0));
        }
    }

    [Test]
    public async Task Html_stands_alone_and_lets_nothing_from_the_bucket_act()
    {
        using var chain = new ChainBuilder();
        chain.Start().Chunk().Heartbeat().Lose(GapCause.Unreadable, 1, chain.File.Position, null, "<script>alert(1)</script>\u202e").Chunk().Stop().Wait(TimeSpan.FromMinutes(2)).Start().Chunk();
        using var bucket = chain.Build();
        bucket.Replace("v1/<img src=x onerror=alert(1)>", [1]);
        bucket.Replace(chain.Last.ChunkName, new byte[bucket[chain.Last.ChunkName].Length]);

        var report = await Verification.RunAsync(bucket, chain);
        var html = HtmlReport.Print(report, strict: false);

        Assert.That(html, Does.StartWith("<!DOCTYPE html>").And.EndsWith("</html>\n"));
        Assert.That(html, Does.Not.Contain("<script").And.Not.Contain("<img").And.Not.Contain("\u202e").And.Not.Contain("http://").And.Not.Contain("https://"));
        Assert.That(html, Does.Contain("&lt;script&gt;").And.Contain("CHUNK_DIGEST_MISMATCH").And.Contain("What to do:").And.Contain("FAILED").And.Contain(Digest.Of(chain.Spki).ToString()));
        foreach (var state in new[] { "proven", "idle", "stopped", "gap", "failed" }) Assert.That(html, Does.Contain($"<title>{state}: "), state);
    }

    [Test]
    public async Task The_report_tells_requested_covered_and_uncovered_time_and_the_widest_bracket()
    {
        using var chain = new ChainBuilder();
        chain.Start().Chunk().Wait(TimeSpan.FromMinutes(4)).Chunk().Lose(GapCause.Unreadable, null, 0, null).Chunk().Heartbeat();

        var stream = (await Verification.RunAsync(chain)).Streams.Single();

        Assert.That(stream.Requested, Is.EqualTo(new TimeRange(chain[1, 0].Created, chain.Last.Created)));
        Assert.That(stream.Uncovered, Is.EqualTo(new[] { new TimeRange(chain[1, 2].Created, chain[1, 3].Created) }));
        Assert.That(stream.WidestBracket, Is.EqualTo(new TimeRange(chain[1, 1].Created, chain[1, 2].Created)));
        Assert.That(stream.ClockSkew, Is.EqualTo(TimeSpan.Zero));
        Assert.That(stream.Timeline.Select(segment => segment.State), Is.EqualTo(new[] { TimelineState.Proven, TimelineState.Gap, TimelineState.Idle }));
    }

    [Test]
    public async Task A_manifest_created_again_later_does_not_make_the_next_one_look_backdated()
    {
        using var chain = new ChainBuilder();
        chain.Start().Chunk().Chunk().Heartbeat();
        using var bucket = chain.Build();
        bucket.Replace(chain[1, 1].Name, bucket[chain[1, 1].Name], chain[1, 1].Created.AddMinutes(5));

        var report = await Verification.RunAsync(bucket, chain, new VerifyOptions { To = chain.Now });

        Assert.That(report.Ids(Severity.Warning), Is.EqualTo(new[] { "OBJECT_REPLACED" }), "its receipt has the first creation");
    }

    [Test]
    public async Task A_source_rolled_back_twice_is_compared_with_the_newest_reading_of_each_part()
    {
        const string Line = "{\"n\":1}\n";
        using var chain = new ChainBuilder();
        chain.Start().Chunk(Line).Chunk(Line).Chunk(Line);
        chain.Lose(GapCause.SourceRolledBack, 1, 16, 24);
        chain.Switch(chain.NextFile(continues: chain.File, position: 16)).ReadTo(24).Seal();
        chain.Lose(GapCause.SourceRolledBack, 2, 8, 24);
        chain.Switch(chain.NextFile(continues: chain.File, position: 8)).ReadTo(24).Seal().Chunk(Line);

        var stream = (await Verification.RunAsync(chain)).Streams.Single();

        Assert.That((stream.Records, stream.Bytes), Is.EqualTo((4L, 32L)));
    }
}
