using System.Text.Json;
using NUnit.Framework;
using Sealtail.Buckets;
using Sealtail.Format;
using Sealtail.Tests.Support;
using Sealtail.Verifying;
using Spectre.Console;

namespace Sealtail.Tests.Verifying;

/// <summary>What the reports say, and that nothing in them acts on a terminal.</summary>
internal sealed class ReportTests : IDisposable
{
    private readonly ChainBuilder chain = new();

    public void Dispose() => chain.Dispose();

    [Test]
    public async Task Json_has_the_documented_shape()
    {
        chain.Start().Chunk().Lose(GapCause.Unreadable, null, 0, null).Chunk().Heartbeat();

        using var json = JsonDocument.Parse(JsonReport.Print(await Verification.RunAsync(chain), strict: false));

        var root = json.RootElement;
        Assert.That(root.GetProperty("result").GetString(), Is.EqualTo("inconclusive"));
        Assert.That(root.GetProperty("scope").GetString(), Is.EqualTo("full"));
        var stream = root.GetProperty("streams")[0];
        Assert.That(stream.EnumerateObject().Select(member => member.Name), Is.EqualTo(new[] { "stream", "epochs", "manifests", "chunks", "records", "bytes", "gaps", "heartbeats", "covered", "requested", "uncovered", "timeline", "widestBracket", "clockSkewSeconds", "result" }));
        Assert.That(stream.GetProperty("covered")[0].GetProperty("from").GetString(), Is.EqualTo(Timestamp.Print(chain.Drafts[0].Created)));
        var finding = root.GetProperty("findings").EnumerateArray().Single(item => item.GetProperty("id").GetString() == "GAP");
        Assert.That(finding.EnumerateObject().Select(member => member.Name), Is.EqualTo(new[] { "id", "severity", "stream", "epoch", "sequence", "object", "message" }));
        Assert.That(finding.GetProperty("severity").GetString(), Is.EqualTo("inconclusive"));
        Assert.That((finding.GetProperty("epoch").GetInt64(), finding.GetProperty("sequence").GetInt64()), Is.EqualTo((1L, 2L)));
    }

    [Test]
    public async Task Nothing_from_the_bucket_acts_on_a_terminal()
    {
        chain.Start().Chunk().Lose(GapCause.Unreadable, null, 0, null, "\u001b[2J\u202eevil\u2028[red]\r\n").Chunk();
        using var bucket = chain.Build();
        bucket.Replace("v1/\u001b]0;x\u0007\u2066[bold]\u009b", []);

        var report = await Verification.RunAsync(bucket, chain);

        foreach (var text in new[] { JsonReport.Print(report, false), Human(report) })
        {
            Assert.That(text.Where(c => c is not '\n' and (< ' ' or '\u007f' or (>= '\u0080' and <= '\u009f') or '\u2028' or '\u2029' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069'))), Is.Empty);
            Assert.That(text, Does.Contain("[red]").And.Contain("[bold]"), "markup is text");
        }
    }

    [Test]
    public async Task People_read_the_verdict_the_streams_what_to_do_and_whom_they_trusted()
    {
        chain.Start().Chunk();
        chain[1, 1].ChunkIsAbsent = true;

        var text = Human(await Verification.RunAsync(chain));

        Assert.That(text, Does.StartWith("FAILED: "));
        Assert.That(text, Does.Contain("CHUNK_MISSING (error)").And.Contain("What to do: ").And.Contain(chain.Stream.ToString()).And.Contain(Digest.Of(chain.Spki).ToString()).And.Contain("NO_INVENTORY"));
    }

    [Test]
    public void Every_kind_of_finding_has_an_id_of_its_own_a_meaning_and_a_next_step()
    {
        var kinds = typeof(FindingKind).GetFields(System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Static).Select(field => field.GetValue(null)).OfType<FindingKind>().ToArray();

        Assert.That(kinds, Has.Length.GreaterThan(40));
        Assert.That(kinds.Select(kind => kind.Id), Is.Unique.And.All.Match("^[A-Z]+(_[A-Z]+)*$"));
        Assert.That(kinds.Select(kind => kind.Meaning).Concat(kinds.Select(kind => kind.NextStep)), Has.All.EndsWith("."));
    }

    [TestCase(Severity.Info, false, 0)]
    [TestCase(Severity.Warning, false, 0)]
    [TestCase(Severity.Warning, true, 4)]
    [TestCase(Severity.Inconclusive, true, 3)]
    [TestCase(Severity.Error, true, 1)]
    public void The_worst_finding_decides_the_exit_code(Severity worst, bool strict, int code)
    {
        var report = new VerifyReport
        {
            Bucket = "b",
            ManifestsOnly = false,
            AsOf = default,
            From = null,
            To = null,
            Trust = new TrustPolicy([]),
            Streams = [],
            Findings = [new Finding(FindingKind.Delayed, Severity.Info, null, null, null, null, ""), new Finding(FindingKind.Delayed, worst, null, null, null, null, "")],
        };

        Assert.That(report.ExitCode(strict), Is.EqualTo(code));
    }

    private static string Human(VerifyReport report)
    {
        var output = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output), Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
        console.Profile.Width = 500;
        HumanReport.Print(report, console);
        return output.ToString();
    }
}
