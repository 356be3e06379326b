using System.Text.Json;
using NUnit.Framework;
using Sealtail.Format;
using Sealtail.Verifying;

namespace Sealtail.Tests.Verifying;

/// <summary>What an auditor runs beside a plain verify: policies, pins, report files, explanations and the catalogue.</summary>
internal sealed class EvidenceCommandTests : IDisposable
{
    private readonly VerifyBed bed = new();

    public void Dispose() => bed.Dispose();

    [Test]
    public async Task A_policy_is_pinned_and_the_reports_are_written()
    {
        var pin = Digest.Of(File.ReadAllBytes(bed["trust.yaml"])).ToString();

        var result = await RunAsync("verify", "bucket", "--trust", "trust.yaml", "--trust-sha256", pin, "--report", "out.json", "--report", "out.html");

        Assert.That(result.ExitCode, Is.Zero, result.Error + result.Output);
        Assert.That(result.Output, Does.Contain(pin).And.Not.Contain("NO_INVENTORY"));
        using var json = JsonDocument.Parse(File.ReadAllText(bed["out.json"]));
        Assert.That(json.RootElement.GetProperty("trust").GetProperty("sha256").GetString(), Is.EqualTo(pin));
        Assert.That(File.ReadAllText(bed["out.html"]), Does.StartWith("<!DOCTYPE html>"));
    }

    [Test]
    public async Task A_stream_that_the_policy_expects_and_the_bucket_lacks_is_inconclusive()
    {
        File.WriteAllText(bed["trust.yaml"], File.ReadAllText(bed["trust.yaml"]).Replace("[prod/cp-1/audit]", "[prod/cp-1/audit, prod/cp-2/audit]", StringComparison.Ordinal));

        var result = await RunAsync("verify", "bucket", "--trust", "trust.yaml");

        Assert.That(result.ExitCode, Is.EqualTo(3));
        Assert.That(result.Output, Does.Contain("STREAM_MISSING").And.Contain("prod/cp-2/audit"));
    }

    [TestCase("another pin", "not the pinned", "verify", "bucket", "--trust", "trust.yaml", "--trust-sha256", "0000000000000000000000000000000000000000000000000000000000000000")]
    [TestCase("a pin that is none", "is no SHA-256", "verify", "bucket", "--trust", "trust.yaml", "--trust-sha256", "xyz")]
    [TestCase("a report of another kind", "must end in .json or .html", "verify", "bucket", "--trust", "trust.yaml", "--report", "out.pdf")]
    [TestCase("a report nowhere", "folder does not exist", "verify", "bucket", "--trust", "trust.yaml", "--report", "nowhere/out.json")]
    [TestCase("an unknown finding", "did you mean TAIL_STALE", "explain", "TAIL_STALL")]
    [TestCase("an unknown case", "No case's id contains", "catalog", "--case", "no-such")]
    public async Task Wrong_usage_is_told(string name, string message, params string[] arguments)
    {
        var result = await RunAsync(arguments);

        Assert.That(result.ExitCode, Is.EqualTo(2), name);
        Assert.That(result.Error, Does.Contain(message));
    }

    [Test]
    public async Task A_finding_is_explained()
    {
        var result = await RunAsync("explain", "tail-stale");

        Assert.That(result.ExitCode, Is.Zero, result.Error);
        Assert.That(result.Output, Does.StartWith("TAIL_STALE (inconclusive)").And.Contain("exit code 3").And.Contain(FindingKind.TailStale.NextStep));
    }

    [Test]
    public async Task The_catalogue_runs_in_front_of_an_auditor_and_leaves_buckets_that_verify_judges_alike()
    {
        var result = await RunAsync("catalog", "--case", "manifest-deleted-", "--keep", "kept", "--output", "json");

        Assert.That(result.ExitCode, Is.Zero, result.Error + result.Output);
        using var json = JsonDocument.Parse(result.Output);
        Assert.That(json.RootElement.GetArrayLength(), Is.EqualTo(2));
        Assert.That(json.RootElement.EnumerateArray().All(item => item.GetProperty("asExpected").GetBoolean()));
        var kept = await RunAsync("verify", "kept/manifest-deleted-middle/bucket", "--trust", "kept/manifest-deleted-middle/trust.txt", "--strict");
        Assert.That(kept.ExitCode, Is.EqualTo(1));
        Assert.That(kept.Output, Does.Contain("MANIFEST_MISSING"));
    }

    [Test]
    public async Task The_catalogue_prints_a_table()
    {
        var result = await RunAsync("catalog", "--case", "good");

        Assert.That(result.ExitCode, Is.Zero, result.Error);
        Assert.That(result.Output, Does.Contain("good-under-policy").And.Contain("0 ways to hurt a bucket"));
    }

    private Task<ProcessResult> RunAsync(params string[] arguments) => bed.RunAsync(arguments);
}
